"""Slices of the made-up market that never change, and what each engine makes of them.

`python -m tests.unit.backtest.frozen_slices` prints the figures of the present program, for a change of
behaviour that is meant: it goes into the changelog, the new figures with its commit into FROZEN.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import reason_text, run_classic
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.backtest.signal_walk import walk_signals
from powertrader.bootstrap import build_replay
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.order import Side

COINS: Final = ("BTC", "ETH", "DOGE")
LEARNT: Final = timedelta(days=60)


class Traded(NamedTuple):
    """A trade in the words of both engines: when (seconds since 1970), what, and to 8 digits how much."""

    time_s: int
    coin: str
    side: str
    reason: str
    quantity: str
    value: str
    fee: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A span of one synthetic market, and how the trader is set."""

    name: str
    seed: int
    start: datetime
    days: int
    overrides: tuple[str, ...] = ()

    @property
    def span(self) -> ReplaySpan:
        """What is traded."""
        return ReplaySpan(self.start, self.start + timedelta(days=self.days))

    def config(self) -> TradingConfig:
        """Give the settings."""
        given = (f"coins={','.join(COINS)}", "start_allocation_pct=2", *self.overrides)
        return load_config(ConfigSources(overrides=given)).config

    def candles(self) -> dict[str, Candles]:
        """Give the candles to learn from and to trade."""
        begin = self.start - LEARNT
        count = (self.span.stop - begin) // timedelta(hours=1)
        return {coin: _made(coin, self.seed, begin, count) for coin in COINS}


@cache
def _made(coin: str, seed: int, begin: datetime, count: int) -> Candles:
    return synthetic_candles(coin, seed=seed, start=begin, count=count)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What came of a slice: trades, final equity in USDT, and a hash of every trade."""

    trades: int
    equity: float
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Run:
    """What an engine did in a slice."""

    trades: tuple[Traded, ...]
    equity: float

    def frozen(self) -> Frozen:
        """Sum it up."""
        text = "\n".join("|".join(map(str, trade)) for trade in self.trades)
        return Frozen(len(self.trades), round(self.equity, 6), hashlib.sha256(text.encode()).hexdigest()[:16])


LIVELY: Final = (
    "pm_start_pct_no_dca=1.5",
    "pm_start_pct_with_dca=1",
    "dca_levels=-1.5,-3,-6",
    "dca_multiplier=1",
)
SLICES: Final = (
    Slice("2024 Q4", 7, datetime(2024, 10, 1, tzinfo=UTC), 92),
    Slice("lively March", 11, datetime(2023, 3, 1, tzinfo=UTC), 31, LIVELY),
    Slice(
        "dear market",
        3,
        datetime(2022, 6, 1, tzinfo=UTC),
        30,
        (*LIVELY, "costs.tier=coinbase", "costs.spread_pct=0.2"),
    ),
)


def by_events(one: Slice, signals: Mapping[str, SignalArrays]) -> Run:
    """Trade a slice with the session that trades live."""
    config = one.config()
    replay = build_replay(config, one.candles(), one.span, signals)
    course = replay.engine.walk(one.span, config.rules, replay.session, lambda _report: True)
    trades = [
        Traded(
            int(trade.timestamp.timestamp()),
            trade.coin,
            trade.side.value,
            trade.reason,
            f"{trade.quantity:.8f}",
            f"{trade.value:.8f}",
            f"{trade.fees[0][1]:.8f}",
        )
        for trade in replay.session.book.trades
    ]
    return Run(tuple(trades), course.equity[-1])


def by_kernels(one: Slice, signals: Mapping[str, SignalArrays]) -> Run:
    """Trade a slice with the compiled engine."""
    config = one.config()
    market = market_of(one.candles(), one.span, "USDT")
    settings = ClassicSettings(config.rules, config.replay.start_quote)
    run = run_classic(market, signals, settings, config.costs.model)
    trades = [
        Traded(
            int(trade.time_s),
            run.coins[int(trade.coin)],
            (Side.SELL if trade.side else Side.BUY).value,
            reason_text(int(trade.reason), int(trade.stage)),
            f"{trade.quantity:.8f}",
            f"{trade.value:.8f}",
            f"{trade.fee:.8f}",
        )
        for trade in run.trades
    ]
    return Run(tuple(trades), float(run.equity[-1]))


def signals_of(one: Slice) -> dict[str, SignalArrays]:
    """Give what the thinker says in a slice."""
    return walk_signals(one.config(), one.candles(), one.span)


def fingerprint_of(signals: Mapping[str, SignalArrays]) -> str:
    """Give a hash of every level and bound."""
    digest = hashlib.sha256()
    for coin, said in signals.items():
        digest.update(coin.encode())
        for column in (said.close_s, said.long, said.short, said.low_bounds):
            digest.update(column.tobytes())
    return digest.hexdigest()[:16]


def figures() -> Iterator[str]:
    """Give a line for each slice and engine."""
    for one in SLICES:
        signals = signals_of(one)
        yield f"{one.name}: signals {fingerprint_of(signals)}"
        for engine in (by_events, by_kernels):
            yield f"{one.name}: {engine.__name__} {engine(one, signals).frozen()}"


if __name__ == "__main__":
    for line in figures():
        print(line)  # noqa: T201  a person asked for it
