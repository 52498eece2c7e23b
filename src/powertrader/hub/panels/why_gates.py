"""The gates of a decision, line by line: open or closed, the number seen, the limit, and the words."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.decision import Gate

_TITLES: Final = ("", "why.gate_name", "why.gate_value", "why.gate_limit", "why.gate_text")
_WORDS: Final = len(_TITLES) - 1


class GateList(ttk.Frame):
    """Shows gates; their labels are made once and used again."""

    def __init__(self, parent: tk.Misc) -> None:
        """Show none yet."""
        super().__init__(parent, padding=(8, 4))
        self._lines: list[tuple[ttk.Label, ...]] = []
        self._words: list[WrappedLabel] = []
        self._shown: tuple[Gate, ...] = ()
        self.columnconfigure(_WORDS, weight=1)
        for column, key in enumerate(_TITLES):
            if key:
                label = ttk.Label(self, text=text(key), style="Muted.TLabel")
                label.grid(row=0, column=column, sticky=_side(column), padx=(0, 16))

    def show(self, gates: Sequence[Gate]) -> None:
        """Show these gates in place of those before."""
        found = tuple(gates)
        if found == self._shown:
            return
        self._shown = found
        for place, gate in enumerate(found):
            if place == len(self._lines):
                self._add_line()
            self._fill(place, gate)
        for place in range(len(found), len(self._lines)):
            for label in (*self._lines[place], self._words[place]):
                label.grid_remove()

    def _add_line(self) -> None:
        self._lines.append(tuple([ttk.Label(self) for _ in range(_WORDS)]))
        self._words.append(WrappedLabel(self))

    def _fill(self, place: int, gate: Gate) -> None:
        style = "Accent.TLabel" if gate.passed else "Warning.TLabel"
        state = text("why.passed" if gate.passed else "why.closed")
        cells = (state, gate.name, number_text(gate.value), number_text(gate.limit))
        for column, (label, words) in enumerate(zip(self._lines[place], cells, strict=True)):
            label.configure(text=words, style=style if column == 0 else "TLabel")
            label.grid(row=place + 1, column=column, sticky=f"n{_side(column)}", padx=(0, 16), pady=1)
        self._words[place].say(gate.text)
        self._words[place].grid(row=place + 1, column=_WORDS, sticky="new", pady=1)


def number_text(number: float | None) -> str:
    """Give a number of a gate, a dash where there is none."""
    return "-" if number is None else f"{number:,.8g}"


def _side(column: int) -> str:
    return "e" if _TITLES[column] in {"why.gate_value", "why.gate_limit"} else "w"
