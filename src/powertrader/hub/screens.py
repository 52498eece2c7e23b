"""The screens in their order, each made when it is shown first: a window that opens does not wait for nine.

The screen NAME is the module panels.NAME, whose function `make` gives its panel for a context.
"""

import logging
import tkinter as tk
from importlib import import_module
from tkinter import ttk
from typing import Final, Protocol, cast, runtime_checkable

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.scheduler import Urgency
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part

log = logging.getLogger(__name__)

SCREENS: Final = (
    "classic",
    "positions",
    "why",
    "training",
    "backtest",
    "health",
    "journal",
    "settings",
    "profit",
)
"""Names of the screens, left to right; Ctrl+1 to Ctrl+9 show them."""
SCREEN_OF: Final = (("chart", "classic"), ("account_chart", "classic"))
"""What is shown by a name of its own, and the screen that it is on."""


@runtime_checkable
class Selecting(Protocol):
    """A screen that can be told what to show, such as a coin."""

    def select(self, **argument: object) -> None:
        """Show that; the screen is visible and built."""
        ...


@runtime_checkable
class Searching(Protocol):
    """A screen with a field that filters what it shows."""

    def find(self) -> None:
        """Put the cursor into that field."""
        ...


@runtime_checkable
class Composite(Protocol):
    """A screen of several parts that are drawn each by itself: one that fails leaves the others be."""

    @property
    def panels(self) -> tuple[tuple[str, Panel, Urgency], ...]:
        """The parts by name, and how urgent each is."""
        ...


class ScreenModule(Protocol):
    """A module of panels that holds a screen."""

    def make(self, context: PanelContext) -> Panel:
        """Give the screen."""
        ...


def make_screen(name: str, context: PanelContext) -> Panel:
    """Make a screen by its name; one that is missing in this installation says so in its place."""
    try:
        module = cast("ScreenModule", import_module(f"powertrader.hub.panels.{name}"))
    except ImportError as error:
        log.exception("screen cannot be made", extra={"screen": name})
        return _Missing(text("window.missing_screen", error=error))
    return module.make(context)


def parts_of(name: str, panel: Panel) -> tuple[tuple[str, Panel, Urgency], ...]:
    """Give what of a screen is drawn by itself: its parts, or the whole of it."""
    return panel.panels if isinstance(panel, Composite) else ((name, panel, Urgency.PAGE),)


class _Missing:
    """Stands where a screen would be."""

    parts: frozenset[Part] = frozenset()

    def __init__(self, words: str) -> None:
        self._words = words

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the words."""
        return ttk.Label(parent, text=self._words, style="Error.TLabel", padding=24, wraplength=700)

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw nothing."""
        _ = view, change
        yield
