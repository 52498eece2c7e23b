"""What a signal costs: alone, for a thousand coins, and as a part of a replay step."""

import resource
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import FloatArray
from powertrader.thinker.session import CoinTraining, ThinkerSession
from powertrader.thinker.signal_engine import CoinView, SignalEngine
from tests.bench.registry import Row, bench, seconds

START: Final = datetime(2024, 3, 4, tzinfo=UTC)
BYTES_PER_GIB: Final = 2**30
HOURS: Final = 300


def learnt(count: int, seed: int, threshold_pct: float = 1.0) -> PatternMemory:
    """Memories of a random market; a trained threshold is near 1."""
    draw = np.random.default_rng(seed)
    body, close_move = draw.normal(0, 0.8, count), draw.normal(0, 0.8, count)
    spread = np.abs(draw.normal(0, 0.5, count))
    return PatternMemory(body, close_move, close_move + spread, close_move - spread, threshold_pct)


class Market:
    """Hourly prices from a seed; a longer candle is made of its first open and last close."""

    def __init__(self, coins: Iterable[str]) -> None:
        self.now_s = int(START.timestamp())
        self._first_s = self.now_s - 200 * 3600
        draw = np.random.default_rng(5)
        self._prices: dict[str, FloatArray] = {
            coin: 100 * np.exp(np.cumsum(draw.normal(0, 0.005, HOURS + 400))) for coin in coins
        }

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        opened = self.now_s // timeframe.seconds * timeframe.seconds - timeframe.seconds
        prices = self._prices[coin]
        last = float(prices[(self.now_s - self._first_s) // 3600])
        first = float(prices[max(0, (opened - self._first_s) // 3600)])
        return Candle(opened, first, max(first, last), min(first, last), last)

    def quotes(self) -> dict[str, Quote]:
        hour = (self.now_s - self._first_s) // 3600
        return {coin: Quote(price * 0.999, price * 1.001) for coin, price in self._at(hour)}

    def _at(self, hour: int) -> Iterable[tuple[str, float]]:
        return ((coin, float(prices[hour])) for coin, prices in self._prices.items())


def session_of(market: Market, coins: Iterable[str], count: int) -> ThinkerSession:
    """A session whose coins were trained with count memories in each timeframe."""
    trained_at_s = START.timestamp()

    def training(coin: str) -> CoinTraining:
        seed = int(coin[1:])
        memories = {frame: learnt(count, seed * 7 + place) for place, frame in enumerate(TIMEFRAMES)}
        return CoinTraining(trained_at_s, memories)

    session = ThinkerSession(SignalEngine(), market, training)
    session.set_coins(coins)
    return session


@bench(group="thinker", what="one signal, 7 timeframes of 5,000 memories", unit="us", most=200)
def one_signal() -> float:
    candle = Candle(0, 100.0, 100.9, 99.9, 100.4)
    memories = tuple(learnt(5_000, seed) for seed in range(7))
    view = CoinView("BTC", (candle,) * 7, memories, 100.0)
    engine = SignalEngine()
    return seconds(lambda: [engine.generate_signal(view, START) for _ in range(100)]) / 100 * 1e6


@bench(group="thinker", what="the same with a threshold that a third of all memories match", unit="us")
def one_broad_signal() -> float:
    candle = Candle(0, 100.0, 100.9, 99.9, 100.4)
    memories = tuple(learnt(5_000, seed, threshold_pct=60.0) for seed in range(7))
    view = CoinView("BTC", (candle,) * 7, memories, 100.0)
    engine = SignalEngine()
    return seconds(lambda: [engine.generate_signal(view, START) for _ in range(100)]) / 100 * 1e6


@bench(group="thinker", runs=1)
def a_thousand_coins() -> list[Row]:
    coins = [f"C{number}" for number in range(1_000)]
    market = Market(coins)
    session = session_of(market, coins, 5_000)
    quotes = market.quotes()

    start = time.perf_counter()
    step = session.step(START, quotes)
    took_s = time.perf_counter() - start
    assert len(step.signals) == len(coins)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return [
        Row(what="1,000 coins of 7 x 5,000 memories in one sweep", measured=took_s, unit="s", most=1.0),
        Row(what="memory of the whole process then", measured=peak / BYTES_PER_GIB, unit="GiB", most=1.5),
    ]


@bench(group="thinker", runs=1)
def replay_steps() -> list[Row]:
    return [_replay(count) for count in (300, 1_000, 2_000)]


def _replay(count: int) -> Row:
    coins = [f"C{number}" for number in range(50)]
    market = Market(coins)
    session = session_of(market, coins, count)
    session.step(START, market.quotes())
    quotes = []
    for hour in range(1, HOURS):
        market.now_s = int(START.timestamp()) + hour * 3600
        quotes.append(market.quotes())

    start = time.perf_counter()
    for hour, prices in enumerate(quotes, start=1):
        market.now_s = int(START.timestamp()) + hour * 3600
        # Every step has candles that were never asked for, so no step can be repeated.
        session.step(START + timedelta(hours=hour), prices)
    per_step_s = (time.perf_counter() - start) / (len(quotes) * len(coins))
    name = f"50 coins of 7 x {count:,} memories, hourly"
    return Row(what=name, measured=1 / per_step_s, unit="coin-steps/s", least=17_000)
