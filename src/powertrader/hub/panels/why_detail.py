"""One coin of the screen Why: the sentence, the gates, what the decision was made from, and earlier ones."""

import tkinter as tk
from collections.abc import Iterator
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.core.verdicts import words_for
from powertrader.hub.clipboard import copy_text
from powertrader.hub.decision_inputs import groups_of
from powertrader.hub.decisions import decided_on, headline, is_old, trader_of
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.why_gates import GateList
from powertrader.hub.panels.why_inputs import InputBoxes
from powertrader.hub.panels.why_repeat import Run, WhyRepeat
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text, moment_text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.decision import DecisionRecord
from powertrader.models.snapshot import CoinView

_HISTORY: Final = (("time", 130), ("decision", 330), ("steps_before", 90))
_HISTORY_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is on the screen: a coin in a view, and its records, None while they are read."""

    view: HubView
    coin: CoinView
    records: tuple[DecisionRecord, ...] | None


class WhyDetail:
    """The right side of the screen."""

    def __init__(self, parent: tk.Misc, context: PanelContext, run: Run) -> None:
        """Make its widgets; run asks `powertrader`."""
        self._context = context
        self._shown: _Shown | None = None
        self._picked = self._sentence = ""
        self._is_unreadable = False
        self.frame = ScrollFrame(parent)
        body = self.frame.body
        body.configure(padding=(8, 8, 12, 12))
        self.headline = WrappedLabel(body, style="Title.TLabel")
        self.note = WrappedLabel(body, style="Muted.TLabel")
        self.problem = WrappedLabel(body, style="Error.TLabel")
        self._gates_box = ttk.Labelframe(body, text=text("why.gates"))
        self.gates = GateList(self._gates_box)
        self.gates.pack(fill="x")
        self.repeat = WhyRepeat(body, context, run, self._copy)
        self._inputs_box = ttk.Labelframe(body, text=text("why.inputs"), padding=8)
        self.inputs = InputBoxes(self._inputs_box)
        self.no_inputs = WrappedLabel(self._inputs_box, words=text("why.no_inputs"), style="Muted.TLabel")
        self._history_box = ttk.Labelframe(body, padding=8)
        self.history = self._made_history()
        self.history.pack(fill="both", expand=True)
        self.headline.pack(fill="x")
        self.note.pack(fill="x", pady=(2, 8))
        self._parts = (self._gates_box, self.repeat.frame, self._inputs_box, self._history_box)
        context.explain(self.headline, "why.help.headline")
        context.explain(self._gates_box, "why.help.gates")
        context.explain(self.history.tree, "why.help.history")

    def begin(self) -> None:
        """Forget which of the earlier decisions was looked at: another coin comes."""
        self._picked = ""
        self.history.show(())
        self.frame.to_top()

    def show(self, view: HubView, coin: CoinView, records: tuple[DecisionRecord, ...] | None) -> None:
        """Show a coin; records are its decisions, the newest first, None while they are read."""
        before, self._shown = self._shown, _Shown(view, coin, records)
        if before is None or before.records != records or before.coin.coin != coin.coin:
            self.problem.pack_forget()
            self._is_unreadable = False
            self.history.show(_history(records or ()))
            self._history_box.configure(text=text("why.history", coin=coin.coin))
        self._draw()

    def tell_unreadable(self, error: str) -> None:
        """Say why the decisions cannot be read."""
        self.problem.say(text("why.not_read", error=error))
        self.problem.pack(fill="x", pady=(0, 8), after=self.note)
        self._is_unreadable = True
        self._draw()

    def _made_history(self) -> KeyedTable:
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("why.history_empty"),
            on_select=self._pick,
            state=remembered(preferences, "why_history"),
            remember=remember_in(preferences, "why_history"),
            height=_HISTORY_ROWS,
        )
        columns = [Column(key, text(f"why.{key}"), px, "w") for key, px in _HISTORY]
        return KeyedTable(self._history_box, columns, options)

    def _pick(self, key: str | None) -> None:
        if key is not None and key != self._picked and self._shown is not None:
            newest = next(iter(self._shown.records or ()), None)
            self._picked = "" if newest is not None and key == _key(newest) else key
            self._draw()

    def _draw(self) -> None:
        shown = self._shown
        if shown is None:
            return
        record = self._record(shown)
        decided = decided_on(shown.view, shown.coin)
        if self._picked and record is not None:
            self._sentence = text("why.headline.earlier", coin=shown.coin.coin, why=words_for(record.verdict))
        else:
            self._sentence = headline(shown.coin.coin, decided, record.gates if record else ())
        self.headline.say(self._sentence)
        self.note.say(" ".join(self._notes(shown, record)))
        self.gates.show(record.gates if record else ())
        quote = shown.view.snapshot.trader.quote_asset if shown.view.snapshot.trader else ""
        self.repeat.show(record, trader_of(shown.view), quote)
        groups = groups_of(record, quote) if record else ()
        self.inputs.show(groups)
        self._swap_inputs(has=bool(groups), missing=record is not None and record.inputs is None)
        self._swap_parts(is_decided=record is not None)

    def _swap_parts(self, *, is_decided: bool) -> None:
        """Show no empty boxes where nothing was decided."""
        if is_decided and not self._gates_box.winfo_manager():
            for part in self._parts:
                part.pack(fill="x", pady=(0, 10))
        elif not is_decided:
            for part in self._parts:
                part.pack_forget()

    def _swap_inputs(self, *, has: bool, missing: bool) -> None:
        for widget, wanted in ((self.inputs, has), (self.no_inputs, missing)):
            if wanted and not widget.winfo_manager():
                widget.pack(fill="x")
            elif not wanted:
                widget.pack_forget()

    def _record(self, shown: _Shown) -> DecisionRecord | None:
        """Give the record that was picked, else the newest of the coin itself."""
        records = shown.records or ()
        picked = next((one for one in records if _key(one) == self._picked), None)
        return picked or next((one for one in records if one.coin), None)

    def _notes(self, shown: _Shown, record: DecisionRecord | None) -> Iterator[str]:
        if is_old(shown.view.snapshot) and shown.coin.verdict:
            yield text("why.not_running")
        if shown.records is None:
            if not self._is_unreadable:
                yield text("why.reading")
        elif record is None:
            yield text("why.no_records", coin=shown.coin.coin)
        else:
            now = shown.view.snapshot.market_at or shown.view.at
            time = moment_text(record.at)
            yield text("why.decided_at", time=time, age=age_text((now - record.at).total_seconds()))
            if self._picked:
                yield text("why.older_shown")

    def _copy(self) -> None:
        shown = self._shown
        record = self._record(shown) if shown is not None else None
        if shown is None or record is None:
            return
        gates = [f"{text('why.passed' if one.passed else 'why.closed')}  {one.text}" for one in record.gates]
        lines = [f"{line}: {value}" for group in groups_of(record, "") for line, value in group.lines]
        copy_text(self.frame, "\n".join([self._sentence, self.note.cget("text"), *gates, *lines]))
        self._context.say(text("why.copied", coin=shown.coin.coin), "news")


def _history(records: tuple[DecisionRecord, ...]) -> list[Row]:
    return [_history_row(record) for record in records]


def _history_row(record: DecisionRecord) -> Row:
    words = words_for(record.verdict)
    time = moment_text(record.at)
    cells = (time, words if record.coin else text("why.every_coin", words=words), f"{record.repeated:,}")
    return Row(_key(record), cells, (record.at.timestamp(), words, float(record.repeated)))


def _key(record: DecisionRecord) -> str:
    return f"{record.at.isoformat()} {record.coin} {record.verdict}"
