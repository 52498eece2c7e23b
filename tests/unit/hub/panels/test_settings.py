"""The settings screen, driven as a person does."""

import json
import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tkinter import filedialog
from typing import Any

import pytest

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_keys import settings
from powertrader.core.config_sources import ConfigSources, read_sources
from powertrader.hub.commands.keys import edit_as_usual
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.settings import SettingsPanel, make
from powertrader.hub.panels.settings_flow import save_notes
from powertrader.hub.panels.settings_tests import Integrations
from powertrader.hub.settings_model import Draft
from powertrader.hub.settings_saving import settings_path
from powertrader.hub.view import HubView, Part, SettingsView
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.widgets.setting_field import SettingField
from powertrader.models.snapshot import PROCESSES, ProcessState, ProcessView
from tests.unit.hub.driving import Said, draw, settle, words_in
from tests.unit.hub.views import hub_view

LEVEL, PCT = "entry.trade_start_level", "entry.start_allocation_pct"
Wait = Callable[[Callable[[], bool]], None]


class Screen:
    """The settings screen over a home with a gui_settings.json."""

    def __init__(self, root: tk.Tk, context: PanelContext, wait: Wait) -> None:
        self.root, self.context, self.wait = root, context, wait
        self.path = settings_path(context)
        self.panel: SettingsPanel = make(context)
        self.panel.build(root).pack(fill="both", expand=True)

    def write(self, **content: Any) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(content), encoding="utf-8")

    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return found

    def in_force(self, *overrides: str) -> SettingsView:
        loaded = read_sources(ConfigSources(gui_settings=self.path, overrides=overrides))
        return SettingsView(loaded.config, loaded.provenance, loaded.config.rules.config_hash)

    def show(self, view: HubView | None = None) -> HubView:
        view = view or replace(hub_view(), settings=self.in_force())
        draw(self.panel, view)
        self.settle()
        return view

    def settle(self) -> None:
        settle(self.root)
        self.wait(lambda: self.panel.form.is_complete)

    def group(self, section: str) -> None:
        self.panel.groups.select(section)
        self.wait(
            lambda: self.panel.form.shown[:1] == (next(n for n in settings() if n.startswith(f"{section}.")),)
        )
        self.settle()

    def field(self, name: str) -> SettingField:
        return self.panel.form.fields[name]

    def put(self, name: str, words: str) -> None:
        self.field(name).value.set(words)

    def notes(self, name: str) -> list[str]:
        return [str(one.cget("text")) for one in self.field(name).notes if one.winfo_manager()]

    def press(self, button: str) -> None:
        self.panel.bar.buttons[button].invoke()

    @property
    def dialog(self) -> Dialog:
        found = self.panel.flow.dialog
        assert found is not None
        return found

    def answer(self, words: str) -> None:
        click(self.dialog.window, words)


def click(window: tk.Misc, words: str) -> None:
    """Press the button of a window that has these words."""
    for widget in [window, *window.winfo_children()]:
        for one in [widget, *descendants(widget)]:
            if one.winfo_class() == "TButton" and str(one.cget("text")) == words:
                one.tk.call(str(one), "invoke")
                return
    msg = f"no button {words}"
    raise AssertionError(msg)


def descendants(widget: tk.Misc) -> list[tk.Misc]:
    found = []
    for child in widget.winfo_children():
        found.extend([child, *descendants(child)])
    return found


def question_of(widget: tk.Misc) -> tk.Toplevel:
    windows = [one for one in descendants(widget.winfo_toplevel()) if isinstance(one, tk.Toplevel)]
    return windows[-1]


def stopped_processes() -> tuple[ProcessView, ...]:
    return tuple([ProcessView(name, ProcessState.STOPPED) for name in PROCESSES])


@pytest.fixture
def screen(root: tk.Tk, hub_context: Callable[..., PanelContext], wait_until: Wait) -> Screen:
    return Screen(
        root, hub_context("access.go_live", "access.preflight", "trading.restart_trader"), wait_until
    )


def test_before_the_first_view_it_says_that_settings_are_read(screen: Screen) -> None:
    settle(screen.root)
    assert "The settings are being read ..." in words_in(screen.root)
    screen.show()
    assert not screen.panel.loading.winfo_manager()


def test_before_the_first_view_there_is_nothing_to_save(screen: Screen) -> None:
    went_on: list[bool] = []
    screen.panel.save_edits(lambda: went_on.append(True))
    assert (screen.panel.unsaved, went_on) == (0, [True])


def test_every_setting_of_every_group_has_a_field_with_its_value(screen: Screen) -> None:
    screen.show()
    for section in screen.panel.groups.table.get_children():
        screen.group(section)
    values = {name: field.value.get() for name, field in screen.panel.form.fields.items()}
    assert set(values) == set(settings())
    assert (values[LEVEL], values["trading.mode"], values["bus.notify"]) == ("3", "paper", "false")


def test_a_field_shows_its_unit_its_sentence_and_both_names(screen: Screen) -> None:
    screen.show()
    words = words_in(screen.field(PCT))
    assert {"Size of the first buy", "% of the account"} <= set(words)
    assert "Size of the first buy; 0.005 % of 10,000 is 0.50, which is also the least." in words
    assert "entry.start_allocation_pct, in short start_allocation_pct" in words


def test_the_money_beside_a_field_follows_what_is_typed(screen: Screen) -> None:
    view = hub_view()
    assert view.snapshot.trader is not None
    assert view.snapshot.trader.status is not None
    total = 10_000.0
    status = replace(view.snapshot.trader.status, total=total)
    snapshot = replace(view.snapshot, trader=replace(view.snapshot.trader, status=status))
    screen.show(replace(view, snapshot=snapshot))
    assert screen.notes(PCT) == [
        "0.005 % of 10,000 USDT = 0.50, below Binance's minimum of 5.00: entries will be skipped"
    ]
    screen.put(PCT, "0.5")
    assert screen.notes(PCT)[-1] == "0.5 % of 10,000 USDT = 50.00 for each coin, 100.00 for all 2"
    screen.group("dca")
    table = screen.panel.form.ladder.table
    first, second = table.get_children()[:2]
    assert table.set(first, "spent") == "50.00"
    assert (table.set(second, "level"), table.set(second, "spent")) == ("-2.5 %", "97.50")


def test_a_wrong_value_is_told_beside_its_field_and_cannot_be_saved(screen: Screen, said: Said) -> None:
    screen.show()
    screen.put(LEVEL, "9")
    assert screen.notes(LEVEL)[0] == "✕ must be a whole number from 1 to 7"
    assert screen.field(LEVEL).mark.cget("text") == "✕"
    assert "✕1" in screen.panel.groups.table.set("entry", "marks")
    assert str(screen.panel.bar.wrong.cget("text")) == "1 wrong"
    screen.press("save")
    assert said.words == [("Correct what is wrong first: Start level", "error")]
    assert not screen.path.exists()


def test_what_differs_from_its_default_has_a_shape_beside_it(screen: Screen) -> None:
    screen.write(trade_start_level=5)
    screen.show()
    assert screen.field(LEVEL).mark.cget("text") == "◆"
    assert screen.notes(LEVEL)[0] == "◆ Default: 3"
    assert screen.panel.groups.table.set("entry", "marks") == "◆"
    assert screen.field(PCT).mark.cget("text") == ""


def test_a_setting_from_the_command_line_cannot_be_changed_here(screen: Screen) -> None:
    screen.show(replace(hub_view(), settings=screen.in_force("entry.trade_start_level=4")))
    assert screen.field(LEVEL).input.instate(["disabled"])
    assert screen.notes(LEVEL)[0] == "⊘ Given by command line: it cannot be changed here."
    assert not screen.field(LEVEL).reset.winfo_manager()


def test_a_field_a_group_and_all_fields_go_back_to_their_defaults(screen: Screen) -> None:
    screen.write(trade_start_level=5, start_allocation_pct=1, dca_multiplier=3)
    screen.show()
    screen.field(LEVEL).reset.invoke()
    assert [screen.field(name).value.get() for name in (LEVEL, PCT)] == ["3", "1"]
    screen.panel.form.defaults.invoke()
    assert screen.field(PCT).value.get() == "0.005"
    screen.press("reset_all")
    screen.group("dca")
    assert screen.field("dca.multiplier").value.get() == "2"
    assert str(screen.panel.bar.unsaved.cget("text")) == "3 not saved"


def test_edits_are_undone_and_done_again_by_button_and_key(screen: Screen) -> None:
    screen.show()
    entry = screen.field(LEVEL)
    assert screen.panel.bar.buttons["undo"].instate(["disabled"])
    screen.put(LEVEL, "5")
    screen.press("undo")
    assert entry.value.get() == "3"
    screen.press("redo")
    assert entry.value.get() == "5"
    edit_as_usual(screen.root)
    screen.root.clipboard_clear()
    screen.root.clipboard_append("4")
    entry.input.focus_force()
    settle(screen.root)
    entry.input.event_generate("<Control-z>")
    assert entry.value.get() == "3"
    entry.input.event_generate("<Control-y>")
    assert entry.value.get() == "5"


def test_the_hash_of_the_draft_is_shown_beside_that_in_force(screen: Screen) -> None:
    screen.show()
    before = config_hash(TradingConfig())
    assert str(screen.panel.bar.hash.cget("text")) == f"Config hash {before}"
    screen.put(LEVEL, "4")
    after = config_hash(TradingConfig.model_validate({"entry": {"trade_start_level": 4}}))
    assert str(screen.panel.bar.hash.cget("text")) == f"Config hash {before} → {after}"
    screen.put(LEVEL, "x")
    assert "correct what is wrong" in str(screen.panel.bar.hash.cget("text"))


def test_typing_in_the_search_shows_what_it_is_about(screen: Screen) -> None:
    screen.show()
    screen.panel.find()
    screen.panel.search.insert(0, "pm_start")
    screen.settle()
    assert screen.panel.form.shown == ("trailing.start_pct_no_dca", "trailing.start_pct_with_dca")
    assert str(screen.panel.form.heading.cget("text")) == "Found: 2"
    screen.panel.search.insert("end", "zzz")
    assert 'No setting is about "pm_startzzz".' in words_in(screen.panel.form.frame)
    screen.panel.clear.invoke()
    screen.wait(lambda: screen.panel.form.shown[:1] == (LEVEL,))


def test_saving_shows_what_changes_writes_it_and_begins_anew(screen: Screen, said: Said) -> None:
    screen.write(mine=[1], trade_start_level=4)
    screen.show()
    screen.put(LEVEL, "5")
    screen.press("save")
    words = words_in(screen.dialog.window)
    assert "These settings change in config/gui_settings.json:" in words
    assert screen.content()["trade_start_level"] == 4
    screen.answer("Save")
    screen.wait(lambda: bool(said.words))
    assert screen.content() == {"mine": [1], "trade_start_level": 5}
    assert said.words == [("Settings saved.", "news")]
    assert str(screen.panel.bar.unsaved.cget("text")) == "Everything is saved"
    assert screen.notes(LEVEL)[0] == "◆ Default: 3"
    screen.show()
    assert screen.field(LEVEL).value.get() == "5"


def test_cancelling_the_list_of_changes_writes_nothing_and_keeps_the_edits(screen: Screen) -> None:
    screen.show()
    screen.put(LEVEL, "5")
    screen.press("save")
    screen.dialog.window.focus_force()
    settle(screen.root)
    screen.dialog.window.event_generate("<Escape>")
    screen.wait(lambda: not screen.dialog.is_open)
    assert (screen.path.exists(), screen.field(LEVEL).value.get()) == (False, "5")


def test_a_change_that_running_workers_do_not_take_is_told_before_saving(screen: Screen) -> None:
    screen.show()
    screen.group("paper")
    screen.put("paper.start_quote", "500")
    screen.press("save")
    told = [one for one in words_in(screen.dialog.window) if "take no change of any setting" in one]
    assert told
    assert told[0].startswith("Starts with: the workers that run (")


@pytest.mark.parametrize("answer, level", [("Save mine", 5), ("Take the file's", 6), ("Cancel", 6)])
def test_a_file_that_was_changed_meanwhile_is_asked_about(
    screen: Screen, said: Said, answer: str, level: int
) -> None:
    screen.write(trade_start_level=4)
    screen.show()
    screen.put(LEVEL, "5")
    screen.press("save")
    listed = screen.dialog
    screen.write(trade_start_level=6)
    screen.answer("Save")
    screen.wait(lambda: screen.dialog is not listed)
    assert screen.content() == {"trade_start_level": 6}
    screen.answer(answer)
    if answer == "Save mine":
        screen.wait(lambda: bool(said.words))
    assert screen.content() == {"trade_start_level": level}
    assert str(screen.panel.bar.unsaved.cget("text")) == (
        "1 not saved" if answer == "Cancel" else "Everything is saved"
    )


def test_what_the_file_changed_under_an_edit_is_told_and_the_edit_stays(screen: Screen, said: Said) -> None:
    screen.show()
    screen.put(LEVEL, "5")
    screen.write(trade_start_level=6, dca_multiplier=3)
    screen.show()
    assert screen.field(LEVEL).value.get() == "5"
    assert "● Not saved; now: 6" in screen.notes(LEVEL)
    assert said.words == [("Changed in the file meanwhile, and not saved here: Start level", "warning")]
    screen.group("dca")
    assert screen.field("dca.multiplier").value.get() == "3"


def test_edits_are_forgotten_only_after_a_question(screen: Screen) -> None:
    screen.show()
    screen.put(LEVEL, "5")
    screen.press("discard")
    screen.answer("Cancel")
    assert screen.field(LEVEL).value.get() == "5"
    screen.press("discard")
    screen.answer("Discard")
    assert screen.field(LEVEL).value.get() == "3"


def test_a_damaged_file_is_told_and_can_be_written_anew(screen: Screen, said: Said) -> None:
    screen.write(trade_start_level=4)
    view = screen.show()
    screen.path.write_text("{half", encoding="utf-8")
    problem = f"{screen.path}: cannot be read as JSON"
    screen.show(replace(view, settings=replace(view.settings, problems=(problem,))))
    assert problem in words_in(screen.panel.trouble.frame)
    screen.panel.trouble.button.invoke()
    click(question_of(screen.root), "Write anew")
    screen.wait(lambda: bool(said.words))
    assert screen.content() == {"trade_start_level": 4}
    kept = Path(screen.path.parent / said.words[0][0].split("now ")[1].split(";")[0])
    assert kept.read_text("utf-8") == "{half"
    screen.show()
    assert not screen.panel.trouble.frame.winfo_manager()


def test_what_cannot_be_written_is_told(screen: Screen, said: Said) -> None:
    screen.show()
    screen.put(LEVEL, "5")
    screen.path.parent.mkdir(parents=True, exist_ok=True)
    screen.path.write_text("{half", encoding="utf-8")
    screen.press("save")
    screen.answer("Save")
    screen.wait(lambda: bool(said.words))
    assert said.words[0][0].startswith("Not saved: ")
    assert said.words[0][1] == "error"
    assert screen.field(LEVEL).value.get() == "5"


def test_paper_goes_live_only_through_the_dialog_that_checks(screen: Screen, said: Said) -> None:
    screen.show()
    assert str(screen.panel.mode.word.cget("text")) == "PAPER"
    screen.panel.mode.button.invoke()
    assert said.commands == [("access.go_live", {})]
    screen.group("trading")
    values = screen.root.tk.splitlist(
        screen.root.tk.call(str(screen.field("trading.mode").input), "cget", "-values")
    )
    assert values == ("paper", "demo", "testnet")


def test_live_goes_back_to_paper_and_asks_to_start_the_trader_again(screen: Screen, said: Said) -> None:
    screen.write(trading_mode="live")
    screen.show()
    assert str(screen.panel.mode.word.cget("text")) == "LIVE"
    screen.panel.mode.button.invoke()
    click(question_of(screen.root), "Back to paper...")
    screen.wait(lambda: bool(said.words))
    assert screen.content() == {"trading_mode": "paper"}
    assert said.words == [("Saved: orders go to PAPER.", "news")]
    screen.show()
    click(question_of(screen.root), "Start the trader again")
    assert said.commands == [("trading.restart_trader", {})]


def test_saving_what_running_workers_do_not_take_offers_to_start_the_trader_again(
    screen: Screen, said: Said
) -> None:
    screen.show()
    screen.group("paper")
    screen.put("paper.start_quote", "500")
    screen.press("save")
    screen.answer("Save")
    screen.wait(lambda: bool(said.words))
    screen.show()
    asked = words_in(question_of(screen.root))
    assert any("keeps all its old settings until it is started again" in one for one in asked)
    click(question_of(screen.root), "Later")
    assert said.commands == []


def test_a_mode_from_the_command_line_cannot_be_changed_here(screen: Screen) -> None:
    screen.show(replace(hub_view(), settings=screen.in_force("trading.mode=testnet")))
    assert screen.panel.mode.button.instate(["disabled"])
    assert str(screen.panel.mode.meaning.cget("text")) == (
        "Given by command line: it cannot be changed here."
    )


def test_each_integration_has_a_button_that_tests_it(screen: Screen, said: Said) -> None:
    screen.show()
    assert not screen.panel.form.test.winfo_manager()
    screen.group("exchange")
    screen.panel.form.test.invoke()
    assert said.commands == [("access.preflight", {})]
    screen.group("hub")
    screen.panel.form.test.invoke()
    assert said.words.pop() == ("A message was sent to the desktop.", "news")
    screen.group("bus")
    screen.panel.form.test.invoke()
    assert said.words.pop() == ('Name a server in the field "Redis server" first.', "warning")


@pytest.mark.parametrize(
    "printed, words",
    [
        ('{"events": [], "problems": []}', "The Redis server answers."),
        ('{"events": [], "problems": ["nobody answers"]}', "The test failed: nobody answers"),
        ("", "The test failed: the program ended with code 0 and said nothing"),
    ],
)
def test_a_redis_server_is_asked_by_a_program_of_its_own(
    screen: Screen, said: Said, tmp_path: Path, printed: str, words: str
) -> None:
    asked = tmp_path / "asked"
    script = "import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[3:])); print(sys.argv[2])"

    def program(command: str, arguments: Sequence[str]) -> tuple[str, ...]:
        return (sys.executable, "-S", "-c", script, str(asked), printed, command, *arguments)

    context = replace(screen.context, ports=replace(screen.context.ports, program=program))
    Integrations(context).run("bus", "redis://localhost:6379/0")
    screen.wait(lambda: said.words[-1] == (words, "news" if "answers." in words else "error"))
    assert asked.read_text("utf-8").endswith("--set bus.redis_url=redis://localhost:6379/0 --json")


def test_a_setting_is_shown_on_request(screen: Screen) -> None:
    screen.show()
    screen.panel.select(name="hub.theme")
    screen.wait(lambda: "hub.theme" in screen.panel.form.fields)
    assert screen.panel.groups.selected == "hub"


def test_every_field_and_button_is_explained(screen: Screen, said: Said) -> None:
    screen.show()
    for section in screen.panel.groups.table.get_children():
        screen.group(section)
    assert {f"setting:{name}" for name in settings()} <= set(said.explained)
    buttons = {f"settings.help.{name}" for name in (*screen.panel.bar.buttons, "search", "groups", "go_live")}
    assert buttons <= set(said.explained)


def test_edits_that_mean_the_same_are_not_written(screen: Screen, said: Said) -> None:
    screen.show()
    screen.put(LEVEL, " 3.0 ")
    screen.press("save")
    assert said.words == [("There is nothing to save.", "news")]
    assert (screen.path.exists(), screen.field(LEVEL).value.get()) == (False, "3")


def test_taking_the_file_s_value_still_saves_the_other_edits(screen: Screen, said: Said) -> None:
    screen.show()
    screen.put(LEVEL, "5")
    screen.put(PCT, "1")
    screen.press("save")
    listed = screen.dialog
    screen.write(trade_start_level=6)
    screen.answer("Save")
    screen.wait(lambda: screen.dialog is not listed)
    screen.answer("Take the file's")
    screen.wait(lambda: bool(said.words))
    assert screen.content() == {"trade_start_level": 6, "start_allocation_pct": 1.0}


def test_what_a_user_should_know_before_saving_is_said() -> None:
    view = hub_view()
    live = replace(view.settings, config=TradingConfig.model_validate({"trading": {"mode": "live"}}))
    assert save_notes(Draft(live).edited(LEVEL, "5"), view) == [
        "The trader trades with real money: the new settings count from its next look at the market."
    ]
    idle = replace(view, snapshot=replace(view.snapshot, processes=stopped_processes()))
    assert save_notes(Draft(view.settings).edited("paper.start_quote", "5"), idle) == [
        "Starts with: nothing runs, so it counts from the next start."
    ]
    assert save_notes(Draft(view.settings).edited(LEVEL, "5"), view) == []


def test_a_folder_is_chosen_with_browse(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = iter(["/data/neural", ""])
    monkeypatch.setattr(filedialog, "askdirectory", lambda **_: next(chosen))
    screen.show()
    screen.group("paths")
    field = screen.field("paths.main_neural_dir")
    field.browse.invoke()
    field.browse.invoke()
    assert field.value.get() == "/data/neural"


def test_a_mode_that_cannot_be_saved_is_told(screen: Screen, said: Said) -> None:
    screen.write(trading_mode="live")
    screen.show()
    screen.panel.mode.button.invoke()
    screen.path.write_text("{half", encoding="utf-8")
    click(question_of(screen.root), "Back to paper...")
    screen.wait(lambda: bool(said.words))
    assert said.words[0][0].startswith("Not saved: ")
    assert str(screen.panel.mode.word.cget("text")) == "LIVE"


def test_tab_goes_from_the_mode_through_search_groups_and_fields_to_save(screen: Screen) -> None:
    screen.show()
    panel = screen.panel
    places = [
        panel.mode.button,
        panel.search,
        panel.groups.table,
        panel.form.defaults,
        screen.field(LEVEL).input,
        screen.field(PCT).input,
        panel.bar.buttons["reset_all"],
    ]
    met = [places[0]]
    after: tk.Misc = places[0]
    while len(met) < len(places):
        following = after.tk_focusNext()
        assert following is not None
        after = following
        assert after is not places[0], "all the way round"
        met += [one for one in places if one is after]
    assert met == places


def test_it_is_drawn_for_what_it_shows_and_fields_are_made_once(screen: Screen) -> None:
    assert screen.panel.parts == {Part.SETTINGS, Part.PROCESSES, Part.ACCOUNT}
    screen.show()
    made = screen.field(LEVEL)
    screen.group("dca")
    screen.group("entry")
    assert screen.field(LEVEL) is made
