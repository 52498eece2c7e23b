"""What a person sees of a backtest: progress, then the settings against what came of them."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from powertrader.analytics.annual import timeframe_of
from powertrader.backtest.archive import make_folder
from powertrader.backtest.market_request import BacktestRequest, interval_of
from powertrader.backtest.provenance import code_version, data_hash
from powertrader.backtest.report_page import report_page
from powertrader.backtest.result import BacktestResult, RunFacts, document_of, result_of
from powertrader.backtest.result_files import save_result
from powertrader.bootstrap_trainer import shelf_of
from powertrader.cli import exit_codes
from powertrader.cli.backtest_engines import Market, walk_events
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_draft import config_with, text_of, values_of
from powertrader.core.config_keys import settings
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage import FileStore

if TYPE_CHECKING:
    from rich.console import Console

COINS_SHOWN: Final = 8
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


def run_and_show(
    request: BacktestRequest, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Run a backtest, show it on stderr, save it, and give the exit code."""
    with command_session("backtest", home, sources) as session:
        return _run(request, session, as_json=as_json)


def changed_settings(config: TradingConfig) -> dict[str, dict[str, object]]:
    """Give every setting that can change a result and is not at its default, with both values."""
    known = settings()
    return {
        name: {"value": value, "default": known[name].default}
        for name, value in values_of(config).items()
        if value != known[name].default
    }


def _run(request: BacktestRequest, session: CommandSession, *, as_json: bool) -> int:
    console = people()
    loaded = session.loaded.for_replay()
    # whatever the settings trade with, the past is traded on paper
    config = config_with(loaded.config, {"trading.mode": "paper"})
    candles, findings = request.load(config, shelf_of(config, session.paths))
    span = request.span(candles, config.replay.retrain_days)
    try:
        timeframe = timeframe_of(interval_of(candles))
    except ValueError as error:
        raise ConfigError(str(error)) from error
    notes = [*loaded.notes, *findings, *request.gaps(candles, span)]
    market = Market(config, candles, span)
    _show_start(console, market, notes)
    folder = make_folder(session.paths.results, "backtest")
    started = perf_counter()
    walked = walk_events(console, market)
    seconds = perf_counter() - started
    facts = RunFacts(
        engine="event",
        strategy="classic",
        coins=tuple(candles),
        quote_asset=config.trading.quote_asset,
        timeframe=timeframe,
        start=span.start,
        stop=span.stop,
        retrain_days=span.retrain_days,
        config_hash=config_hash(config),
        data_hash=data_hash(candles),
        code_version=code_version(),
        settings=config.model_dump(mode="json"),
        changed=changed_settings(config),
        source="candle files" if request.folder else config.exchange.candle_market,
        notes=tuple(notes),
        interrupted=walked.interrupted,
    )
    result = result_of(facts, walked.outcome, candles)
    save_result(result, folder, FileStore(), report_page(result, candles))
    show_result(console, result)
    speed = round(len(result.curve.time_s) * len(candles) / seconds) if seconds else 0
    console.print(f"{speed:,} coin-steps/s; saved in {folder}", soft_wrap=True, markup=False)
    if as_json:
        emit_json({**document_of(result), "coin_steps_per_s": speed, "result_dir": str(folder)})
    return exit_codes.INTERRUPTED if walked.interrupted else exit_codes.OK


def show_result(console: "Console", result: BacktestResult) -> None:
    """Show the settings beside the figures."""
    table = plain_table("Settings and result", ("setting", ""), ())
    table.add_column("figure")
    table.add_column("", justify="right")
    for setting, figure in zip_longest(_settings(result), figures_of(result), fillvalue=("", "")):
        table.add_row(*setting, *figure)
    console.print(table)
    if result.facts.interrupted:
        console.print(
            "Stopped by Ctrl-C after a whole step; the result holds what was done until then.",
            style="yellow",
        )


def figures_of(result: BacktestResult) -> Iterator[tuple[str, str]]:
    """Give the figures of a result in words, the most important first."""
    asset, growth, figures = result.facts.quote_asset, result.growth, result.figures
    yield "Start", f"{growth.start_equity:,.2f} {asset}"
    yield "End, open positions at the bid", f"{growth.final_equity:,.2f} {asset}"
    yield "Return", f"{growth.return_pct:+.2f} %"
    yield "Return per year", signed(growth.cagr_pct, " %")
    yield "Buying and holding instead", signed(result.buy_and_hold_pct, " %")
    yield "Deepest fall", f"{growth.max_drawdown_pct:.2f} %"
    yield "Longest time below a peak", f"{growth.underwater_days:.1f} days"
    yield (
        "Sharpe, Sortino, Calmar",
        ", ".join(plain(ratio) for ratio in (growth.sharpe, growth.sortino, growth.calmar)),
    )
    yield "Trades", f"{figures.buys} bought, {figures.sells} sold"
    yield "Round trips", f"{figures.trips} ended, {figures.open_trips} open"
    yield "of them with a profit", plain(figures.win_rate_pct, " %")
    yield "Gains for 1 of losses", plain(figures.profit_factor)
    yield "Mean profit of a trip", signed(figures.expectancy, f" {asset}")
    yield "Realised profit, after costs", f"{figures.realized_profit:+,.2f} {asset}"
    yield "Unrealised profit", signed(result.metrics["unrealized_profit"], f" {asset}")
    yield "Fees", f"{figures.fees:,.2f} {asset}"
    yield "Time in the market", f"{figures.in_market_pct:.1f} %"
    yield "Share of the account in coins", f"{figures.capital_used_pct:.1f} %"
    yield "A trip lasted, median", plain(figures.hold_hours_median, " hours")
    yield "Config, data", f"{result.facts.config_hash}, {result.facts.data_hash}"


def plain(value: float | None, unit: str = "") -> str:
    """Write a figure, or say that there is none."""
    return "none" if value is None else f"{value:,.2f}{unit}"


def signed(value: float | None, unit: str = "") -> str:
    """Write a figure with its sign, or say that there is none."""
    return "none" if value is None else f"{value:+,.2f}{unit}"


def _settings(result: BacktestResult) -> Iterator[tuple[str, str]]:
    """Give the settings worth seeing: the changed ones are marked with a star."""
    tree, changed = result.facts.settings, result.facts.changed
    names = [*MAIN_SETTINGS, *(name for name in changed if name not in MAIN_SETTINGS)]
    for name in names:
        section, _, field = name.partition(".")
        members = tree[section]
        if isinstance(members, Mapping) and field in members:
            yield f"{name}{' *' if name in changed else ''}", text_of(members[field])
    yield "* not the default", ""


def _show_start(console: "Console", market: Market, notes: list[str]) -> None:
    candles, span = market.candles, market.span
    counts = [f"{coin} {len(columns):,}" for coin, columns in candles.items()]
    more = f" and of {len(counts) - COINS_SHOWN} more coins" if len(counts) > COINS_SHOWN else ""
    console.print(f"Backtest: {', '.join(counts[:COINS_SHOWN])} candles{more}", soft_wrap=True)
    console.print(
        f"Trades from {span.start:%Y-%m-%d %H:%M} to {span.stop:%Y-%m-%d %H:%M} UTC, trained on what closed "
        f"before, and again every {span.retrain_days} days",
        soft_wrap=True,
    )
    for note in notes:
        console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
