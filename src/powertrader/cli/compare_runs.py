"""`powertrader compare-runs`: two backtests side by side, what was set differently and what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli.options import JsonFlag

First = Annotated[
    Path, typer.Argument(help="Folder of a backtest, such as results/backtest_20240101_120000.")
]
Second = Annotated[Path, typer.Argument(help="Folder of the backtest to compare it with.")]


def compare_runs(first: First, second: Second, *, as_json: JsonFlag = False) -> int:
    """Show which settings differ between two backtests, and how their figures differ."""
    from powertrader.cli.compare_runs_view import compare_and_show  # noqa: PLC0415  numpy is slow to import

    return compare_and_show(first, second, as_json=as_json)
