"""The key wizard, the go-live dialog and the pre-flight, driven as a user does."""

import json
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.preflight import OTHER_KEYS, Check, CheckState
from powertrader.hub.commands.access import AccessCommands
from powertrader.hub.dialogs.api_wizard import PAGES, ApiWizard
from powertrader.hub.dialogs.go_live import GoLiveDialog
from powertrader.hub.dialogs.preflight import PreflightDialog
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.models.snapshot import ProcessState, ProcessView
from tests.unit.hub.access_programs import NO_TRADING, Programs, report
from tests.unit.hub.driving import Said, settle, words_in
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import snapshot

KEY: Final = "k" * 64
SECRET: Final = "s" * 64
EXPLAINED: Final = frozenset({"TButton", "TEntry", "TCheckbutton"})
Wait = Callable[[Callable[[], bool]], None]


@dataclass
class Desk:
    """The commands at work, their programs, and what they asked for."""

    root: tk.Tk
    access: AccessCommands
    programs: Programs
    context: PanelContext
    said: Said
    wait: Wait
    opened: list[str]
    views: list[HubView]

    @property
    def settings_file(self) -> Path:
        return self.context.ports.paths.gui_settings

    def run(self, name: str, **arguments: Any) -> None:
        self.context.commands.run(name, **arguments)
        settle(self.root)

    def wizard(self) -> ApiWizard:
        self.run("access.wizard")
        assert self.access.wizard is not None
        return self.access.wizard

    def go_live(self, then: str = "") -> GoLiveDialog:
        self.run("access.go_live", then=then)
        dialog = self.access.live
        assert dialog is not None
        self.wait(lambda: not dialog.run.is_running)
        return dialog

    def preflight(self) -> PreflightDialog:
        self.run("access.preflight")
        assert self.access.preflight is not None
        return self.access.preflight


@pytest.fixture
def desk(
    root: tk.Tk,
    hub_context: Callable[..., PanelContext],
    hub_ports: HubPorts,
    said: Said,
    wait_until: Wait,
) -> Desk:
    folder = hub_ports.paths.root / "programs"
    folder.mkdir()
    programs, opened = Programs(folder), list[str]()
    ports = replace(programs.ports(hub_ports), open_place=opened.append)
    context = hub_context("trading.start_all", "trading.restart_trader", ports=ports)
    views = [hub_view()]
    access = AccessCommands(root, context, lambda: views[-1] if views else None)
    access.register()
    settle(root)
    return Desk(root, access, programs, context, said, wait_until, opened, views)


def typed(entry: Any, words: str) -> None:
    """Put words into a field as a paste does."""
    entry.insert("end", words)
    settle(entry)


def is_off(button: Any) -> bool:
    return "disabled" in button.state()


def fill(wizard: ApiWizard, key: str = KEY, secret: str = SECRET) -> None:
    typed(wizard.fields.api_key, key)
    typed(wizard.fields.secret, secret)


def answer(desk: Desk, words: str) -> None:
    """Press the button with these words in whatever window has it."""
    for one in list(all_below(desk.root)):
        if one.winfo_class() == "TButton" and str(one.cget("text")) == words and not is_off(one):
            one.invoke()  # type: ignore[attr-defined]  # it is a button
            settle(desk.root)
            return
    pytest.fail(f"no button {words}")


def all_below(widget: tk.Misc) -> list[tk.Misc]:
    found = [widget]
    for child in widget.winfo_children():
        found += all_below(child)
    return found


def test_the_wizard_has_the_originals_size_lines_and_buttons(desk: Desk) -> None:
    wizard = desk.wizard()
    window = wizard.dialog.window
    assert (window.winfo_width(), window.winfo_height(), window.minsize()) == (980, 620, (860, 520))
    words = words_in(window)
    assert sum(line[0].isdigit() and line[1] == "." for line in words) == 7
    for name in ("page", "docs", "test", "save", "step_1", "step_2"):
        assert text(f"access.wizard.{name}") in words
    desk.wait(lambda: wizard.page.winfo_rooty() > window.winfo_rooty())
    assert str(wizard.fields.secret.cget("show")) == "\N{BULLET}"
    assert (is_off(wizard.test), is_off(wizard.save), is_off(wizard.stop)) == (True, True, True)


def test_the_pages_of_the_chosen_environment_are_opened(desk: Desk) -> None:
    wizard = desk.wizard()
    wizard.page.invoke()
    wizard.mode.set("testnet")
    wizard.page.invoke()
    wizard.docs.invoke()
    desk.run("access.open_folder")
    assert desk.opened[:2] == [dict(PAGES)["live"], dict(PAGES)["testnet"]]
    assert desk.opened[2].startswith("https://developers.binance.com")
    assert desk.opened[3] == str(desk.context.ports.paths.root)


def test_a_test_hands_the_keys_over_and_shows_what_is_free(desk: Desk) -> None:
    wizard = desk.wizard()
    fill(wizard)
    wizard.mode.set("testnet")
    wizard.test.invoke()
    assert (is_off(wizard.test), is_off(wizard.stop)) == (True, False)
    desk.wait(lambda: not wizard.run.is_running)
    assert desk.programs.given == {"api_key": KEY, "api_secret": SECRET}
    assert desk.programs.asked[0][3:5] == ("--mode", "testnet")
    assert "none" in desk.programs.asked[0]
    assert "10,000.00 USDT free" in str(wizard.run.status.cget("text"))
    assert wizard.fields.api_key.get() == KEY
    assert KEY not in " ".join(desk.programs.asked[0])


def test_what_is_wrong_with_a_key_comes_first_with_what_helps(desk: Desk) -> None:
    desk.programs.finds(report(NO_TRADING))
    wizard = desk.wizard()
    fill(wizard)
    wizard.test.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    first = wizard.run.list.rows[0]
    assert (first.state, first.title, first.fix) == ("FAILED", "Right to trade", "Tick it.")
    assert "see what failed below" in str(wizard.run.status.cget("text"))


def test_a_program_that_fails_is_told_and_can_be_asked_again(desk: Desk) -> None:
    desk.programs.says("", "powertrader: standard input must be a JSON object")
    wizard = desk.wizard()
    fill(wizard)
    wizard.test.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    assert "standard input must be" in str(wizard.run.status.cget("text"))
    assert not is_off(wizard.test)


def test_a_test_that_hangs_is_cancelled_and_the_window_stays_alive(desk: Desk) -> None:
    desk.programs.halt()
    wizard = desk.wizard()
    fill(wizard)
    wizard.test.invoke()
    desk.wait(lambda: desk.programs.has_started)
    wizard.stop.invoke()
    settle(desk.root)
    assert not wizard.run.is_running
    assert "Nothing was changed" in str(wizard.run.status.cget("text"))
    desk.wait(lambda: desk.context.background.waiting == 0)


def test_keys_are_kept_once_that_is_agreed_to_and_the_fields_are_emptied(desk: Desk) -> None:
    desk.programs.finds(report(stored="keyring"))
    wizard = desk.wizard()
    fill(wizard)
    assert is_off(wizard.save)
    wizard.agree.invoke()
    assert not is_off(wizard.save)
    wizard.save.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    assert desk.programs.asked[0][-2:] == ("keyring", "--json")
    assert (wizard.fields.api_key.get(), wizard.fields.secret.get()) == ("", "")
    assert desk.said.words == [(text("access.wizard.saved_keyring"), "news")]
    assert is_off(wizard.save)


def test_key_files_are_written_only_when_chosen(desk: Desk) -> None:
    desk.programs.finds(report(stored="files"))
    wizard = desk.wizard()
    fill(wizard)
    wizard.agree.invoke()
    wizard.store.set("files")
    wizard.save.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    assert desk.programs.asked[0][-2:] == ("files", "--json")
    assert "b_key.txt" in str(wizard.run.status.cget("text"))


def test_other_keys_are_replaced_only_after_a_question(desk: Desk) -> None:
    desk.programs.finds(report(Check(OTHER_KEYS, CheckState.FAILED, "there are others")))
    wizard = desk.wizard()
    fill(wizard)
    wizard.agree.invoke()
    wizard.save.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    assert wizard.fields.api_key.get() == KEY
    desk.programs.finds(report(stored="keyring"))
    answer(desk, text("access.wizard.replace"))
    desk.wait(lambda: not wizard.run.is_running)
    assert "--replace" in desk.programs.asked[1]
    assert wizard.fields.api_key.get() == ""


def test_a_short_key_is_asked_about(desk: Desk) -> None:
    wizard = desk.wizard()
    fill(wizard, key="short")
    wizard.agree.invoke()
    wizard.save.invoke()
    assert desk.programs.asked == []
    answer(desk, text("access.wizard.short_save"))
    desk.wait(lambda: not wizard.run.is_running)
    assert len(desk.programs.asked) == 1


def test_a_private_key_goes_as_its_file_with_its_passphrase(desk: Desk) -> None:
    wizard = desk.wizard()
    wizard.fields.kind.set("private")
    wizard.fields._show_kind()
    typed(wizard.fields.api_key, KEY)
    typed(wizard.fields.file, "/keys/mine.pem")
    typed(wizard.fields.passphrase, "open sesame")
    assert not wizard.fields.secret.winfo_viewable()
    wizard.test.invoke()
    desk.wait(lambda: not wizard.run.is_running)
    assert desk.programs.given == {
        "api_key": KEY,
        "private_key": "/keys/mine.pem",
        "passphrase": "open sesame",
    }


def test_closing_the_wizard_empties_it_and_ends_its_program(desk: Desk) -> None:
    desk.programs.halt()
    wizard = desk.wizard()
    fill(wizard)
    wizard.test.invoke()
    desk.wait(lambda: desk.programs.has_started)
    wizard.dialog.window.event_generate("<Escape>")
    settle(desk.root)
    assert not wizard.dialog.is_open
    desk.wait(lambda: desk.context.background.waiting == 0)
    assert desk.wizard().fields.api_key.get() == ""


def test_the_wizard_is_opened_once(desk: Desk) -> None:
    assert desk.wizard() is desk.wizard()


def test_stored_keys_are_cleared_after_a_question(desk: Desk) -> None:
    desk.programs.says({"cleared": ["the keyring"], "left": []})
    desk.run("access.clear_keys")
    assert desk.programs.asked == []
    answer(desk, text("access.clear.yes"))
    desk.wait(lambda: bool(desk.said.words))
    assert desk.said.words == [(text("access.clear.done"), "news")]
    desk.programs.says({"cleared": [], "left": ["the environment"]})
    desk.run("access.clear_keys")
    answer(desk, text("access.clear.yes"))
    desk.wait(lambda: len(desk.said.words) == 2)
    assert "the environment" in desk.said.words[1][0]


def test_going_live_needs_good_checks_and_the_word(desk: Desk) -> None:
    dialog = desk.go_live()
    assert "LIVE" not in dialog.entry.get()
    assert is_off(dialog.go)
    for words in ("live", "LIVE!", "L"):
        dialog.entry.delete(0, "end")
        typed(dialog.entry, words)
        assert is_off(dialog.go), words
    dialog.entry.delete(0, "end")
    typed(dialog.entry, "LIVE")
    assert not is_off(dialog.go)
    assert desk.programs.asked[0][3:5] == ("--mode", "live")
    told = str(dialog.words.cget("text"))
    for words in ("account ab12", "10,000.00 USDT", "50.00", "328.84", "657.68"):
        assert words in told


def test_a_failed_check_keeps_the_mode_whatever_is_typed(desk: Desk) -> None:
    desk.programs.finds(report(NO_TRADING))
    dialog = desk.go_live()
    typed(dialog.entry, "LIVE")
    dialog.entry.event_generate("<Return>")
    settle(desk.root)
    assert is_off(dialog.go)
    assert "Not ready yet" in str(dialog.why_not.cget("text"))
    assert dialog.dialog.is_open
    assert not desk.settings_file.exists()
    desk.programs.finds(report())
    dialog.again.invoke()
    desk.wait(lambda: not dialog.run.is_running)
    assert not is_off(dialog.go)


def test_checks_that_could_not_be_made_keep_the_mode(desk: Desk) -> None:
    desk.programs.says("", "powertrader: no")
    dialog = desk.go_live()
    typed(dialog.entry, "LIVE")
    assert is_off(dialog.go)
    assert str(dialog.why_not.cget("text")) == text("access.live.no_checks")


def test_the_mode_is_saved_and_the_waiting_command_gets_the_word(desk: Desk) -> None:
    dialog = desk.go_live("trading.start_all")
    typed(dialog.entry, "LIVE")
    dialog.go.invoke()
    desk.wait(lambda: not dialog.dialog.is_open)
    assert json.loads(desk.settings_file.read_text()) == {"trading_mode": "live"}
    assert desk.said.commands == [("trading.start_all", {"confirm_live": "LIVE"})]


def test_a_mode_that_is_live_already_is_not_written_again(desk: Desk) -> None:
    config = TradingConfig.model_validate({"trading": {"mode": "live"}})
    desk.views.append(hub_view(settings=settings_view(config)))
    dialog = desk.go_live("trading.start_all")
    typed(dialog.entry, "LIVE")
    dialog.go.invoke()
    settle(desk.root)
    assert not desk.settings_file.exists()
    assert desk.said.commands == [("trading.start_all", {"confirm_live": "LIVE"})]


def test_cancel_and_escape_leave_everything_as_it_is(desk: Desk) -> None:
    for by_button in (True, False):
        dialog = desk.go_live("trading.start_all")
        typed(dialog.entry, "LIVE")
        if by_button:
            dialog.cancel.invoke()
        else:
            dialog.dialog.window.event_generate("<Escape>")
        settle(desk.root)
        assert not dialog.dialog.is_open
    assert desk.said.commands == []
    assert not desk.settings_file.exists()


def test_a_running_trader_is_offered_a_new_start_with_the_word(desk: Desk) -> None:
    dialog = desk.go_live()
    typed(dialog.entry, "LIVE")
    dialog.go.invoke()
    desk.wait(lambda: desk.access.question is not None)
    answer(desk, text("access.live.restart"))
    assert desk.said.commands == [("trading.restart_trader", {"confirm_live": "LIVE"})]


def test_without_a_trader_the_next_start_is_told_of(desk: Desk) -> None:
    stopped = ProcessView("trader", ProcessState.STOPPED)
    desk.views.append(hub_view(made=snapshot((), processes=(stopped,))))
    dialog = desk.go_live()
    typed(dialog.entry, "LIVE")
    dialog.go.invoke()
    desk.wait(lambda: bool(desk.said.words))
    assert desk.said.words == [(text("access.live.saved"), "warning")]


def test_a_file_that_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    dialog = desk.go_live()
    desk.settings_file.parent.mkdir(parents=True, exist_ok=True)
    desk.settings_file.write_text('{"trading_mode": "demo"}')
    typed(dialog.entry, "LIVE")
    dialog.go.invoke()
    desk.wait(lambda: "demo" in str(dialog.run.status.cget("text")))
    assert json.loads(desk.settings_file.read_text()) == {"trading_mode": "demo"}
    assert dialog.dialog.is_open
    assert desk.said.commands == []


def test_a_mode_from_the_command_line_cannot_be_changed_here(desk: Desk) -> None:
    fixed = replace(settings_view(), provenance={"trading.mode": "command line"})
    desk.views.append(hub_view(settings=fixed))
    dialog = desk.go_live()
    typed(dialog.entry, "LIVE")
    assert is_off(dialog.go)
    assert "command line" in str(dialog.why_not.cget("text"))


def test_before_the_first_view_nobody_goes_live(desk: Desk) -> None:
    desk.views.clear()
    desk.run("access.go_live")
    assert desk.access.live is None
    assert desk.said.words == [(text("access.live.loading"), "news")]


def test_the_preflight_looks_at_once_and_its_table_can_be_copied(desk: Desk) -> None:
    desk.programs.finds(report(NO_TRADING))
    desk.programs.halt()
    dialog = desk.preflight()
    assert is_off(dialog.again)
    desk.programs.go_on()
    desk.wait(lambda: not dialog.run.is_running)
    assert "--mode" not in desk.programs.asked[0]
    assert "1 of 4 checks failed" in str(dialog.run.status.cget("text"))
    dialog.copy.invoke()
    lines = desk.root.clipboard_get().splitlines()
    assert lines[0] == "FAILED\tRight to trade\tThe key may read but not trade.\tTick it."
    assert len(lines) == 4
    desk.programs.finds(report())
    dialog.again.invoke()
    desk.wait(lambda: not dialog.run.is_running)
    assert str(dialog.run.status.cget("text")) == text("access.run.ready")
    assert desk.preflight() is dialog


def test_a_preflight_that_hangs_is_stopped(desk: Desk) -> None:
    desk.programs.halt()
    dialog = desk.preflight()
    desk.wait(lambda: desk.programs.has_started)
    dialog.stop.invoke()
    assert (is_off(dialog.again), is_off(dialog.copy)) == (False, True)
    desk.wait(lambda: desk.context.background.waiting == 0)


@pytest.mark.parametrize("name", ["wizard", "go_live", "preflight"])
def test_every_control_is_explained(desk: Desk, name: str) -> None:
    dialog = getattr(desk, name)()
    explained = {str(one) for one in desk.said.explained.values()}
    controls = [one for one in all_below(dialog.dialog.window) if one.winfo_class() in EXPLAINED]
    assert len(controls) >= 3
    assert [str(one) for one in controls if str(one) not in explained] == []
    desk.wait(lambda: not dialog.run.is_running)
