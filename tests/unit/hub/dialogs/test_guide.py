"""The first-run guide: who gets it, what its steps do, and that it makes room for them."""

import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk

import pytest

from powertrader.hub.app import HubWindow
from powertrader.hub.dialogs.guide import SEEN
from powertrader.hub.panels.settings import SettingsPanel
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.state import HubState
from powertrader.hub.view import HubView, everything
from powertrader.models.snapshot import CoinView, TrainingView
from tests.unit.hub.driving import Said, below, settle, words_in
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import coin, snapshot

Wait = Callable[..., None]
HEADING = "Three steps to a first trade, without spending anything"


@pytest.fixture
def preferences() -> Preferences:
    return Preferences()


@pytest.fixture
def window(root: tk.Tk, hub_ports: HubPorts, preferences: Preferences, said: Said) -> Iterator[HubWindow]:
    made = HubWindow(root, hub_ports, HubState(), preferences)
    for name in ("training.start", "trading.start_all"):
        made.commands.register(name, said.command(name))
    made.start()
    settle(root)
    yield made
    made.close()


def untouched() -> HubView:
    """A home in which nobody has ever done anything."""
    coins = (CoinView("BTC", TrainingView()),)
    return hub_view(made=snapshot(coins, trader=None))


def see(window: HubWindow, view: HubView, wait_until: Wait) -> None:
    window._state.put(view, everything(view))
    wait_until(lambda: window.view is view)


def button(window: HubWindow, words: str) -> ttk.Button:
    dialog = next(one for one in window.root.winfo_children() if isinstance(one, tk.Toplevel))
    return next(
        one for one in below(dialog) if isinstance(one, ttk.Button) and str(one.cget("text")) == words
    )


def coins_are_ready_to_be_typed(window: HubWindow) -> bool:
    panel = window.panel("settings")
    assert isinstance(panel, SettingsPanel)
    field = panel.form.fields.get("trading.coins")
    return field is not None and str(window.root.tk.call("focus", "-lastfor", ".")) == str(field.input)


def test_a_home_that_nobody_has_used_yet_opens_with_the_guide_and_only_once(
    window: HubWindow, preferences: Preferences, wait_until: Wait
) -> None:
    see(window, untouched(), wait_until)
    assert words_in(window.root).count(HEADING) == 1
    assert preferences.switch(SEEN)
    window.commands.run("ui.guide")
    assert words_in(window.root).count(HEADING) == 1
    button(window, "Close").invoke()
    see(window, untouched(), wait_until)
    assert HEADING not in words_in(window.root)


def test_whoever_has_trained_or_closed_the_guide_before_is_left_in_peace(
    window: HubWindow, preferences: Preferences, wait_until: Wait
) -> None:
    see(window, hub_view((coin("BTC", 3),)), wait_until)
    assert HEADING not in words_in(window.root)
    assert not preferences.switch(SEEN)


def test_each_step_does_what_it_says_and_leaves_the_window_in_sight(
    window: HubWindow, said: Said, wait_until: Wait
) -> None:
    see(window, untouched(), wait_until)
    settings = button(window, "Settings")
    settle(window.root)
    before = settings.winfo_rootx(), settings.winfo_rooty()
    settings.invoke()
    wait_until(lambda: window.screen == "settings")
    wait_until(lambda: coins_are_ready_to_be_typed(window))
    wait_until(lambda: (settings.winfo_rootx(), settings.winfo_rooty()) != before)
    guide, root = settings.winfo_toplevel(), window.root
    assert abs(guide.winfo_rootx() + guide.winfo_width() - root.winfo_rootx() - root.winfo_width()) < 30
    for name in ("Train All", "Start All"):
        one = button(window, name)
        one.focus_force()
        settle(window.root)
        one.event_generate("<Return>")
    assert [name for name, _ in said.commands] == ["training.start", "trading.start_all"]
    guide.event_generate("<Escape>")
    assert HEADING not in words_in(window.root)
