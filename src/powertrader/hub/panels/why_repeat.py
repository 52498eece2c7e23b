"""The buttons Replay and What if of the screen Why: the rules decide once more, in a process of their own."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Final, TypeAlias

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.decision_inputs import Replaceable, label_of, replaceable
from powertrader.hub.decision_repeat import again_of, question, told
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.decision import DecisionAgain, DecisionRecord
from powertrader.models.types import Environment

Run: TypeAlias = Callable[[Sequence[str]], Mapping[str, object]]
"""Runs `powertrader` with these arguments and gives the JSON it prints. Raises PowerTraderError."""
_KEY: Final = "why.repeat"
_FIELDS_IN_ROW: Final = 3
_FIELD_WIDTH: Final = 22


class WhyRepeat:
    """Decides again on the record that is shown; nothing is ordered and no setting changes."""

    def __init__(self, parent: tk.Misc, context: PanelContext, run: Run, copy: Callable[[], None]) -> None:
        """Make the buttons; run does the work in the background, copy is what the third button does."""
        self._context, self._run = context, run
        self._record: DecisionRecord | None = None
        self._trader: tuple[Environment, str] = ("paper", "default")
        self._quote = ""
        self._fields: dict[str, tuple[Replaceable, tk.StringVar]] = {}
        self.frame = ttk.Frame(parent)
        row = self._row = ttk.Frame(self.frame)
        self.replay = ttk.Button(row, text=text("why.replay"), command=self._replay)
        self.what_if = ttk.Button(row, text=text("why.what_if"), command=self._toggle)
        self.copy = ttk.Button(row, text=text("why.copy"), command=copy)
        for button in (self.replay, self.what_if, self.copy):
            button.pack(side="left", padx=(0, 8))
        row.pack(fill="x")
        self.values = ttk.Labelframe(self.frame, text=text("why.what_if"), padding=8)
        self.result = WrappedLabel(self.frame)
        self._grid = ttk.Frame(self.values)
        self._grid.pack(fill="x")
        below = ttk.Frame(self.values)
        self.decide = ttk.Button(below, text=text("why.decide"), command=self._decide)
        self.reset = ttk.Button(below, text=text("why.reset"), command=self._reset)
        self.decide.pack(side="left", padx=(0, 8))
        self.reset.pack(side="left")
        below.pack(fill="x", pady=(8, 0))
        for name in ("replay", "what_if", "copy", "decide", "reset"):
            context.explain(getattr(self, name), f"why.help.{name}")
        self._enable()

    @property
    def is_open(self) -> bool:
        """Whether the fields for other values are shown."""
        return bool(self.values.winfo_manager())

    def show(self, record: DecisionRecord | None, trader: tuple[Environment, str], quote: str) -> None:
        """Take the record that is shown, None for none; another one forgets what came out of the last."""
        self._trader, self._quote = trader, quote
        if record == self._record:
            return
        self._record = record
        self._context.background.forget(_KEY)
        self._enable()
        self._say("")
        if self.is_open:
            self._toggle()
        self._fields = {}

    def _enable(self) -> None:
        record = self._record
        state = "!disabled" if record is not None and record.inputs is not None else "disabled"
        for button in (self.replay, self.what_if):
            button.state([state])
        self.copy.state(["!disabled" if record is not None else "disabled"])

    def field(self, name: str) -> tk.StringVar:
        """Give the text of a value's field; the fields are open."""
        return self._fields[name][1]

    def _toggle(self) -> None:
        if self.is_open:
            self.values.pack_forget()
            return
        self._make_fields()
        self.values.pack(fill="x", pady=(8, 0), after=self._row)

    def _make_fields(self) -> None:
        if self._fields or self._record is None or self._record.inputs is None:
            return
        for child in self._grid.winfo_children():
            child.destroy()
        for place, value in enumerate(replaceable(self._record.inputs)):
            row, column = divmod(place, _FIELDS_IN_ROW)
            words = tk.StringVar(self.frame, value.recorded)
            cell = ttk.Frame(self._grid)
            ttk.Label(cell, text=label_of(value.name), style="Muted.TLabel").pack(anchor="w")
            entry = ttk.Entry(cell, textvariable=words, width=_FIELD_WIDTH)
            entry.pack(anchor="w", fill="x")
            entry.bind("<Return>", lambda _: self._decide())
            cell.grid(row=row, column=column, sticky="ew", padx=(0, 12), pady=(0, 6))
            self._grid.columnconfigure(column, weight=1)
            self._context.explain(entry, "why.help.value")
            self._fields[value.name] = (value, words)

    def _reset(self) -> None:
        for value, words in self._fields.values():
            words.set(value.recorded)
        self._say("")

    def _replay(self) -> None:
        self._ask(())

    def _decide(self) -> None:
        changes = [
            f"{value.name}={words.get().strip()}"
            for value, words in self._fields.values()
            if words.get().strip() != value.recorded
        ]
        if changes:
            self._ask(changes)
        else:
            self._say(text("why.nothing_changed"), "Muted.TLabel")

    def _ask(self, changes: Sequence[str]) -> None:
        record = self._record
        if record is None:
            return
        command = question(record, self._trader, changes)
        self._say(text("why.running"), "Muted.TLabel")
        self._context.background.ask(
            _KEY, lambda: again_of(self._run(command), record), partial(self._came_out, record), self._failed
        )

    def _came_out(self, record: DecisionRecord, again: DecisionAgain) -> None:
        if record == self._record:
            self._say(told(again, self._quote), "Error.TLabel" if again.same is False else "Accent.TLabel")

    def _failed(self, error: PowerTraderError) -> None:
        self._say(text("why.failed", error=error), "Error.TLabel")

    def _say(self, words: str, style: str = "TLabel") -> None:
        self.result.say(words, style)
        if words:
            self.result.pack(fill="x", pady=(8, 0))
        else:
            self.result.pack_forget()
