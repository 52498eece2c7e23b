"""What a training costs: the compiled walk, a whole coin with its files, and the slow oracle beside it."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.storage import FileStore
from powertrader.market.resample import resample
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.timeframe import Timeframe
from powertrader.trainer.coin_training import CoinReport, CoinTrainer
from powertrader.trainer.runner import TrainerPorts, TrainerRunner
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TrainingEngine
from tests.bench.registry import Row, bench, seconds
from tests.exchange_server import exchange_server
from tests.oracles.training_oracle import Oracle

START: Final = datetime(2024, 3, 4, tzinfo=UTC)
COIN_HOURS: Final = 37_660
MANY_COINS: Final = 1_000
ORACLE_CANDLES: Final = 5_000
DOWNLOADED: Final = 10


def random_walk(count: int, interval_s: int = 3600, seed: int = 1) -> Candles:
    """Candles of a market with fat tails."""
    draw = np.random.default_rng(seed)
    close = 30_000 * np.exp(np.cumsum(draw.standard_t(4, count) * 0.004))
    opened = np.concatenate(([30_000.0], close[:-1]))
    high = np.maximum(opened, close) * (1 + np.abs(draw.normal(0, 0.002, count)))
    low = np.minimum(opened, close) * (1 - np.abs(draw.normal(0, 0.002, count)))
    first = int(START.timestamp()) // interval_s * interval_s - count * interval_s
    times = first + np.arange(count, dtype=np.int64) * interval_s
    return Candles(times, opened, high, low, close, np.ones(count), interval_s)


def usable(candles: Candles) -> CandleHistory:
    """A history of which training uses every candle."""
    return CandleHistory.of(candles, running_rows=len(candles))


def train_week(count: int) -> float:
    """Give the seconds of a training with count usable candles in each pass."""
    histories = {
        Timeframe.HOUR_1: usable(random_walk(count)),
        Timeframe.WEEK_1: usable(random_walk(count, Timeframe.WEEK_1.seconds, seed=2)),
    }
    engine = TrainingEngine()
    return seconds(lambda: engine.build_memory(Timeframe.WEEK_1, histories, None))


@bench(group="trainer", what="one timeframe of 60,000 candles, original", unit="ms", most=10)
def kernel() -> float:
    """The claim of the issue; a prototype took 5.6 ms."""
    return train_week(60_000) * 1000


@bench(group="trainer")
def growth() -> Sequence[Row]:
    """The cost of a candle must not grow faster than the logarithm of their number."""
    sizes = (1_000, 5_000, 20_000, 60_000, 240_000)
    costs = [train_week(size) / size * 1e9 for size in sizes]
    rows = [
        Row(what=f"a candle of {size:,}", measured=cost, unit="ns")
        for size, cost in zip(sizes, costs, strict=True)
    ]
    allowed = float(np.log(sizes[-1]) / np.log(sizes[0]))
    growth_of_cost = costs[-1] / costs[0]
    return [
        *rows,
        Row(what="a candle of 240,000 against 1,000", measured=growth_of_cost, unit="x", most=allowed),
    ]


class Market:
    """The seven timeframes of one market."""

    def __init__(self, hours: Candles) -> None:
        self._hours = hours

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        del coin
        return CandleHistory.of(resample(self._hours, timeframe))


def train_coins(count: int, seed: int) -> float:
    """Give the seconds for count coins: resampling, seven timeframes, every file."""
    markets = [Market(random_walk(COIN_HOURS, seed=seed + number)) for number in range(min(count, 20))]
    with tempfile.TemporaryDirectory() as name:
        clock, store, engine = ManualClock(START), FileStore(), TrainingEngine()
        start = time.perf_counter()
        for number in range(count):
            coin = f"C{number}"
            files = TrainerFiles(store, CoinPaths(Path(name), coin), coin)
            CoinTrainer(markets[number % len(markets)], clock, engine).train(files)
        return time.perf_counter() - start


@bench(group="trainer", what="a coin of 37,660 hours: resampled, trained, written", unit="ms", most=100)
def coin() -> float:
    """Seven timeframes and forty files."""
    return train_coins(10, seed=1) / 10 * 1000


@bench(group="trainer", what="1,000 coins of 37,660 hours", unit="s", most=60, runs=1)
def many_coins() -> float:
    """One after the other on one core."""
    return train_coins(MANY_COINS, seed=1)


@bench(group="trainer", runs=1)
def many_coins_at_once() -> Sequence[Row]:
    """The worker's threads: two coins at once, for two cores."""
    markets = [Market(random_walk(COIN_HOURS, seed=1 + number)) for number in range(20)]
    coins = tuple(f"C{number}" for number in range(MANY_COINS))
    with tempfile.TemporaryDirectory() as name:
        clock, store, engine = ManualClock(START), FileStore(), TrainingEngine()

        def train(coin: str, _stop: object) -> CoinReport:
            files = TrainerFiles(store, CoinPaths(Path(name), coin), coin)
            return CoinTrainer(markets[int(coin[1:]) % len(markets)], clock, engine).train(files)

        woken = threading.Event()
        ports = TrainerPorts(lambda: coins, lambda _: "asked", train, _raise, woken.set, 2, stays=False)
        # a difference: other groups may have filled the memory of this process before
        before = psutil.Process().memory_info().rss
        runner, start = TrainerRunner(ports), time.perf_counter()
        runner.step()
        while not runner.done:
            woken.wait(1.0)
            woken.clear()
            runner.step()
        took_s = time.perf_counter() - start
        runner.close()
    grown_mib = (psutil.Process().memory_info().rss - before) / 2**20
    return [
        Row(what="1,000 coins of 37,660 hours, two at once", measured=took_s, unit="s", most=60),
        Row(what="more memory after them", measured=grown_mib, unit="MiB", most=100),
    ]


def _raise(_coin: str, error: PowerTraderError, _again: bool) -> None:
    raise error


@bench(group="trainer", runs=1)
def downloads() -> Sequence[Row]:
    """The command, from a local exchange with three years of hours: anew, again, and without a network."""
    coins = [f"C{number}" for number in range(DOWNLOADED)]
    with (
        tempfile.TemporaryDirectory() as name,
        exchange_server(Path(name) / "ex", coins=",".join(coins)) as venue,
    ):
        command = [sys.executable, "-m", "powertrader", "trainer", *coins, "--json"]
        command += ["--exchange-url", venue.url, "--home", str(Path(name) / "home")]
        first, again, offline = (_ran([*command, *more]) for more in ((), (), ("--offline",)))
    return [
        Row(what=f"{DOWNLOADED} coins downloaded and trained", measured=first["seconds"], unit="s"),
        Row(what="requests for it", measured=first["candle_requests"], unit="", most=45 * DOWNLOADED),
        Row(what="trained again before a candle closed", measured=again["seconds"], unit="s"),
        Row(what="requests for it", measured=again["candle_requests"], unit="", most=0),
        Row(what="trained offline", measured=offline["seconds"], unit="s", most=1.0 * DOWNLOADED),
    ]


def _ran(command: list[str]) -> dict[str, float]:
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(ended.stdout)
    return found


@bench(group="trainer", runs=1)
def oracle() -> Sequence[Row]:
    """The plain scalar implementation of the same rules that the tests compare with."""
    hourly, own = random_walk(ORACLE_CANDLES), random_walk(ORACLE_CANDLES, seed=2)
    bars = [
        list(zip(c.open.tolist(), c.close.tolist(), c.high.tolist(), c.low.tolist(), strict=True))
        for c in (hourly, own)
    ]
    start = time.perf_counter()
    Oracle("1week", {}).train(bars[0], bars[1])
    slow = time.perf_counter() - start
    return [
        Row(what=f"slow oracle, {ORACLE_CANDLES:,} candles", measured=slow, unit="s"),
        Row(what="times as fast as the slow oracle", measured=slow / train_week(ORACLE_CANDLES), unit="x"),
    ]
