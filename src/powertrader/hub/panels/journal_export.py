"""Files of the trades that are shown, for spreadsheets and tax programs."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.journal_notes import Note
from powertrader.core.tax_table import TaxLayout, TaxNames, tax_csv
from powertrader.core.trade_table import annotated_csv
from powertrader.hub.journal_rows import reason_text
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.trades_view import LedgerName
from powertrader.models.trade import Trade

JOURNAL: Final = "journal"
FORMS: Final = (JOURNAL, *TaxLayout)
"""What can be written: everything of the journal, or the columns of a tax program."""


class JournalExport:
    """A button with a menu of forms. Where to is asked for; the file is written beside the window."""

    def __init__(
        self,
        context: PanelContext,
        shown: Callable[[], Sequence[Trade]],
        note_of: Callable[[str], Note],
    ) -> None:
        """Bind what gives the trades and their notes."""
        self._context = context
        self._shown = shown
        self._note_of = note_of
        self.whose: LedgerName | None = None
        self.ask_path: Callable[[str], str] = self._ask_path

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the button."""
        self.button = ttk.Menubutton(parent, text=text("journal.export"))
        self.menu = tk.Menu(self.button, tearoff=False)
        for form in FORMS:
            self.menu.add_command(label=text(f"journal.export_{form}"), command=partial(self.write, form))
        self.button.configure(menu=self.menu)
        self._context.explain(self.button, "journal.help.export")
        return self.button

    def write(self, form: str) -> None:
        """Ask for a file and write the trades into it, in one of FORMS."""
        trades = tuple(self._shown())
        if not trades:
            self._context.say(text("journal.nothing_to_export"), "warning")
            return
        chosen = self.ask_path(f"{form}-{self.whose or 'trades'}.csv")
        if not chosen:
            return
        path = Path(chosen)
        notes = {trade.client_order_id: self._note_of(trade.client_order_id) for trade in trades}
        whose, store = self.whose, self._context.ports.store

        def work() -> int:
            store.write_text(path, table_of(form, trades, notes, whose))
            return len(trades)

        def done(count: int) -> None:
            self._context.say(text("journal.exported", count=f"{count:,}", path=path), "news")

        def failed(error: PowerTraderError) -> None:
            self._context.say(text("journal.not_exported", reason=error), "error")

        self._context.background.ask(f"journal.export.{path}", work, done, failed)

    def _ask_path(self, proposed: str) -> str:
        return filedialog.asksaveasfilename(
            parent=self.button,
            title=text("journal.export_title"),
            initialfile=proposed,
            defaultextension=".csv",
            filetypes=[("CSV", "*.csv")],
        )


def table_of(form: str, trades: Sequence[Trade], notes: dict[str, Note], whose: LedgerName | None) -> str:
    """Give trades as CSV in one of FORMS; notes are by client order id."""
    if form == JOURNAL:
        return annotated_csv(trades, ("tags", "note"), lambda trade: _said(notes[trade.client_order_id]))
    quote = whose.quote_asset if whose is not None else ""
    names = TaxNames(quote, text("journal.exchange"), str(whose or ""))
    return tax_csv(trades, TaxLayout(form), names, lambda trade: _comment(trade, notes))


def _said(note: Note) -> tuple[str, str]:
    return ", ".join(note.tags), note.words


def _comment(trade: Trade, notes: dict[str, Note]) -> str:
    note = notes[trade.client_order_id]
    words = " ".join(note.words.split())
    return "; ".join([part for part in (reason_text(trade.reason), ", ".join(note.tags), words) if part])
