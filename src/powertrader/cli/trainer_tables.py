"""The reports of trainings as tables for people and as JSON for scripts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from rich.console import Console

from powertrader.cli.output import plain_table
from powertrader.models.training import TimeframeReport, TrainingReport
from powertrader.models.types import CoinSymbol

MOST_TABLES: Final = 5
"""Of more coins each has a line in place of a table."""
_ADAPTER: Final = TypeAdapter(TrainingReport)


def show_reports(
    console: Console, reports: Mapping[CoinSymbol, TrainingReport], seconds: float, data: Path
) -> None:
    """Show what was learnt from which candles, and what could not be and why."""
    for report in reports.values():
        if len(reports) > MOST_TABLES:
            console.print(_line(report), markup=False, soft_wrap=True)
        elif report.timeframes:
            _show(console, report)
        _show_problems(console, report)
    if reports:
        console.print(f"{seconds:.2f} s; saved in {data}", soft_wrap=True, markup=False)


def report_json(report: TrainingReport) -> dict[str, object]:
    """Give a report as JSON, its timeframes by name."""
    found: dict[str, Any] = _ADAPTER.dump_python(report, mode="json")
    return found | {"timeframes": {row.pop("timeframe"): row for row in found["timeframes"]}}


def _show(console: Console, report: TrainingReport) -> None:
    left = ("timeframe", "from", "to")
    right = ("candles", "used", "memories", "new", "limit %")
    table = plain_table(f"{report.coin} {report.state}, candles from {report.source}", left, right)
    for row in report.timeframes:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: TimeframeReport) -> Iterable[str]:
    return (
        row.timeframe.value,
        _day(row.first_at),
        _day(row.last_at),
        f"{row.candles:,}",
        f"{row.used:,}",
        f"{row.memories:,}",
        f"{row.learnt:,}",
        "" if row.threshold_pct is None else f"{row.threshold_pct:.3f}",
    )


def _line(report: TrainingReport) -> str:
    trained = sum(row.state == "trained" for row in report.timeframes)
    memories = sum(row.memories for row in report.timeframes)
    return f"{report.coin} {report.state}: {trained} timeframes, {memories:,} memories"


def _show_problems(console: Console, report: TrainingReport) -> None:
    said = [(report.reason, report.remedy), *((row.reason, row.remedy) for row in report.timeframes)]
    for reason, remedy in dict.fromkeys(said):
        if reason:
            text = f"{report.coin}: {reason}" + (f". What to do: {remedy}" if remedy else "")
            console.print(text, style="yellow", markup=False, soft_wrap=True)
    for row in report.timeframes:
        if "missing in" in row.gaps:
            text = f"{report.coin} {row.timeframe}: {row.gaps}"
            console.print(text, style="dim", markup=False, soft_wrap=True)


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d}"
