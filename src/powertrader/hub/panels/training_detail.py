"""One coin's newest training in full: what each timeframe was learnt from, what failed, and what to do."""

import tkinter as tk
from collections.abc import Iterator, Sequence
from datetime import datetime
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.time_text import minute_text
from powertrader.hub.training_matrix import TrainingStanding, left_of, row_of
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.snapshot import CoinView, TrainingView
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TimeframeReport, TrainingReport

_COLUMNS: Final = (
    ("timeframe", 80),
    ("result", 80),
    ("first", 95),
    ("last", 95),
    ("candles", 80),
    ("used", 80),
    ("memories", 85),
    ("learnt", 80),
    ("matched", 80),
    ("moved", 95),
    ("threshold", 90),
)
_MOST_PROBLEMS: Final = 3


class TrainingDetail:
    """A line on the coin, a row for each timeframe, and what needs a look."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make it."""
        frame = ttk.Frame(parent, padding=(8, 0, 8, 8))
        self.head = WrappedLabel(frame, words=text("training.detail_none"), style="Bold.TLabel")
        self.head.pack(fill="x", pady=(6, 4))
        columns = [Column(key, text(f"training.{key}"), px) for key, px in _COLUMNS]
        options = TableOptions(empty=text("training.detail_empty"), height=len(TIMEFRAMES))
        self.gaps = WrappedLabel(frame, style="Small.TLabel")
        self.problems = WrappedLabel(frame, style="Error.TLabel")
        self.table = KeyedTable(frame, columns, options)
        self.table.pack(fill="both", expand=True)
        self._context.explain(self.table.tree, "training.help.detail")
        return frame

    def paint(self) -> None:
        """Take the theme's colours."""
        palette = self._context.theme.palette
        self.table.paint({"error": palette.error, "muted": palette.muted})

    def clear(self) -> None:
        """Show no coin."""
        self.head.say(text("training.detail_none"))
        self.table.show(())
        self._tell((), ())

    def show(self, view: CoinView, standing: TrainingStanding) -> None:
        """Show a coin."""
        training = view.training
        self.head.say(_head(view, standing))
        rows = [_row(one, row_of(training, one)) for one in TIMEFRAMES] if training.report is not None else []
        self.table.show(rows)
        self._tell(problems_of(training.report), tuple(_gaps(training.report)))

    def _tell(self, problems: Sequence[str], gaps: Sequence[str]) -> None:
        """Say what is wrong below the table, which has the room while nothing is."""
        for label, lines in ((self.gaps, gaps), (self.problems, problems)):
            label.say("\n".join(lines))
            if lines:
                label.pack(side="bottom", fill="x", pady=(4, 0), before=self.table)
            else:
                label.pack_forget()


def problems_of(report: TrainingReport | None) -> tuple[str, ...]:
    """Say what failed in a training and how to mend it, once for each reason."""
    if report is None:
        return ()
    said = [("", report.reason, report.remedy)]
    said += [(row.timeframe.value, row.reason, row.remedy) for row in report.timeframes]
    told: dict[tuple[str, str], list[str]] = {}
    for place, reason, remedy in said:
        if reason:
            told.setdefault((reason, remedy), []).extend([place] if place else [])
    lines = [_problem(places, reason, remedy) for (reason, remedy), places in told.items()]
    rest = len(lines) - _MOST_PROBLEMS
    return (*lines[:_MOST_PROBLEMS], *([text("training.more_problems", count=rest)] if rest > 0 else []))


def _problem(places: list[str], reason: str, remedy: str) -> str:
    where = text("training.problem_in", places=", ".join(places), reason=reason) if places else reason
    return text("training.problem", problem=where, remedy=remedy) if remedy else where


def _gaps(report: TrainingReport | None) -> Iterator[str]:
    for row in report.timeframes if report is not None else ():
        if "missing in" in row.gaps:
            yield text("training.gaps", timeframe=row.timeframe.value, gaps=row.gaps)


def _head(view: CoinView, standing: TrainingStanding) -> str:
    training, report = view.training, view.training.report
    parts = [text("training.head", coin=view.coin, standing=text(f"training.standing.{standing}"))]
    if report is not None and report.doing and standing is TrainingStanding.TRAINING:
        parts.append(report.doing)
    if training.trained_at is not None:
        parts.append(_trained(training, training.trained_at))
    if report is not None:
        parts.append(text("training.source", source=report.source))
    elif training.trained_at is not None:
        parts.append(text("training.no_report"))
    return " · ".join(parts)


def _trained(training: TrainingView, at: datetime) -> str:
    left_s = left_of(training)
    key = "training.trained_at" if left_s is None or left_s >= 0 else "training.trained_long_ago"
    return text(key, at=minute_text(at))


def _row(timeframe: Timeframe, row: TimeframeReport | None) -> Row:
    if row is None:
        nothing = tuple("" for _ in _COLUMNS[2:])
        return Row(timeframe.value, (timeframe.value, text("training.result_none"), *nothing), tag="muted")
    cells = (
        timeframe.value,
        text(f"training.result_{row.state}"),
        _day(row.first_at),
        _day(row.last_at),
        f"{row.candles:,}",
        f"{row.used:,}",
        f"{row.memories:,}",
        f"{row.learnt:,}",
        f"{row.matched:,}",
        _moved(row),
        "" if row.threshold_pct is None else f"{row.threshold_pct:.3f} %",
    )
    return Row(timeframe.value, cells, tag="error" if row.state == "failed" else "")


def _moved(row: TimeframeReport) -> str:
    """Give how many memories have a weight that was moved, and their share."""
    if not row.memories:
        return f"{row.weights_moved:,}"
    return f"{row.weights_moved:,} ({100 * row.weights_moved / row.memories:.0f} %)"


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone():%Y-%m-%d}"
