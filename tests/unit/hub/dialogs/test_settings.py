"""The original's settings dialog (HUB section 7), driven as a person does."""

import json
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tkinter import filedialog
from typing import Any

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, read_sources
from powertrader.core.exceptions import ConfigError
from powertrader.hub.access import KeyStatus
from powertrader.hub.commands.settings import register_settings
from powertrader.hub.dialogs.settings import FIELDS, LEAST, SIZE, SettingsDialog
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.settings_saving import settings_path
from powertrader.hub.view import HubView, SettingsView
from tests.unit.hub.driving import Said, below, settle, words_in
from tests.unit.hub.views import hub_view, settings_view

Wait = Callable[[Callable[[], bool]], None]
Open = Callable[..., SettingsDialog]


@pytest.fixture
def context(hub_context: Callable[..., PanelContext]) -> PanelContext:
    return hub_context("access.wizard", "access.open_folder", "access.clear_keys")


@pytest.fixture
def gui(context: PanelContext) -> Path:
    path = settings_path(context)
    path.parent.mkdir(parents=True)
    path.write_text('{"mine": [1], "trade_start_level": 4}', encoding="utf-8")
    return path


@pytest.fixture
def status() -> list[KeyStatus]:
    """What is told about keys, one answer after another."""
    return [KeyStatus("", (), "the secret is missing"), KeyStatus("k", ("keyring",)), KeyStatus("", ())]


@pytest.fixture
def opened(root: tk.Tk, context: PanelContext, gui: Path, status: list[KeyStatus]) -> Open:
    """Open the dialog for the settings in the file, and for the command line where one is given."""

    def open_(*overrides: str, **changes: Any) -> SettingsDialog:
        loaded = read_sources(ConfigSources(gui_settings=gui, overrides=overrides))
        view = replace(hub_view(), settings=SettingsView(loaded.config, loaded.provenance), **changes)
        dialog = SettingsDialog(root, context, view, lambda *_: status.pop(0))
        dialog.open()
        settle(root)
        return dialog

    return open_


def content(gui: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gui.read_text("utf-8"))
    return found


def press(window: tk.Misc, words: str) -> None:
    button = next(
        one for one in below(window) if one.winfo_class() == "TButton" and str(one.cget("text")) == words
    )
    button.tk.call(str(button), "invoke")


def test_checklist_settings_fields_and_their_order(opened: Open) -> None:
    changing = ("PY_VAR", "≈", "✕", "Looking")
    words = [one for one in words_in(opened().dialog.body) if not one.startswith(changing)]
    assert words == [
        "Main neural folder:",
        "Browse...",
        "Coins (comma):",
        "Trade start level (1-7):",
        "Start allocation %:",
        "DCA levels (% list):",
        "DCA multiplier:",
        "Max DCA buys / coin (rolling 24h):",
        "Trailing PM start % (no DCA):",
        "Trailing PM start % (with DCA):",
        "Trailing gap %:",
        "Hub data dir (optional):",
        "Browse...",
        "Original's thinker script:",
        "Original's trainer script:",
        "Original's trader script:",
        "Binance API:",
        "Setup Wizard",
        "Open Folder",
        "Clear",
        "UI refresh seconds:",
        "Chart refresh seconds:",
        "Candles limit:",
        "Auto start scripts on GUI launch",
        "All other settings are on the Settings screen (Ctrl+8).",
    ]


def test_checklist_settings_fields_stand_below_one_another_in_this_order(opened: Open) -> None:
    dialog = opened()
    tops = [dialog.rows[name].input.winfo_rooty() for name in FIELDS if name in dialog.rows]
    assert tops == sorted(tops)
    assert len(tops) == 18


def test_checklist_settings_dialog_has_the_originals_size_and_least_size(opened: Open) -> None:
    dialog = opened()
    assert (SIZE, LEAST) == ((860, 680), (760, 560))
    assert (dialog.dialog.window.winfo_width(), dialog.dialog.window.winfo_height()) == SIZE
    assert dialog.dialog.window.minsize() == LEAST


def test_its_fields_have_the_values_in_force(opened: Open) -> None:
    values = {name: row.value.get() for name, row in opened().rows.items()}
    assert values["trade_start_level"] == "4"
    assert values["dca_levels"] == "-2.5, -5, -10, -20, -30, -40, -50"
    assert (values["coins"], values["auto_start_scripts"]) == ("BTC, ETH, XRP, BNB, DOGE", "false")


@pytest.mark.parametrize(
    "typed, note",
    [
        ("1", "≈ $100.00 per coin (min $0.50)"),
        ("1 %", "≈ $100.00 per coin (min $0.50)"),
        (
            "0.001",
            "≈ $0.50 per coin (min $0.50): below the exchange's minimum of $5.00, entries will be skipped",
        ),
    ],
)
def test_the_start_allocation_is_told_in_money_as_it_is_typed(opened: Open, typed: str, note: str) -> None:
    dialog = opened()
    dialog.rows["start_allocation_pct"].value.set(typed)
    assert dialog.rows["start_allocation_pct"].note_words == note


def test_the_start_allocation_is_not_told_in_money_without_an_account(opened: Open) -> None:
    dialog = opened("trading.mode=demo")
    assert dialog.rows["start_allocation_pct"].note_words == "No account value yet (min $0.50 per coin)"


def test_save_writes_all_fields_at_once_and_leaves_foreign_keys(
    opened: Open, gui: Path, said: Said, wait_until: Wait
) -> None:
    dialog = opened()
    for name, words in (
        ("coins", "btc, sol"),
        ("start_allocation_pct", "0.5%"),
        ("dca_levels", "-3%, -6%"),
        ("auto_start_scripts", "true"),
    ):
        dialog.rows[name].value.set(words)
    dialog.save.invoke()
    wait_until(lambda: not dialog.is_open)
    assert content(gui) == {
        "mine": [1],
        "trade_start_level": 4,
        "coins": ["BTC", "SOL"],
        "start_allocation_pct": 0.5,
        "dca_levels": [-3.0, -6.0],
        "auto_start_scripts": True,
    }
    assert said.words == [("Settings saved.", "news")]


def test_a_wrong_value_is_told_keeps_the_dialog_open_and_writes_nothing(opened: Open, gui: Path) -> None:
    dialog = opened()
    dialog.rows["trade_start_level"].value.set("9")
    dialog.rows["dca_multiplier"].value.set("2")
    dialog.rows["dca_levels"].value.set("")
    assert dialog.rows["trade_start_level"].note_words == "✕ must be a whole number from 1 to 7"
    dialog.save.invoke()
    assert dialog.is_open
    assert str(dialog.problem.cget("text")).splitlines() == [
        "Nothing was saved. Please correct:",
        "Trade start level (1-7): ✕ must be a whole number from 1 to 7",
        "DCA levels (% list): ✕ must be one or more falls above -100 and at most 0, such as -2.5, -5",
    ]
    assert content(gui) == {"mine": [1], "trade_start_level": 4}
    dialog.rows["trade_start_level"].value.set("5")
    assert dialog.rows["trade_start_level"].note_words == ""


def test_what_does_not_fit_between_fields_is_told(opened: Open) -> None:
    dialog = opened()
    dialog.rows["coins"].value.set("BTC, USDT")
    dialog.save.invoke()
    assert "trading.coins holds USDT" in str(dialog.problem.cget("text"))
    assert dialog.is_open


def test_save_without_a_change_closes_it_and_writes_nothing(opened: Open, gui: Path, said: Said) -> None:
    before = gui.stat().st_mtime_ns
    dialog = opened()
    dialog.save.invoke()
    assert (dialog.is_open, gui.stat().st_mtime_ns, said.words[0][0]) == (False, before, "Settings saved.")


@pytest.mark.parametrize("answer, level", [("Save mine", 5), ("Take the file's", 6)])
def test_a_file_that_was_changed_meanwhile_is_asked_about(
    opened: Open, gui: Path, wait_until: Wait, answer: str, level: int
) -> None:
    dialog = opened()
    dialog.rows["trade_start_level"].value.set("5")
    gui.write_text('{"trade_start_level": 6}', encoding="utf-8")
    dialog.save.invoke()
    wait_until(lambda: dialog.question is not None)
    assert dialog.question is not None
    press(dialog.question.window, answer)
    if answer == "Save mine":
        wait_until(lambda: not dialog.is_open)
    else:
        assert dialog.rows["trade_start_level"].value.get() == "6"
        assert dialog.draft.changes == {}
    assert content(gui) == {"trade_start_level": level}


def test_a_damaged_file_is_told_and_left_as_it_is(opened: Open, gui: Path, wait_until: Wait) -> None:
    dialog = opened()
    dialog.rows["trade_start_level"].value.set("5")
    gui.write_text("{half", encoding="utf-8")
    dialog.save.invoke()
    wait_until(lambda: "cannot be read as JSON" in str(dialog.problem.cget("text")))
    assert dialog.is_open
    assert dialog.save.instate(["!disabled"])
    assert gui.read_text("utf-8") == "{half"


def test_cancel_without_edits_closes_it_and_with_edits_asks(opened: Open, gui: Path) -> None:
    dialog = opened()
    dialog.cancel.invoke()
    assert not dialog.is_open
    dialog = opened()
    dialog.rows["trade_start_level"].value.set("5")
    dialog.cancel.invoke()
    assert dialog.question is not None
    press(dialog.question.window, "Keep editing")
    states = [dialog.is_open]
    dialog.cancel.invoke()
    press(dialog.question.window, "Discard")
    states.append(dialog.is_open)
    assert states == [True, False]
    assert content(gui)["trade_start_level"] == 4


def test_escape_does_what_cancel_does(opened: Open, root: tk.Tk, wait_until: Wait) -> None:
    dialog = opened()
    dialog.dialog.window.focus_force()
    settle(root)
    dialog.dialog.window.event_generate("<Escape>")
    wait_until(lambda: not dialog.is_open)


def test_a_folder_is_chosen_with_browse(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = opened()
    chosen = iter(["/data/neural", ""])
    monkeypatch.setattr(filedialog, "askdirectory", lambda **_: next(chosen))
    for name in ("main_neural_dir", "main_neural_dir"):
        button = dialog.rows[name].button
        assert button is not None
        button.invoke()
    assert dialog.rows["main_neural_dir"].value.get() == "/data/neural"


def test_a_setting_from_the_command_line_cannot_be_changed_here(opened: Open) -> None:
    row = opened("dca.multiplier=1.5").rows["dca_multiplier"]
    assert row.input.instate(["disabled"])
    assert row.note_words == "⊘ given by command line"


def test_the_row_of_the_keys_tells_where_they_lie_and_looks_again_after_the_wizard(
    opened: Open, root: tk.Tk, wait_until: Wait
) -> None:
    dialog = opened()

    def told() -> str:
        return str(dialog.keys.status.cget("text"))

    wait_until(lambda: told() == "✕ Not configured (the secret is missing)")
    dialog.keys.buttons["wizard"].invoke()
    root.focus_force()
    settle(root)
    dialog.dialog.window.focus_force()
    wait_until(lambda: told() == "✓ Configured (keyring)")
    dialog.keys.ask()
    wait_until(lambda: told() == "✕ Not configured (no keys are stored)")


def test_keys_that_cannot_be_asked_about_are_not_guessed(
    root: tk.Tk, context: PanelContext, wait_until: Wait
) -> None:
    def refuses(_ports: HubPorts, _mode: str) -> KeyStatus:
        msg = "the keyring is locked"
        raise ConfigError(msg)

    dialog = SettingsDialog(root, context, hub_view(), refuses)
    dialog.open()
    wait_until(lambda: str(dialog.keys.status.cget("text")) == "? Not known: the keyring is locked")


def test_the_row_of_the_keys_has_its_three_buttons(opened: Open, said: Said) -> None:
    dialog = opened()
    for button in dialog.keys.buttons.values():
        button.invoke()
    assert [name for name, _ in said.commands] == ["access.wizard", "access.open_folder", "access.clear_keys"]


def test_every_field_and_button_is_explained(opened: Open, said: Said) -> None:
    opened()
    assert {"setting:dca.levels", "setting:hub.auto_start_scripts"} <= set(said.explained)
    helped = {f"settings_dialog.help.{name}" for name in ("browse", "save", "cancel", "api_wizard")}
    assert helped <= set(said.explained)


def test_the_menu_opens_it_once_and_brings_it_to_the_front_again(
    root: tk.Tk, context: PanelContext, said: Said
) -> None:
    views: list[HubView | None] = [None]
    nobody = KeyStatus("", ())
    register_settings(context, root, lambda: views[0], lambda *_: nobody)
    context.commands.run("settings.open")
    assert said.words == [("The settings are being read ...", "news")]
    views[0] = hub_view(settings=settings_view(TradingConfig()))
    context.commands.run("settings.open")
    context.commands.run("settings.open")
    assert sum(isinstance(one, tk.Toplevel) for one in root.winfo_children()) == 1
