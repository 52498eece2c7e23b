"""The words and the table of a sweep."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from powertrader.backtest.sweep_figures import SweepFigures
from powertrader.backtest.sweep_files import BEST_FILE, SweepPlan
from powertrader.backtest.sweep_market import SweepSteps
from powertrader.backtest.sweep_ranking import BELIEVED, Ranking, Row, Verdict
from powertrader.backtest.sweep_search import Search
from powertrader.backtest.sweep_space import Space, params_of
from powertrader.cli.output import plain_table
from powertrader.core.config_draft import Value, text_of
from powertrader.strategy.registry import CLASSIC, NONE

if TYPE_CHECKING:
    from rich.console import Console

VALUES_SHOWN: Final = 8
_ALWAYS_SHOWN: Final = frozenset({"return_pct", "max_drawdown_pct"})


def show_start(console: "Console", space: Space, search: Search, when: str) -> None:
    """Say what is tried, and when."""
    tried = "every setting" if search.total == space.size else f"{search.total:,} settings"
    console.print(f"Sweep: {tried} of {space.size:,}", highlight=False)
    for axis in space.axes:
        shown = "; ".join(map(_text, axis.values[:VALUES_SHOWN]))
        more = f"; and {len(axis.values) - VALUES_SHOWN:,} more" if len(axis.values) > VALUES_SHOWN else ""
        console.print(f"  {axis.name}: {shown}{more}", markup=False, soft_wrap=True)
    console.print(when, soft_wrap=True)


def show_outcome(console: "Console", ranking: Ranking, space: Space, steps: SweepSteps) -> None:
    """Show the best settings in-sample and out of it, and how far the best can be believed."""
    if not ranking.best:
        console.print(f"None of {ranking.rows:,} settings has a {ranking.objective}: nothing was traded.")
        return
    names = [axis.name for axis in space.axes if len(axis.values) > 1] or [space.axes[0].name]
    title = f"The best of {ranking.rows:,} settings by {ranking.objective}"
    left = [name.rpartition(".")[2].replace("_", " ") for name in names]
    table = plain_table(title, left, _heads(ranking.objective, steps))
    for number, column in enumerate(table.columns):
        # where room is short a name may go on in the next line, a figure may not
        column.overflow, column.no_wrap = "fold", number >= len(names)
    for row in ranking.best:
        table.add_row(*(_text(row.point[name]) for name in names), *_cells(ranking.objective, row))
    console.print(table)
    for line in verdict_lines(ranking, steps):
        console.print(line, soft_wrap=True, markup=False)


def verdict_lines(ranking: Ranking, steps: SweepSteps) -> Iterator[str]:
    """Say in plain words what to believe."""
    if steps.kept:
        until = f"{steps.split_at:%Y-%m-%d %H:%M}"
        yield f"Chosen by the time until {until}; later is the rest, {steps.kept:,} steps."
    if ranking.without_trades:
        yield f"{ranking.without_trades:,} of {ranking.rows:,} settings traded nothing and are not ranked."
    verdict = ranking.verdict()
    if verdict is not None:
        yield _luck(verdict)


def again_words(plan: SweepPlan, best: Row, folder: Path) -> Iterator[str]:
    """Give the command that shows the best one as a backtest, word by word."""
    yield from ("powertrader", "backtest", "--config", str(folder / BEST_FILE))
    for option, given in (("--candles", plan.candles), ("--from", plan.start), ("--to", plan.stop)):
        if given is not None:
            yield from (option, given)
    if plan.strategy != CLASSIC:
        yield from ("--strategy", plan.strategy)
    for name, value in params_of(best.point).items():
        yield from ("--strategy-param", f"{name}={_text(value)}")


def _luck(verdict: Verdict) -> str:
    probability = verdict.luck_probability
    if probability is None or verdict.deflated_sharpe is None:
        return "How much of it is luck cannot be told: the account hardly moved."
    expected = (
        f"Of {verdict.tries:,} worthless settings the luckiest would show a Sharpe ratio of about "
        f"{verdict.luck_sharpe:.2f} a year. "
    )
    deflated = f"deflated Sharpe ratio {verdict.deflated_sharpe:.2f}"
    told = f"The probability that the best one is luck is {probability * 100:.0f} % ({deflated})"
    if verdict.deflated_sharpe >= BELIEVED:
        return f"{expected}{told}: luck is an unlikely explanation. Look at the later columns all the same."
    return f"{expected}{told}: do not believe it yet. Try fewer settings or more candles."


def _heads(objective: str, steps: SweepSteps) -> list[str]:
    heads = [head for head in (objective, "return %", "fall %") if head not in _ALWAYS_SHOWN]
    return [*([name for head in heads for name in (head, "later")] if steps.kept else heads), "trades"]


def _cells(objective: str, row: Row) -> Iterator[str]:
    columns = [_figures(objective, figures) for figures in row.tried if figures is not None]
    for cells in zip(*columns, strict=True):
        yield from cells
    yield f"{row.tried.within.trades:,}"


def _figures(objective: str, figures: SweepFigures) -> list[str]:
    told = [f"{figures.return_pct:+.2f}", f"{figures.max_drawdown_pct:.2f}"]
    if objective not in _ALWAYS_SHOWN:
        value = figures.value(objective)
        told.insert(0, "none" if value is None else f"{value:,.2f}")
    return told


def _text(value: Value) -> str:
    return NONE if value is None else text_of(value)
