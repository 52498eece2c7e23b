"""Saved settings reach the whole window: regression for defect 10 of the original (HUB section 8)."""

import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from powertrader.core.config_sources import read_sources
from powertrader.hub.app import HubWindow
from powertrader.hub.changes import change_between
from powertrader.hub.palettes import LIGHT
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.settings_feed import SettingsFeed
from powertrader.hub.state import HubState
from powertrader.hub.view import HubView, everything
from tests.unit.hub.driving import below, settle, words_in
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import coin

Wait = Callable[[Callable[[], bool]], None]


class Window:
    """A window whose settings come from its home, as the collector brings them."""

    def __init__(self, root: tk.Tk, ports: HubPorts) -> None:
        self.root = root
        self.state = HubState()
        self.hub = HubWindow(root, ports, self.state, Preferences())
        self.hub.start()
        self.feed = SettingsFeed(ports.sources, read_sources(ports.sources))
        self.shown: HubView | None = None

    def look(self) -> HubView:
        settings = self.feed.read()
        view = hub_view([coin(name) for name in settings.config.trading.coins], settings=settings)
        change = everything(view) if self.shown is None else change_between(self.shown, view)
        self.state.put(view, change)
        self.shown = view
        return view

    def choices(self) -> set[str]:
        """Everything that can be chosen in a combo, or pressed."""
        combos = [one for one in below(self.root) if one.winfo_class() == "TCombobox"]
        values = {value for one in combos for value in self.root.tk.splitlist(str(one.cget("values")))}
        return values | {words for words in words_in(self.root) if words.isupper()}


@pytest.fixture
def window(root: tk.Tk, hub_ports: HubPorts) -> Iterator[Window]:
    # asking for keys takes a program, which has nothing to do with coins
    told = (sys.executable, "-S", "-c", "print('{\"places\": []}')")
    made = Window(root, replace(hub_ports, program=lambda _command, _arguments: told))
    settle(root)
    yield made
    made.hub.background.close()


def save_in_dialog(window: Window, wait: Wait, label: str, typed: str) -> None:
    """Open the dialog from its command, type into the field behind a label, and save."""
    window.hub.commands.run("settings.open")
    dialog = next(one for one in window.root.winfo_children() if isinstance(one, tk.Toplevel))
    inside = list(below(dialog))
    place = next(
        n for n, one in enumerate(inside) if one.winfo_class() == "TLabel" and one.cget("text") == label
    )
    entry = next(one for one in inside[place:] if one.winfo_class() == "TEntry")
    entry.tk.call(str(entry), "delete", 0, "end")
    entry.tk.call(str(entry), "insert", 0, typed)
    save = next(one for one in inside if one.winfo_class() == "TButton" and one.cget("text") == "Save")
    save.tk.call(str(save), "invoke")
    wait(lambda: not dialog.winfo_exists())


def test_defect_10_new_coins_appear_everywhere_after_saving(window: Window, wait_until: Wait) -> None:
    window.look()
    wait_until(lambda: "DOGE" in window.choices())
    assert "SOL" not in window.choices()
    save_in_dialog(window, wait_until, "Coins (comma):", "BTC, SOL")
    assert window.look().settings.config.trading.coins == ("BTC", "SOL")
    wait_until(lambda: "SOL" in window.choices() and "DOGE" not in window.choices())


def test_colours_change_at_once_when_they_are_saved(
    window: Window, hub_ports: HubPorts, wait_until: Wait
) -> None:
    window.look()
    settle(window.root)
    gui = hub_ports.paths.gui_settings
    gui.parent.mkdir(parents=True, exist_ok=True)
    gui.write_text('{"hub.theme": "light"}', encoding="utf-8")
    window.look()
    wait_until(lambda: window.hub.theme.palette is LIGHT)
