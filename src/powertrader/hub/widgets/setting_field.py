"""One field of a form: a mark, a title, the input, its unit, an explanation, and lines beside it."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Final, Literal, TypeAlias

Input: TypeAlias = Literal["switch", "choice", "folder", "file", "text"]
_NARROW: Final = 18
_WIDE: Final = 40
_TITLE: Final = 26
_UNIT_PX: Final = 150
_ALMOST_ALL: Final = 1000
_INDENT_PX: Final = 26
_LEAST_WRAP_PX: Final = 240


@dataclass(frozen=True, slots=True)
class FieldLook:
    """What a field shows now; notes are lines with the style of their label."""

    text: str
    mark: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    enabled: bool = True
    resettable: bool = False


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a field says all the time, and the values that may be chosen."""

    title: str
    unit: str
    sentence: str
    name: str
    reset: str
    browse: str
    switch: str
    choices: tuple[str, ...] = ()
    wide: bool = False
    """Whether the input needs room for a list or a path."""


@dataclass(frozen=True, slots=True)
class FieldActs:
    """What happens: a text was typed, the typing ended, the default or a folder is wanted."""

    typed: Callable[[str], None]
    paused: Callable[[], None]
    reset: Callable[[], None]
    browse: Callable[[], None]


class SettingField(ttk.Frame):
    """Made once; `show` changes only what is otherwise."""

    def __init__(self, parent: tk.Misc, kind: Input, words: FieldWords, acts: FieldActs) -> None:
        """Make it empty."""
        super().__init__(parent, padding=(4, 6))
        self._look: FieldLook | None = None
        self._showing = False
        self._acts = acts
        self.value = tk.StringVar(self)
        self.mark = ttk.Label(self, width=2, style="Bold.TLabel")
        self.title = ttk.Label(self, text=words.title, style="Bold.TLabel", width=_TITLE)
        self.input = self._made(kind, words)
        self.unit = ttk.Label(self, text=words.unit, style="Muted.TLabel")
        self.reset = ttk.Button(self, text=words.reset, style="Small.TButton", command=acts.reset)
        self.browse = ttk.Button(self, text=words.browse, style="Small.TButton", command=acts.browse)
        self._texts = [
            ttk.Label(self, text=words.sentence, justify="left"),
            ttk.Label(self, text=words.name, style="Small.TLabel", justify="left"),
        ]
        self.notes: list[ttk.Label] = []
        self._place(has_browse=kind in {"folder", "file"}, is_wide=words.wide)
        self.value.trace_add("write", lambda *_: self._typed())
        self.input.bind("<FocusOut>", lambda _: acts.paused(), add=True)
        self.bind("<Configure>", self._wrap)

    def show(self, look: FieldLook) -> None:
        """Show a state of the field."""
        if look == self._look:
            return
        self._look = look
        if self.value.get() != look.text:
            self._showing = True
            self.value.set(look.text)
            self._showing = False
        self.mark.configure(text=look.mark)
        self.input.state(["!disabled" if look.enabled else "disabled"])
        self.browse.state(["!disabled" if look.enabled else "disabled"])
        if look.resettable:
            self.reset.grid()
        else:
            self.reset.grid_remove()
        self._show_notes(look.notes)

    def _made(self, kind: Input, words: FieldWords) -> ttk.Widget:
        if kind == "switch":
            return ttk.Checkbutton(
                self, text=words.switch, variable=self.value, onvalue="true", offvalue="false"
            )
        if kind == "choice":
            widest = max(_NARROW, *map(len, words.choices))
            return ttk.Combobox(
                self, textvariable=self.value, values=words.choices, state="readonly", width=widest
            )
        return ttk.Entry(self, textvariable=self.value, width=_WIDE if words.wide else _NARROW)

    def _place(self, *, has_browse: bool, is_wide: bool) -> None:
        self.mark.grid(row=0, column=0, sticky="w")
        self.title.grid(row=0, column=1, sticky="w")
        self.input.grid(row=0, column=2, sticky="ew" if is_wide else "w")
        # what is missing in a narrow window is taken from the input, what is left over goes to the right
        self.columnconfigure(2, weight=1)
        if has_browse:
            self.browse.grid(row=0, column=3, padx=(8, 0))
        self.unit.grid(row=0, column=4, sticky="w", padx=(8, 8))
        self.reset.grid(row=0, column=5, sticky="w")
        self.columnconfigure(4, minsize=0 if has_browse else _UNIT_PX)
        self.columnconfigure(6, weight=_ALMOST_ALL)
        for row, label in enumerate(self._texts, start=1):
            label.grid(row=row, column=1, columnspan=6, sticky="w")

    def _show_notes(self, notes: tuple[tuple[str, str], ...]) -> None:
        while len(self.notes) < len(notes):
            self.notes.append(ttk.Label(self, justify="left", wraplength=self._wrap_px()))
        first = 1 + len(self._texts)
        for place, label in enumerate(self.notes):
            if place < len(notes):
                style, words = notes[place]
                label.configure(text=words, style=style)
                label.grid(row=first + place, column=1, columnspan=6, sticky="w")
            else:
                label.grid_remove()

    def _typed(self) -> None:
        if not self._showing:
            self._acts.typed(self.value.get())

    def _wrap_px(self) -> int:
        return max(_LEAST_WRAP_PX, self.winfo_width() - 2 * _INDENT_PX)

    def _wrap(self, _event: "tk.Event[tk.Misc]") -> None:
        px = self._wrap_px()
        for label in (*self._texts, *self.notes):
            label.configure(wraplength=px)
