"""The account of the money as a statement that adds up: a line for each step, and its sum."""

import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk
from typing import Final

from powertrader.analytics.statement import Statement
from powertrader.hub.panel import PanelContext
from powertrader.hub.profit_rows import Line, headline, headline_note, statement_lines
from powertrader.hub.text import text
from powertrader.hub.theme import HUGE
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_NAMES: Final = (
    "deposits",
    "brought_in",
    "realised",
    "unrealised",
    "fees",
    "written_off",
    "equity",
    "cash",
    "holdings",
    "dust",
    "open_loss",
)
_RULE_ROW: Final = _NAMES.index("equity")


class ProfitStatement:
    """The profit in large letters and how it adds up; `show` gives it other figures."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._statement: Statement | None = None
        self._lines: tuple[Line, ...] = ()

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the widgets."""
        frame = ttk.Frame(parent)
        explain = self._context.explain
        ttk.Label(frame, text=text("profit.title"), style="Title.TLabel").pack(anchor="w")
        self.headline = ttk.Label(frame, font=HUGE)
        self.headline.pack(anchor="w", pady=(4, 0))
        explain(self.headline, "profit.help.headline")
        self._note = WrappedLabel(frame, style="Muted.TLabel")
        self._note.pack(fill="x")
        self._grid = ttk.Frame(frame)
        self._grid.pack(fill="x", pady=(10, 0))
        self._grid.columnconfigure(0, weight=1)
        self._cells = {name: self._made_line(place, name) for place, name in enumerate(_NAMES)}
        self._rule = ttk.Separator(self._grid)
        self._rule.grid(row=2 * _RULE_ROW - 1, column=0, columnspan=2, sticky="ew", pady=3)
        self.show(None)
        return frame

    def show(self, statement: Statement | None) -> None:
        """Show a statement, or that there is nothing to state yet."""
        self._statement = statement
        self._lines = () if statement is None else tuple(statement_lines(statement))
        shown = {line.name: line for line in self._lines}
        for name, (words, amount) in self._cells.items():
            line = shown.get(name)
            if line is None:
                words.grid_remove()
                amount.grid_remove()
            else:
                words.grid()
                amount.grid()
                if str(amount.cget("text")) != line.amount:
                    amount.configure(text=line.amount)
        if statement is None:
            self._rule.grid_remove()
            self._note.say(text("profit.empty"))
        else:
            self._rule.grid()
            self._note.say(headline_note(statement))
        self.paint()

    def told(self) -> Iterator[tuple[str, str]]:
        """Give what is shown, name and amount of each line."""
        if self._statement is not None:
            yield text("profit.title"), headline(self._statement)
        yield from ((text(f"profit.line_{line.name}"), line.amount) for line in self._lines)

    def paint(self) -> None:
        """Take the colours in force."""
        statement, palette = self._statement, self._context.theme.palette
        if statement is None:
            self.headline.configure(text="")
            return
        colour = palette.fg if not statement.net else palette.up if statement.net > 0 else palette.down
        self.headline.configure(text=headline(statement), foreground=colour)

    def _made_line(self, place: int, name: str) -> tuple[ttk.Label, ttk.Label]:
        style = "Bold.TLabel" if name == "equity" else "Muted.TLabel" if place > _RULE_ROW else "TLabel"
        indent = 16 if place > _RULE_ROW else 0
        words = ttk.Label(self._grid, text=text(f"profit.line_{name}"), style=style)
        words.grid(row=2 * place, column=0, sticky="w", padx=(indent, 12), pady=1)
        amount = ttk.Label(self._grid, style=style)
        amount.grid(row=2 * place, column=1, sticky="e")
        self._context.explain(words, f"profit.help.line_{name}")
        self._context.explain(amount, f"profit.help.line_{name}")
        return words, amount
