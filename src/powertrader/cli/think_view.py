"""What a person sees of signals: levels, bounds, and why a coin has none."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.backtest.past_market import past_market
from powertrader.backtest.request import ReplayRequest
from powertrader.bootstrap import build_thinker
from powertrader.cli import exit_codes
from powertrader.cli.home_advice import exclusive_in
from powertrader.cli.output import emit_json, people, plain_table, tell_made_up
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.config_sources import ConfigSources
from powertrader.core.storage import FileStore
from powertrader.market.replay import ReplayMarket
from powertrader.models.account import Quote
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol, PriceLevel
from powertrader.thinker.publishing import SignalFiles
from powertrader.thinker.session import ThinkerSession, ThinkerStep

SECONDS_PER_DAY: Final = 86400


def run_and_show(
    folder: Path | None, at: datetime | None, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Make and publish the signals of the settings' coins, show them on stderr, give the exit code."""
    with (
        command_session("thinker", home, sources, made_up=folder is None) as session,
        exclusive_in(home, session.paths.process_lock("thinker")),
    ):
        if folder is None:
            tell_made_up(people(), session.config.replay.seed)
        thinker, market = _thinker(session, folder, at)
        quotes = market.get_quotes(market.coins)
        step = thinker.step(market.now(), quotes)
        files = SignalFiles(FileStore(session.paths.data), session.paths)
        now = market.now()
        unpublished = files.export(step, now) | files.publish(step.signals, now).failed
    notes = {
        coin: (*thinker.notes(coin), *_foreknowledge(thinker, coin, market.now())) for coin in step.signals
    }
    show_signals(step, quotes, notes)
    for coin, reason in unpublished.items():
        people().print(f"{coin}: not published, {reason}", style="red", markup=False, soft_wrap=True)
    if as_json:
        emit_json(
            {
                "signals": {coin: signal_json(signal) for coin, signal in step.signals.items()},
                "no_signal": dict(step.reasons),
                "not_published": unpublished,
                "notes": {coin: found for coin, found in notes.items() if found},
                "data": str(session.paths.data),
            }
        )
    if unpublished:
        return exit_codes.BAD_DATA
    return exit_codes.DIFFERENT if step.reasons else exit_codes.OK


def _thinker(
    session: CommandSession, folder: Path | None, at: datetime | None
) -> tuple[ThinkerSession, ReplayMarket]:
    candles = ReplayRequest(folder, stop=at).load(session.config)
    market, _ = past_market(session.config, candles, at)
    thinker = build_thinker(session.config, market, session.paths)
    thinker.set_coins(candles)
    return thinker, market


def _foreknowledge(thinker: ThinkerSession, coin: CoinSymbol, now: datetime) -> tuple[str, ...]:
    """Say when a coin learnt from candles later than the look at the market, as the original allows."""
    trained_at_s = thinker.trained_at_s(coin)
    if trained_at_s is None or trained_at_s <= now.timestamp():
        return ()
    days = (trained_at_s - now.timestamp()) / SECONDS_PER_DAY
    return (f"trained {days:,.1f} days later than this look at the market: it knows the future",)


def show_signals(
    step: ThinkerStep, quotes: Mapping[CoinSymbol, Quote], notes: Mapping[CoinSymbol, tuple[str, ...]]
) -> None:
    """Show levels and bounds of each coin, and why a coin has no signal."""
    console = people()
    left, right = ("coin", "low bounds", "high bounds", "made (UTC)"), ("ask", "LONG", "SHORT")
    table = plain_table("Signals", left, right)
    for coin, signal in step.signals.items():
        table.add_row(
            coin,
            _prices(signal.long_bounds),
            _prices(signal.short_bounds),
            f"{signal.made_at:%Y-%m-%d %H:%M}",
            _price(quotes[coin].ask),
            str(signal.long_level),
            str(signal.short_level),
        )
    if step.signals:
        console.print(table)
    for coin, reason in step.reasons.items():
        console.print(f"{coin}: no signal, {reason}", style="yellow", markup=False, soft_wrap=True)
    for coin, found in notes.items():
        for note in found:
            console.print(f"{coin}: {note}", style="yellow", markup=False, soft_wrap=True)


def _prices(bounds: tuple[PriceLevel, ...]) -> str:
    return ", ".join(map(_price, bounds[:2])) or "none"


def _price(price: PriceLevel) -> str:
    return f"{price:,.6g}" if price < 1 else f"{price:,.2f}"


def signal_json(signal: Signal) -> dict[str, object]:
    """Give a signal as a script reads it."""
    return {
        "long_level": signal.long_level,
        "short_level": signal.short_level,
        "long_bounds": signal.long_bounds,
        "short_bounds": signal.short_bounds,
        "long_profit_margin_pct": signal.long_profit_margin_pct,
        "short_profit_margin_pct": signal.short_profit_margin_pct,
        "made_at": signal.made_at.isoformat(),
    }
