"""What a person sees of two backtests side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from powertrader.backtest.difference import Difference, figures_between, runs_between, settings_between
from powertrader.backtest.result_files import load_document
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.core.config_draft import text_of

if TYPE_CHECKING:
    from rich.console import Console

SHOWN: Final[Mapping[str, str]] = {
    "final_equity": "end",
    "return_pct": "return, %",
    "cagr_pct": "return per year, %",
    "buy_and_hold_pct": "holding instead, %",
    "max_drawdown_pct": "deepest fall, %",
    "underwater_days": "longest below a peak, days",
    "sharpe": "Sharpe",
    "sortino": "Sortino",
    "calmar": "Calmar",
    "trades": "trades",
    "trips": "round trips",
    "win_rate_pct": "with a profit, %",
    "profit_factor": "gains for 1 of losses",
    "expectancy": "mean profit of a trip",
    "realized_profit": "realised profit",
    "unrealized_profit": "unrealised profit",
    "fees": "fees",
    "in_market_pct": "time in the market, %",
    "capital_used_pct": "share in coins, %",
    "hold_hours_median": "a trip lasted, hours",
}
"""Figures that are shown, in this order; --json has all of them."""


def compare_and_show(first: Path, second: Path, *, as_json: bool) -> int:
    """Show two results side by side. Raises BadData when a folder holds none."""
    documents = load_document(first), load_document(second)
    console = people()
    ran, settings = runs_between(*documents), settings_between(*documents)
    figures = figures_between(*documents)
    console.print(f"A is {first}, B is {second}", soft_wrap=True, markup=False)
    if ran:
        _show(console, "Not the same run", ran)
        console.print("What differs here may explain the figures as well as the settings do.", style="yellow")
    if settings:
        _show(console, "Settings that differ", settings)
    else:
        console.print("All settings are the same.")
    _show_figures(console, figures)
    if as_json:
        content = {"runs": _listed(ran), "settings": _listed(settings), "metrics": _listed(figures)}
        emit_json({"first": str(first), "second": str(second), **content})
    return exit_codes.OK


def _show(console: "Console", title: str, differences: Sequence[Difference]) -> None:
    table = plain_table(title, ("",), ("A", "B"))
    for one in differences:
        table.add_row(one.name, _text(one.first), _text(one.second))
    console.print(table)


def _show_figures(console: "Console", figures: Sequence[Difference]) -> None:
    table = plain_table("What came of it", ("",), ("A", "B", "B - A"))
    known = {one.name: one for one in figures}
    for name, words in SHOWN.items():
        one = known.get(name)
        if one is not None:
            change = "" if one.change is None else f"{one.change:+,.2f}"
            table.add_row(words, _number(one.first), _number(one.second), change)
    console.print(table)


def _listed(differences: Sequence[Difference]) -> list[dict[str, object]]:
    return [
        {"name": one.name, "first": one.first, "second": one.second, "change": one.change}
        for one in differences
    ]


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _text(value: object) -> str:
    known = value is None or isinstance(value, bool | int | float | str | list)
    return text_of(value) if known else str(value)  # type: ignore[arg-type]  # JSON holds nothing else
