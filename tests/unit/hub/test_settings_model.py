"""The settings while somebody edits them."""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_keys import settings
from powertrader.hub.settings_model import (
    Changed,
    Draft,
    History,
    is_default,
    is_locked,
    matches,
    need_restart,
    rebased,
)
from powertrader.hub.view import SettingsView
from tests.unit.hub.views import settings_view

LEVEL, PCT, COINS = "entry.trade_start_level", "entry.start_allocation_pct", "trading.coins"


def settings_with(**entry: object) -> SettingsView:
    return settings_view(TradingConfig.model_validate({"entry": entry}))


@pytest.fixture
def history() -> History:
    return History(settings_view())


def test_a_field_shows_the_value_in_force_until_it_is_edited(history: History) -> None:
    assert history.draft.text(LEVEL) == "3"
    history.type(LEVEL, "4")
    assert (history.draft.text(LEVEL), history.draft.changes) == ("4", {LEVEL: 4})


def test_the_same_value_written_otherwise_is_no_change(history: History) -> None:
    history.type(LEVEL, " 3.0 ")
    history.type(PCT, "0.0050 %")
    assert history.draft.changes == {}


def test_a_wrong_text_is_kept_told_and_never_among_the_changes(history: History) -> None:
    history.type(LEVEL, "9")
    draft = history.draft
    assert draft.text(LEVEL) == "9"
    assert draft.problems == {LEVEL: "must be a whole number from 1 to 7"}
    assert (draft.changes, draft.config, draft.config_hash) == ({}, None, "")


def test_what_does_not_fit_between_settings_is_a_problem_of_no_single_field(history: History) -> None:
    history.type(COINS, "BTC, USDT")
    assert "trading.coins holds USDT" in history.draft.problems[""]
    assert history.draft.config is None


def test_the_hash_is_that_of_the_settings_that_come_of_it(history: History) -> None:
    history.type(LEVEL, "5")
    expected = config_hash(TradingConfig.model_validate({"entry": {"trade_start_level": 5}}))
    assert history.draft.config_hash == expected != config_hash(TradingConfig())
    history.type("hub.theme", "light")
    assert history.draft.config_hash == expected


def test_differences_are_in_the_order_of_the_tree_and_as_a_person_writes_them(history: History) -> None:
    history.type("dca.levels", "-3,-6")
    history.type(LEVEL, "5")
    assert history.draft.differences == (
        Changed(LEVEL, "3", "5"),
        Changed("dca.levels", "-2.5, -5, -10, -20, -30, -40, -50", "-3, -6"),
    )


def test_typing_into_one_field_is_one_step_to_undo(history: History) -> None:
    for typed in ("5", "", "6"):
        history.type(LEVEL, typed)
    history.type(PCT, "1")
    history.undo()
    assert (history.draft.text(LEVEL), history.draft.text(PCT)) == ("6", "0.005")
    history.undo()
    assert (history.draft.text(LEVEL), history.can_undo) == ("3", False)
    history.redo()
    history.redo()
    assert (history.draft.text(LEVEL), history.draft.text(PCT), history.can_redo) == ("6", "1", False)


def test_leaving_a_field_ends_the_step(history: History) -> None:
    history.type(LEVEL, "5")
    history.pause()
    history.type(LEVEL, "6")
    history.undo()
    assert history.draft.text(LEVEL) == "5"


def test_an_edit_after_an_undo_leaves_nothing_to_do_again(history: History) -> None:
    history.type(LEVEL, "5")
    history.undo()
    history.type(PCT, "2")
    assert not history.can_redo


def test_undo_and_redo_do_nothing_without_a_step(history: History) -> None:
    history.undo()
    history.redo()
    assert history.draft.edits == {}


def test_defaults_leave_alone_what_is_given_elsewhere_and_where_orders_go() -> None:
    config = TradingConfig.model_validate(
        {"trading": {"mode": "demo"}, "entry": {"trade_start_level": 5, "start_allocation_pct": 2.0}}
    )
    base = SettingsView(config, {LEVEL: "command line", PCT: "environment PT__START_ALLOCATION_PCT"})
    draft = Draft(base).with_defaults([LEVEL, PCT, "trading.mode"])
    assert draft.changes == {}
    assert [is_locked(base, name) for name in (LEVEL, PCT, "trading.mode")] == [True, True, False]
    free = Draft(SettingsView(config, {LEVEL: "own.yaml"})).with_defaults([LEVEL])
    assert free.changes == {LEVEL: 3}


def test_a_field_is_told_apart_from_its_default(history: History) -> None:
    assert is_default(history.draft, LEVEL)
    history.type(LEVEL, "4")
    assert not is_default(history.draft, LEVEL)
    assert not is_default(Draft(settings_with(trade_start_level=4)), LEVEL)


def test_edits_stay_when_the_settings_change_meanwhile_and_what_both_changed_is_named() -> None:
    draft = Draft(settings_view()).edited(LEVEL, "5").edited(PCT, "1")
    moved, both = rebased(draft, settings_with(trade_start_level=6))
    assert (moved.text(LEVEL), moved.base_text(LEVEL), both) == ("5", "6", (LEVEL,))
    moved, both = rebased(draft, settings_with(trade_start_level=5))
    assert (moved.changes, both) == ({PCT: 1.0}, ())


def test_a_step_back_goes_over_the_settings_that_changed_meanwhile(history: History) -> None:
    history.type(LEVEL, "5")
    history.type(PCT, "1")
    assert history.rebase(settings_with(trade_start_level=6)) == (LEVEL,)
    history.undo()
    history.undo()
    assert history.draft.text(LEVEL) == "6"


def test_reverting_a_field_shows_the_value_in_force_again(history: History) -> None:
    history.type(LEVEL, "5")
    history.type(PCT, "1")
    history.step(history.draft.reverted([LEVEL]))
    assert history.draft.changes == {PCT: 1.0}


def test_a_setting_is_found_by_its_names_its_title_and_its_sentence() -> None:
    setting = settings()[PCT]
    for query in (
        "allocation",
        "start_allocation_pct",
        "start allocation",
        "FIRST buy",
        "% of the account",
        "size",
    ):
        assert matches(setting, "Size of the first buy", query), query
    assert not matches(setting, "Size of the first buy", "first trailing")
    assert matches(setting, "", "")


def test_only_some_settings_need_a_restart() -> None:
    assert need_restart([LEVEL, "trading.mode", "hub.theme"]) == ("trading.mode",)


ACTS: Final[dict[str, Callable[[History, str], object]]] = {
    "level": lambda history, typed: history.type(LEVEL, typed),
    "pct": lambda history, typed: history.type(PCT, typed),
    "coins": lambda history, typed: history.type(COINS, typed),
    "undo": lambda history, _: history.undo(),
    "redo": lambda history, _: history.redo(),
    "pause": lambda history, _: history.pause(),
    "defaults": lambda history, _: history.step(history.draft.with_defaults([LEVEL, PCT])),
    "revert": lambda history, _: history.step(history.draft.reverted([LEVEL])),
    "rebase": lambda history, typed: history.rebase(settings_with(trade_start_level=1 + len(typed))),
}


def redo_all(history: History) -> None:
    while history.can_redo:
        history.redo()


@given(steps=st.lists(st.tuples(st.sampled_from([*ACTS]), st.sampled_from(["1", "x", "", "3"])), max_size=12))
def test_whatever_is_done_all_of_it_can_be_undone_and_done_again(steps: list[tuple[str, str]]) -> None:
    history = History(settings_view())
    for act, typed in steps:
        ACTS[act](history, typed)
    redo_all(history)
    newest = history.draft.edits
    while history.can_undo:
        history.undo()
    assert history.draft.edits == {}
    redo_all(history)
    assert history.draft.edits == newest
    assert set(history.draft.changes) <= set(newest)
