"""What a panel is, and what it is given."""

import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from powertrader.hub.background import Background
from powertrader.hub.commands.registry import Commands
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.theme import Theme
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.vitals import WindowVitals

Steps: TypeAlias = Iterator[None]
"""A drawing in pieces of a few milliseconds, with a yield between them."""
Level: TypeAlias = Literal["news", "warning", "error"]


class Panel(Protocol):
    """A part of the window that shows something of a view.

    It reads no file, knows no process, and does nothing while it is hidden.
    """

    @property
    def parts(self) -> frozenset[Part]:
        """What it shows: it is drawn when one of these is new."""
        ...

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make its widgets, once, and give the outermost one; the caller places that."""
        ...

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw what is new: everything since it was drawn last, also what happened while it was hidden."""
        ...


@dataclass(frozen=True, slots=True)
class PanelContext:
    """What a panel works with; all of it is for the Tk thread.

    show goes to a screen, with what to show there, such as show("why", coin="BTC"). say tells the user
    something in the window, for some seconds. explain gives a widget its tooltip and its F1 text, by
    the key of the text. vitals says how the window itself is doing now.
    """

    theme: Theme
    commands: Commands
    background: Background
    ports: HubPorts
    preferences: Preferences
    show: Callable[..., None]
    say: Callable[[str, Level], None]
    explain: Callable[[tk.Misc, str], None]
    vitals: Callable[[], WindowVitals] = WindowVitals
