"""The keyboard: which key runs which command, in one table."""

import tkinter as tk
from collections.abc import Mapping
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.commands.registry import Commands
from powertrader.hub.screens import SCREENS

KEYS: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    **{f"<Control-Key-{place}>": ("ui.show", {"screen": name}) for place, name in enumerate(SCREENS, 1)},
    "<F1>": ("ui.help", {}),
    "<Control-q>": ("ui.exit", {}),
}
PLAIN_KEYS: Final[Mapping[str, str]] = {"<slash>": "ui.find", "<space>": "trading.toggle_pause"}
"""Keys that write something where something can be written: there they do just that."""
_WRITING: Final = (tk.Entry, tk.Text, ttk.Entry, tk.Spinbox)
_PRESSED_BY_SPACE: Final = (ttk.Button, tk.Button, ttk.Checkbutton, ttk.Radiobutton, ttk.Treeview, tk.Listbox)


def bind_keys(root: tk.Tk, commands: Commands) -> None:
    """Let keys run commands, wherever the focus is."""
    for key, (name, arguments) in KEYS.items():
        root.bind_all(key, partial(_run, commands, name, arguments))
    for key, name in PLAIN_KEYS.items():
        root.bind_all(key, partial(_run_unless_used, commands, name))
    edit_as_usual(root)


def edit_as_usual(root: tk.Tk) -> None:
    """Let fields take the keys that people know also where Tk has those of an old editor."""
    if root.tk.call("tk", "windowingsystem") != "x11":
        return
    # Control-a goes to the beginning of the line there, and Control-y pastes
    root.event_delete("<<LineStart>>", "<Control-Key-a>")
    root.event_add("<<SelectAll>>", "<Control-Key-a>")
    root.event_delete("<<Paste>>", "<Control-Key-y>", "<Control-Lock-Key-Y>")


def _run(commands: Commands, name: str, arguments: Mapping[str, object], _event: "tk.Event[tk.Misc]") -> None:
    commands.run(name, **arguments)


def _run_unless_used(commands: Commands, name: str, event: "tk.Event[tk.Misc]") -> None:
    if not _is_used_by(event.widget, event.keysym):
        commands.run(name)


def _is_used_by(widget: tk.Misc, keysym: str) -> bool:
    """Tell whether the widget with the focus does something else with the key."""
    if not isinstance(widget, tk.Misc) or widget.winfo_toplevel() is not widget.nametowidget("."):
        return True
    if isinstance(widget, _WRITING):
        return True
    return keysym == "space" and isinstance(widget, _PRESSED_BY_SPACE)
