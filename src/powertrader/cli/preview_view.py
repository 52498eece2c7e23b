"""Two settings over the same days, side by side."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from powertrader.backtest.market_request import BacktestRequest
from powertrader.backtest.preview import Preview, Tried, preview_of
from powertrader.backtest.signal_files import SignalFiles
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import command_session
from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_draft import Value, config_with, text_of, values_of
from powertrader.core.config_sources import ConfigSources, LoadedConfig, load_config
from powertrader.market.downloaded import shelf_of
from powertrader.models.moment import iso_text

if TYPE_CHECKING:
    from rich.console import Console

FIRST_BUY: Final = "entry.start_allocation_pct"
_FIRST_BUYS: Final = (
    "first buys are {used:g} % of the account for both, as in every replay: the default of {own:g} % is "
    "mostly less than an exchange's smallest order"
)


def preview_and_show(
    sources: tuple[ConfigSources, ConfigSources],
    days: int,
    folder: Path | None,
    home: Path | None,
    *,
    as_json: bool,
) -> int:
    """Try the settings as they are and changed, show both, and give the exit code."""
    began = perf_counter()
    with command_session("preview", home, sources[0]) as session:
        pair, notes = pair_of(session.loaded, load_config(sources[1]))
        source = (BacktestRequest(folder), shelf_of(pair[0], session.paths))
        found = preview_of(pair, days, source, SignalFiles(session.paths))
    seconds = perf_counter() - began
    console = people()
    _show(console, pair, found, notes)
    if as_json:
        emit_json(document_of(pair, found, notes, seconds))
    return exit_codes.OK


def pair_of(
    before: LoadedConfig, after: LoadedConfig
) -> tuple[tuple[TradingConfig, TradingConfig], tuple[str, ...]]:
    """Give settings as they are and changed, as a backtest trades them, and what was replaced for it.

    The first buy is that of replays, as in a backtest, unless it is what the change is about.
    """
    paper: dict[str, Value] = {"trading.mode": "paper"}
    if before.config.entry.start_allocation_pct != after.config.entry.start_allocation_pct:
        return (config_with(before.config, paper), config_with(after.config, paper)), before.notes
    stand_in = before.for_replay().config
    used, own = stand_in.entry.start_allocation_pct, before.config.entry.start_allocation_pct
    notes = before.notes if used == own else (*before.notes, _FIRST_BUYS.format(used=used, own=own))
    changed = config_with(after.config, {**paper, FIRST_BUY: used})
    return (config_with(stand_in, paper), changed), notes


def document_of(
    pair: tuple[TradingConfig, TradingConfig], found: Preview, notes: tuple[str, ...], seconds: float
) -> dict[str, object]:
    """Give what `preview --json` prints; docs/BACKTESTING.md describes it."""
    return {
        "schema": 1,
        "kind": "preview",
        "start": iso_text(found.start),
        "stop": iso_text(found.stop),
        "days": (found.stop - found.start).days,
        "coins": list(found.coins),
        "quote_asset": pair[0].trading.quote_asset,
        "changes": [
            {"name": name, "before": before, "after": after} for name, before, after in changes_between(*pair)
        ],
        "before": _side(pair[0], found.before),
        "after": _side(pair[1], found.after),
        "notes": [*notes, *found.notes],
        "seconds": round(seconds, 3),
    }


def changes_between(before: TradingConfig, after: TradingConfig) -> Iterator[tuple[str, Value, Value]]:
    """Give each setting that differs, with both values."""
    changed = values_of(after)
    for name, value in values_of(before).items():
        if changed[name] != value:
            yield name, value, changed[name]


def _side(config: TradingConfig, tried: Tried) -> dict[str, object]:
    return {
        "config_hash": config_hash(config),
        "buys": tried.buys,
        "sells": tried.sells,
        "held": tried.held,
        "realized_profit": tried.realized,
        "profit": tried.profit,
        **asdict(tried.growth),
    }


def _show(
    console: "Console", pair: tuple[TradingConfig, TradingConfig], found: Preview, notes: tuple[str, ...]
) -> None:
    coins = "1 coin" if len(found.coins) == 1 else f"{len(found.coins):,} coins"
    title = f"{found.start:%Y-%m-%d} to {found.stop:%Y-%m-%d}, {coins}"
    table = plain_table(title, ("",), ("as it is", "changed"))
    for name, before, after in changes_between(*pair):
        table.add_row(name, text_of(before), text_of(after))
    for words, one, other in zip(
        _WORDS, _cells(pair[0], found.before), _cells(pair[1], found.after), strict=True
    ):
        table.add_row(words, one, other)
    console.print(table)
    for note in [*notes, *found.notes]:
        console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
    console.print("What happened once need not happen again.")


_WORDS: Final = ("Bought, sold", "Profit, open positions at the bid", "Return", "Deepest fall")


def _cells(config: TradingConfig, tried: Tried) -> tuple[str, ...]:
    growth = tried.growth
    return (
        f"{tried.buys:,}, {tried.sells:,}",
        f"{tried.profit:+,.2f} {config.trading.quote_asset}",
        f"{growth.return_pct:+.2f} %",
        f"{growth.max_drawdown_pct:.2f} %",
    )
