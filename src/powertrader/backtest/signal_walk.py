"""The thinker's signals over a span of past candles, learnt on the way from nothing but what had closed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.past_market import past_market
from powertrader.backtest.signal_arrays import NO_SIGNAL, SignalArrays
from powertrader.backtest.trainings import Trainings
from powertrader.core.config import TradingConfig
from powertrader.market.candle_files import content_sha256
from powertrader.market.replay import ReplayMarket
from powertrader.models.candle import Candles
from powertrader.models.moment import iso_text, utc_of
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol, IntArray
from powertrader.thinker.past_signals import SeenCandles, past_signals
from powertrader.thinker.signal_engine import SignalEngine

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many coin-steps are done, and of how many."""
_SCHEMA: Final = 1
_MAKERS: Final = (
    "trainer",
    "thinker",
    "models",
    "market",
    "core/patterns.py",
    "backtest/engine.py",
    "backtest/past_market.py",
    "backtest/signal_walk.py",
    "backtest/trainings.py",
)
"""Whose code a signal depends on."""


class SignalStore(Protocol):
    """Keeps what was walked before, by the key of all it was made from."""

    def load(self, key: str) -> SignalArrays | None:
        """Give the signals of a key, None when there are none."""
        ...

    def save(self, key: str, signals: SignalArrays) -> None:
        """Keep signals under a key."""
        ...


def walk_signals(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    store: SignalStore | None = None,
    tell: Progress | None = None,
) -> dict[CoinSymbol, SignalArrays]:
    """Give what the thinker would have said of every coin at each step of a span.

    Memories come from candles closed by the span's start, and every retrain_days from those closed by
    then. Settings of entries, DCA and exits change nothing here; the spread does, as signals compare the
    ask. store: coins that were walked before are not walked again, also after an interruption.
    Raises BadData when a coin has no candle.
    """
    return dict(walk_each(config, candles, span, store, tell))


def walk_each(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    store: SignalStore | None = None,
    tell: Progress | None = None,
) -> Iterator[tuple[CoinSymbol, SignalArrays]]:
    """Give the same coin by coin, for whoever cannot keep the bounds of a thousand coins."""
    steps_s = span.steps(candles.values())
    walk = _Walk(config, span, steps_s)
    for place, (coin, columns) in enumerate(candles.items()):
        done_before = place * len(steps_s)
        key = walk.key(columns)
        found = None if store is None else store.load(key)
        if found is None:
            found = SignalArrays.blank(steps_s)
            for done in walk.fill(found, coin, columns):
                if tell is not None:
                    tell(done_before + done, len(candles) * len(steps_s))
            if store is not None:
                store.save(key, found)
        yield coin, found


@dataclass(frozen=True, slots=True)
class _Walk:
    """What all coins of a walk share."""

    config: TradingConfig
    span: ReplaySpan
    steps_s: IntArray

    def fill(self, signals: SignalArrays, coin: CoinSymbol, candles: Candles) -> Iterator[int]:
        """Walk one coin; after each training's steps give how many are done."""
        trading = self.config.trading
        market, clock = past_market(self.config, {coin: candles}, self.span.start)
        trainings = Trainings(market, trading.training, trading.compat)
        engine = SignalEngine(trading.compat)
        trainings.train(coin, clock.now())
        borders = [0, *self.span.retrainings(self.steps_s), len(self.steps_s)]
        for start, stop in pairwise(borders):
            if start:
                clock.move_to(utc_of(self.steps_s.item(start)))
                trainings.train(coin, clock.now())
            if start == stop:
                continue
            clock.move_to(utc_of(self.steps_s.item(stop - 1)))
            part = signals.between(start, stop)
            part.priced[:], asks = market.past_prices(coin, part.close_s)
            seen = [_seen(market, coin, place, part.close_s) for place in range(len(TIMEFRAMES))]
            said = past_signals(engine, trainings(coin), seen, part.close_s, asks)
            part.long[:] = np.where(said.spoken, said.long, NO_SIGNAL)
            part.short[:] = np.where(said.spoken, said.short, NO_SIGNAL)
            part.low_bounds[said.spoken] = said.low_bounds[said.spoken]
            yield stop

    def key(self, candles: Candles) -> str:
        """Give a hash of all that the signals of a coin depend on."""
        trading, costs, span = self.config.trading, self.config.costs.model, self.span
        facts = (
            _SCHEMA,
            _code_sha256(),
            content_sha256(candles.closed_by(span.stop.timestamp())),
            hashlib.sha256(self.steps_s.tobytes()).hexdigest(),
            iso_text(span.start),
            span.retrain_days,
            trading.training,
            trading.compat,
            self.config.candles.week_start,
            costs.spread_pct,
            [(tier.limit, tier.extra_pct) for tier in costs.spread_tiers],
        )
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _seen(market: ReplayMarket, coin: CoinSymbol, place: int, times_s: IntArray) -> SeenCandles:
    timeframe = TIMEFRAMES[place]
    if timeframe not in market.timeframes(coin):
        return SeenCandles.none(len(times_s))
    candles = market.closed_candles(coin, timeframe)
    closes_s = candles.open_time_s + candles.interval_s
    return SeenCandles(candles, np.searchsorted(closes_s, times_s, side="right") - 1)


@cache
def _code_sha256() -> str:
    """Give a hash of the code that makes signals: another program has to walk again."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for maker in _MAKERS:
        files = [root / maker] if maker.endswith(".py") else sorted((root / maker).glob("*.py"))
        for path in files:
            digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
