"""HubWindow: tabs, keys, settings that take effect at once, and what is said when something goes wrong."""

import json
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tkinter import ttk

import pytest

from powertrader.core.config import TradingConfig
from powertrader.hub.app import ASKS, HubWindow
from powertrader.hub.palettes import LIGHT
from powertrader.hub.panels.settings import SettingsPanel
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.screens import SCREENS
from powertrader.hub.state import HubState
from powertrader.hub.view import Change, HubView, everything
from tests.unit.hub.driving import below, settle, words_in
from tests.unit.hub.views import hub_view, settings_view

Wait = Callable[..., None]
LEVEL = "entry.trade_start_level"


@pytest.fixture
def state() -> HubState:
    return HubState()


@pytest.fixture
def preferences() -> Preferences:
    return Preferences()


@pytest.fixture
def window(
    root: tk.Tk, hub_ports: HubPorts, state: HubState, preferences: Preferences
) -> Iterator[HubWindow]:
    made = HubWindow(root, hub_ports, state, preferences)
    made.start()
    settle(root)
    yield made
    made.close()


def put(state: HubState, view: HubView, change: Change | None = None) -> None:
    state.put(view, change or everything(view))


def test_the_window_has_the_original_s_title_and_size(window: HubWindow, root: tk.Tk) -> None:
    assert root.title() == "PowerTrader - Hub"
    assert root.minsize() == (980, 640)
    assert (root.winfo_width(), root.winfo_height()) == (1400, 820)


def test_the_classic_screen_comes_first_and_the_others_are_made_when_they_are_shown(
    window: HubWindow, wait_until: Wait
) -> None:
    assert window.screen == "classic"
    for name in ("health", "backtest", "classic"):
        window.show(name)
        wait_until(lambda name=name: window.screen == name)


def test_a_hidden_screen_gives_the_keyboard_up(window: HubWindow, root: tk.Tk, wait_until: Wait) -> None:
    window.show("positions")
    wait_until(lambda: window.screen == "positions")
    settle(root)
    holder = next(one for one in below(root) if one.winfo_class() == "Treeview" and one.winfo_viewable())
    holder.focus_force()
    wait_until(lambda: root.focus_get() is holder)
    window.show("health")
    wait_until(lambda: window.screen == "health" and root.focus_get() is not holder)


def test_control_and_a_digit_show_a_screen(window: HubWindow, root: tk.Tk) -> None:
    root.focus_force()
    settle(root)
    for place in reversed(range(1, len(SCREENS) + 1)):
        root.event_generate(f"<Control-Key-{place}>")
        settle(root)
        assert window.screen == SCREENS[place - 1]


def test_a_theme_and_a_size_of_text_take_effect_at_once(
    window: HubWindow, state: HubState, wait_until: Wait
) -> None:
    config = TradingConfig.model_validate({"hub": {"theme": "light", "font_scale_pct": 150}})
    put(state, hub_view(settings=settings_view(config)))
    wait_until(lambda: window.theme.palette is LIGHT)
    assert window.theme.scale_pct == 150


def test_what_a_click_raises_is_logged_and_said_and_the_window_stays(
    window: HubWindow, root: tk.Tk, expected_errors: list[str]
) -> None:
    root.after(0, lambda: 1 // 0)
    root.update()
    assert "ZeroDivisionError" in " ".join(words_in(root))
    assert expected_errors == ["powertrader.hub.app: the window did something wrong"]
    assert root.winfo_exists()


def test_the_window_comes_back_where_it_was(root: tk.Tk, hub_ports: HubPorts) -> None:
    remembered = Preferences({"window.geometry": "1100x700+40+30"})
    made = HubWindow(root, hub_ports, HubState(), remembered)
    settle(root)
    assert root.geometry() == "1100x700+40+30"
    made.close()


def test_a_place_that_is_off_the_screen_is_not_taken_again(root: tk.Tk, hub_ports: HubPorts) -> None:
    made = HubWindow(root, hub_ports, HubState(), Preferences({"window.geometry": "1100x700+9000+30"}))
    settle(root)
    assert root.winfo_x() < root.winfo_screenwidth()
    assert root.winfo_width() == 1400
    made.close()


def test_every_widget_that_takes_the_keyboard_can_be_reached(window: HubWindow, state: HubState) -> None:
    put(state, hub_view())
    settle(window.root)
    unreachable = [
        str(one)
        for one in below(window.root)
        if one.winfo_class() in {"TButton", "TEntry", "TCombobox"} and str(one.cget("takefocus")) == "0"
    ]
    assert unreachable == []


@dataclass
class Leaving:
    """A window with edits in its settings; left counts how often it went on to close."""

    window: HubWindow
    settings: Path
    wait: Wait
    left: int = 0

    def edit(self, words: str) -> None:
        panel = self.window.panel("settings")
        assert isinstance(panel, SettingsPanel)
        self.window.show("settings")
        self.wait(lambda: panel.form.is_complete and LEVEL in panel.form.fields)
        panel.form.fields[LEVEL].value.set(words)

    def answer(self, words: str) -> None:
        """Ask the window to close, and press a button of its question."""
        self.window.commands.run("ui.exit")
        tops = [one for one in below(self.window.root) if isinstance(one, tk.Toplevel)]
        (question,) = [one for one in tops if one.title() == "Not saved"]
        (button,) = [
            one for one in below(question) if isinstance(one, ttk.Button) and one.cget("text") == words
        ]
        button.invoke()

    def saved(self) -> object:
        return json.loads(self.settings.read_text())["trade_start_level"] if self.settings.exists() else None

    def leave(self, *, then: Callable[[], None]) -> None:
        assert then == self.window.close
        self.left += 1


@pytest.fixture
def leaving(window: HubWindow, state: HubState, hub_ports: HubPorts, wait_until: Wait) -> Leaving:
    made = Leaving(window, hub_ports.paths.gui_settings, wait_until)
    window.commands.register(ASKS, made.leave)
    put(state, hub_view())
    return made


def test_edits_that_nobody_saved_are_asked_about_before_the_window_closes(leaving: Leaving) -> None:
    leaving.edit("5")
    leaving.answer("Cancel")
    assert (leaving.left, leaving.saved()) == (0, None)
    leaving.answer("Discard")
    assert (leaving.left, leaving.saved()) == (1, None)
    leaving.answer("Save")
    leaving.wait(lambda: leaving.left == 2)
    assert leaving.saved() == 5


def test_edits_that_cannot_be_saved_keep_the_window_open(leaving: Leaving) -> None:
    leaving.edit("many")
    leaving.window.show("health")
    leaving.answer("Save")
    leaving.wait(lambda: leaving.window.screen == "settings")
    assert (leaving.left, leaving.saved()) == (0, None)


def test_edits_of_the_original_s_dialog_are_asked_about_and_where_there_are_none_nothing_is(
    leaving: Leaving,
) -> None:
    leaving.wait(lambda: leaving.window.view is not None)
    leaving.window.commands.run("settings.open")
    leaving.window.commands.run("ui.exit")
    assert leaving.left == 1
    (dialog,) = leaving.window._settings
    dialog.rows["trade_start_level"].value.set("5")
    leaving.answer("Save")
    leaving.wait(lambda: leaving.left == 2)
    assert leaving.saved() == 5
    assert not dialog.is_open


def test_what_goes_wrong_in_a_script_of_tk_is_said_and_opens_no_window_of_tk_s_own(
    window: HubWindow, root: tk.Tk, expected_errors: list[str]
) -> None:
    root.tk.eval("after 0 {error {no such thing}}")
    label = tk.Label(root)
    label.after_idle(lambda: 1 // 0)
    # what it was to do later goes with it
    label.destroy()
    root.update()
    assert "no such thing" in " ".join(words_in(root))
    assert expected_errors == ["powertrader.hub.app: a script of Tk failed"]
    assert not root.tk.call("winfo", "exists", ".bgerrorDialog")
