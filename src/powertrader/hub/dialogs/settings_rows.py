"""One row of the original's settings dialog: a label, the input, a button, and a line below."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk

from powertrader.hub.widgets.wrapped_label import WrappedLabel


@dataclass(frozen=True, slots=True)
class FieldRow:
    """What a row says: its label, the text at first, whether it is a switch, the words of its button."""

    label: str
    first: str
    is_switch: bool = False
    browse: str = ""


class DialogRow:
    """A row in the grid of a form."""

    def __init__(
        self,
        form: ttk.Frame,
        place: int,
        row: FieldRow,
        *,
        typed: Callable[[str], None],
        browse: Callable[[], None],
    ) -> None:
        """Put it into the form; typed is told every text that is typed."""
        self.value = tk.StringVar(form, value=row.first)
        self.button: ttk.Button | None = None
        self._silent = False
        if not row.is_switch:
            ttk.Label(form, text=row.label).grid(row=place, column=0, sticky="nw", padx=(0, 10), pady=6)
        cell = ttk.Frame(form)
        cell.columnconfigure(0, weight=1)
        self.input: ttk.Checkbutton | ttk.Entry
        if row.is_switch:
            self.input = ttk.Checkbutton(
                cell, text=row.label, variable=self.value, onvalue="true", offvalue="false"
            )
        else:
            self.input = ttk.Entry(cell, textvariable=self.value)
        self.input.grid(row=0, column=0, sticky="ew")
        self._note = WrappedLabel(cell, style="Muted.TLabel")
        if row.is_switch:
            cell.grid(row=place, column=0, columnspan=3, sticky="ew", pady=4)
        else:
            cell.grid(row=place, column=1, columnspan=1 if row.browse else 2, sticky="ew", pady=4)
        if row.browse:
            self.button = ttk.Button(form, text=row.browse, style="Small.TButton", command=browse)
            self.button.grid(row=place, column=2, sticky="ne", padx=(8, 0), pady=4)
        self.value.trace_add("write", lambda *_: None if self._silent else typed(self.value.get()))

    @property
    def note_words(self) -> str:
        """What stands below the input."""
        return str(self._note.cget("text"))

    def show(self, words: str) -> None:
        """Put a text into the input that nobody typed."""
        self._silent = True
        self.value.set(words)
        self._silent = False

    def note(self, words: str, style: str) -> None:
        """Show a line below the input, none when there are no words."""
        self._note.say(words, style)
        if words:
            self._note.grid(row=1, column=0, sticky="ew")
        else:
            self._note.grid_remove()

    def lock(self) -> None:
        """Let nothing be typed."""
        self.input.state(["disabled"])
        if self.button is not None:
            self.button.state(["disabled"])
