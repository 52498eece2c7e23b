"""Means to draw a panel by hand, and notes of what it asked for."""

import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from powertrader.hub.panel import Level, Panel
from powertrader.hub.view import Change, HubView, everything


@dataclass(slots=True)
class Said:
    """What panels asked for: screens to show, words to say, commands to run, widgets to explain."""

    shown: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    commands: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    explained: dict[str, tk.Misc] = field(default_factory=dict)

    def show(self, screen: str, **argument: Any) -> None:
        self.shown.append((screen, argument))

    def say(self, words: str, level: Level) -> None:
        self.words.append((words, level))

    def explain(self, widget: tk.Misc, key: str) -> None:
        self.explained[key] = widget

    def command(self, name: str) -> Any:
        def note(**arguments: Any) -> None:
            self.commands.append((name, arguments))

        return note


def draw(panel: Panel, view: HubView, change: Change | None = None) -> None:
    """Let a panel draw a view to the end; everything in it is new unless a change is given."""
    for _ in panel.render(view, change or everything(view)):
        pass


def settle(root: tk.Misc) -> None:
    """Let the window do all that waits to be done now."""
    root.update_idletasks()
    root.update()


def below(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give a widget and all widgets in it."""
    yield widget
    for child in widget.winfo_children():
        yield from below(child)


def words_in(widget: tk.Misc) -> list[str]:
    """Give the text of every label, button and heading in a widget, in their order."""
    found = []
    for one in below(widget):
        try:
            found.append(str(one.cget("text")))
        except tk.TclError:
            continue
    return [text for text in found if text]
