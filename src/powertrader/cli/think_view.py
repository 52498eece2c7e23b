"""What a person sees of signals: levels, bounds, and why a coin has none."""

from datetime import datetime
from pathlib import Path

from powertrader.backtest.request import ReplayRequest
from powertrader.bootstrap import build_market, build_thinker
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.config_sources import ConfigSources
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.signal import Signal
from powertrader.models.types import PriceLevel
from powertrader.thinker.publishing import publish
from powertrader.thinker.session import ThinkerSession, ThinkerStep


def run_and_show(
    folder: Path | None, at: datetime | None, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Make and publish the signals of the settings' coins, show them on stderr, give the exit code."""
    with (
        command_session("thinker", home, sources) as session,
        exclusive(session.paths.thinker_lock),
    ):
        thinker, step = _think(session, folder, at)
        publish(step, FileStore(session.paths.data), session.paths)
    _show(thinker, step)
    if as_json:
        signals = {coin: _as_json(signal) for coin, signal in step.signals.items()}
        emit_json({"signals": signals, "no_signal": dict(step.reasons), "data": str(session.paths.data)})
    return exit_codes.DIFFERENT if step.reasons else exit_codes.OK


def _think(
    session: CommandSession, folder: Path | None, at: datetime | None
) -> tuple[ThinkerSession, ThinkerStep]:
    candles = ReplayRequest(folder, stop=at).load(session.config)
    market, clock = build_market(session.config, candles, at)
    thinker = build_thinker(session.config, market, session.paths)
    thinker.set_coins(candles)
    return thinker, thinker.step(clock.now(), market.get_quotes(market.coins))


def _show(thinker: ThinkerSession, step: ThinkerStep) -> None:
    console = people()
    left, right = ("coin", "next lows", "next highs", "made (UTC)"), ("LONG", "SHORT")
    table = plain_table("Signals", left, right)
    for coin, signal in step.signals.items():
        table.add_row(
            coin,
            _prices(signal.long_bounds),
            _prices(signal.short_bounds),
            f"{signal.made_at:%Y-%m-%d %H:%M}",
            str(signal.long_level),
            str(signal.short_level),
        )
    console.print(table)
    for coin, reason in step.reasons.items():
        console.print(f"{coin}: no signal, {reason}", style="yellow", markup=False, soft_wrap=True)
    for coin in step.signals:
        for note in thinker.notes(coin):
            console.print(f"{coin}: {note}", style="yellow", markup=False, soft_wrap=True)


def _prices(bounds: tuple[PriceLevel, ...]) -> str:
    return ", ".join(f"{bound:,.6g}" if bound < 1 else f"{bound:,.2f}" for bound in bounds[:2]) or "none"


def _as_json(signal: Signal) -> dict[str, object]:
    return {
        "long_level": signal.long_level,
        "short_level": signal.short_level,
        "long_bounds": signal.long_bounds,
        "short_bounds": signal.short_bounds,
        "long_profit_margin_pct": signal.long_profit_margin_pct,
        "short_profit_margin_pct": signal.short_profit_margin_pct,
        "made_at": signal.made_at.isoformat(),
    }
