"""What a person sees of a backtest: progress, then the settings against what came of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from powertrader.backtest.result import BacktestResult, document_of
from powertrader.cli import exit_codes
from powertrader.cli.again import home_words, typed
from powertrader.cli.backtest_engines import Market
from powertrader.cli.backtest_run import ON_PAPER, Job, run_job
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import command_session
from powertrader.core.config_draft import text_of
from powertrader.strategy.registry import NamedExample

if TYPE_CHECKING:
    from rich.console import Console

COINS_SHOWN: Final = 8
WIDE: Final = 122
"""Columns from which on settings and figures are shown beside each other."""
MAIN_SETTINGS: Final = (
    "entry.trade_start_level",
    "entry.start_allocation_pct",
    "dca.levels",
    "dca.multiplier",
    "dca.max_buys_per_24h",
    "trailing.start_pct_no_dca",
    "trailing.start_pct_with_dca",
    "trailing.gap_pct",
    "replay.start_quote",
    "replay.retrain_days",
)
"""Settings that are shown with every result; those that were changed come as well."""
EXAMPLE_SETTINGS: Final = ("replay.start_quote",)
"""The same for example strategies, which know none of the others."""
GROUPS_SHOWN: Final[Mapping[str, str]] = {
    "signal": "signal at its start",
    "stage": "further purchases",
    "reason": "reason of the sale",
    "regime": "market at its start",
    "tier": "traded in an hour",
}


def run_and_show(job: Job, home: Path | None, *, as_json: bool) -> int:
    """Run a backtest, show it on stderr, save it, and give the exit code."""
    console = people()
    on_paper = replace(job.sources, overrides=(*job.sources.overrides, ON_PAPER))
    with command_session("backtest", home, on_paper) as session:
        done = run_job(console, job, session, partial(_show_start, console, job.strategy))
    show_result(console, done.result)
    _show_notes(console, done.found)
    if done.result.facts.interrupted:
        resume = typed(["powertrader", "backtest", "--resume", *home_words(session.paths.root)])
        told = f"Stopped by Ctrl-C; what was finished is kept. `{resume}` goes on with it."
        console.print(told, style="yellow", soft_wrap=True, markup=False)
    took = f"{done.took_s:.1f} s with the {done.result.facts.engine} engine"
    console.print(f"{took}; saved in {done.folder}, see report.html", soft_wrap=True, markup=False)
    if as_json:
        took_s = round(done.took_s, 3)
        emit_json({**document_of(done.result), "took_s": took_s, "result_dir": str(done.folder)})
    return exit_codes.INTERRUPTED if done.result.facts.interrupted else exit_codes.OK


def show_result(console: "Console", result: BacktestResult) -> None:
    """Show the settings and the figures, beside each other where there is room."""
    if console.width >= WIDE:
        table = plain_table("Settings and result", ("setting", "", "figure"), ("",))
        for setting, figure in zip_longest(_settings(result), figures_of(result), fillvalue=("", "")):
            table.add_row(*setting, *figure)
        console.print(table)
    else:
        _show_pairs(console, "Settings", _settings(result))
        _show_pairs(console, "Result", figures_of(result))
    _show_groups(console, result)


def figures_of(result: BacktestResult) -> Iterator[tuple[str, str]]:
    """Give the figures of a result in words, the most important first."""
    asset, growth, figures = result.facts.quote_asset, result.growth, result.figures
    yield "Start", f"{growth.start_equity:,.2f} {asset}"
    yield "End, positions at the bid", f"{growth.final_equity:,.2f} {asset}"
    yield "Return", f"{growth.return_pct:+.2f} %"
    yield "Return per year", signed(growth.cagr_pct, " %")
    yield "Buying and holding instead", signed(result.buy_and_hold_pct, " %")
    yield "Deepest fall", f"{growth.max_drawdown_pct:.2f} %"
    yield "Longest time below a peak", f"{growth.underwater_days:.1f} days"
    yield (
        "Sharpe, Sortino, Calmar",
        ", ".join(plain(ratio) for ratio in (growth.sharpe, growth.sortino, growth.calmar)),
    )
    yield "Trades", f"{figures.buys:,} bought, {figures.sells:,} sold"
    yield "Round trips", f"{figures.trips:,} ended, {figures.open_trips:,} open"
    yield "of them with a profit", plain(figures.win_rate_pct, " %")
    yield "Gains for 1 of losses", plain(figures.profit_factor)
    yield "Mean profit of a trip", signed(figures.expectancy, f" {asset}")
    yield "Realised profit, after costs", f"{figures.realized_profit:+,.2f} {asset}"
    yield "Unrealised profit", signed(result.metrics["unrealized_profit"], f" {asset}")
    yield "Fees", f"{figures.fees:,.2f} {asset}"
    yield "Time in the market", f"{figures.in_market_pct:.1f} %"
    yield "Share in coins", f"{figures.capital_used_pct:.1f} %"
    yield "A trip lasted, median", plain(figures.hold_hours_median, " hours")
    yield "Hash of the settings", result.facts.config_hash
    yield "Hash of the candles", result.facts.data_hash


def plain(value: float | None, unit: str = "") -> str:
    """Write a figure, or say that there is none."""
    return "none" if value is None else f"{value:,.2f}{unit}"


def signed(value: float | None, unit: str = "") -> str:
    """Write a figure with its sign, or say that there is none."""
    return "none" if value is None else f"{value:+,.2f}{unit}"


def _show_pairs(console: "Console", title: str, pairs: Iterable[tuple[str, str]]) -> None:
    table = plain_table(title, ("",), ("",))
    for name, value in pairs:
        table.add_row(name, value)
    console.print(table)


def _show_groups(console: "Console", result: BacktestResult) -> None:
    """Show the ended round trips by what they have in common; those of each coin are in the report."""
    groups = [
        ("" if number else words, one)
        for name, words in GROUPS_SHOWN.items()
        for number, one in enumerate(result.groups[name])
    ]
    if not groups:
        return
    table = plain_table("Round trips by", ("", ""), ("trips", "with profit", "profit", "mean hours"))
    for words, one in groups:
        profit, hours = f"{one.profit:+,.2f}", f"{one.hold_hours_mean:,.1f}"
        table.add_row(words, one.name, f"{one.trips:,}", f"{one.wins:,}", profit, hours)
    console.print(table)


def _settings(result: BacktestResult) -> Iterator[tuple[str, str]]:
    """Give the settings worth seeing: the changed ones are marked with a star."""
    facts = result.facts
    tree, changed = facts.settings, facts.changed
    yield "strategy", facts.strategy
    yield from ((name, f"{value:.15g}") for name, value in facts.strategy_params.items())
    shown = EXAMPLE_SETTINGS if facts.is_example else MAIN_SETTINGS
    names = [*shown, *(name for name in changed if name not in shown)]
    for name in names:
        section, _, field = name.partition(".")
        members = tree[section]
        if isinstance(members, Mapping) and field in members:
            yield f"{name}{' *' if name in changed else ''}", text_of(members[field])
    yield "* not the default", ""


def _show_start(console: "Console", strategy: NamedExample | None, market: Market, notes: list[str]) -> None:
    candles, span = market.candles, market.span
    counts = [f"{coin} {len(columns):,}" for coin, columns in candles.items()]
    more = f" and of {len(counts) - COINS_SHOWN} more coins" if len(counts) > COINS_SHOWN else ""
    console.print(f"Backtest: {', '.join(counts[:COINS_SHOWN])} candles{more}", soft_wrap=True)
    how = (
        f"trained on what closed before, and again every {span.retrain_days} days"
        if strategy is None
        else f"with the example strategy {strategy.name}, which trades in backtests only"
    )
    console.print(
        f"Trades from {span.start:%Y-%m-%d %H:%M} to {span.stop:%Y-%m-%d %H:%M} UTC, {how}", soft_wrap=True
    )
    _show_notes(console, notes)


def _show_notes(console: "Console", notes: Iterable[str]) -> None:
    for note in notes:
        console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
