"""How fast the compiled engines are, beside the peers that are run in the same minutes.

Where a slow peer cannot be installed stands what it did when it was measured once, on 2 cores of an EPYC at
2.6 GHz, with the same crossing of averages; such a row says so and has no key.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import run_classic, run_many
from powertrader.backtest.market_arrays import MarketArrays, market_of, signal_table
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.rules import TradingRules
from tests.bench.peers.environments import NotInstalled, ours, peer
from tests.bench.peers.our_sweep import cross, market
from tests.bench.peers.task import best_of
from tests.bench.registry import Row, bench, seconds

BARS: Final = 1_000_000
START: Final = datetime(2020, 1, 1, tzinfo=UTC)
CANDLES: Final = 37_660
COINS: Final = 1_000
COIN_CANDLES: Final = 5_000


@dataclass(frozen=True, slots=True)
class SlowPeer:
    """A peer that is compared per bar, over as many bars as it trades in a second or two."""

    name: str
    bars: int
    recorded_bars_per_s: float
    least_times: float
    key: str

    def rows(self, rate: float) -> list[Row]:
        """Give how many times as fast our rate in bars per second is, and how many orders the peer made."""
        times = Row(
            what=f"SMA cross, per bar as fast as {self.name}",
            measured=rate / self.recorded_bars_per_s,
            unit="times",
            least=self.least_times,
        )
        try:
            found = peer(self.name, str(self.bars))
        except NotInstalled:
            return [replace(times, what=f"{times.what} (recorded)")]
        orders = cross(market(self.bars))
        assert abs(found["trades"] - orders) <= MOST_ORDERS_APART
        what = f"its orders in {self.bars:,} bars, of ours {orders:,}"
        return [
            replace(times, measured=rate * found["seconds"] / self.bars, key=self.key),
            Row(what=what, measured=found["trades"], unit="orders"),
        ]


SLOW_PEERS: Final = (
    SlowPeer("backtesting", 200_000, 155_000, 200, "sma_vs_backtesting"),
    SlowPeer("nautilus_trader", 50_000, 36_000, 1_000, "sma_vs_nautilus"),
    SlowPeer("freqtrade", 50_000, 24_000, 1_000, "sma_vs_freqtrade"),
)
MOST_ORDERS_APART: Final = 2
"""Whoever closes at the end, or fills a candle later, makes one round trip more or less."""


@bench(group="backtest", runs=1)
def crossing_averages() -> list[Row]:
    """Trade SMA 20/50 over a million bars with fees, signals included, and compare the number of orders.

    Both sides use one thread; what counts is its time on a core.
    """
    given = market(BARS)
    own_s, orders = best_of(lambda: cross(given), repeats=9, clock=process_time)
    vectorbt = peer("vectorbt", "sma", str(BARS))
    assert abs(vectorbt["trades"] - orders) <= 1
    rate = BARS / own_s
    return [
        Row(what="SMA cross, 1M bars", measured=rate, unit="bars/s"),
        Row(
            what="SMA cross, as fast as vectorbt",
            measured=vectorbt["seconds"] / own_s,
            unit="times",
            least=10,
            key="sma_vs_vectorbt",
        ),
        *(row for slow in SLOW_PEERS for row in slow.rows(rate)),
    ]


@bench(group="backtest", runs=1)
def thousand_settings_of_averages() -> list[Row]:
    """Trade 1,000 pairs of windows over 20,000 bars, each side in a process of its own."""
    own = ours("tests.bench.peers.our_sweep")
    vectorbt = peer("vectorbt", "sweep")
    assert abs(vectorbt["trades"] - own["trades"]) <= 1_000
    return [
        Row(what="1,000 settings x 20,000 bars", measured=own["seconds"], unit="s"),
        Row(
            what="the same, as fast as vectorbt",
            measured=vectorbt["seconds"] / own["seconds"],
            unit="times",
            least=30,
            key="sweep_vs_vectorbt",
        ),
        Row(what="its memory", measured=own["peak_mb"], unit="MB", most=280, key="sweep_peak_mb"),
        Row(what="vectorbt's memory", measured=vectorbt["peak_mb"], unit="MB"),
    ]


@bench(group="backtest")
def classic_strategy() -> list[Row]:
    """Trade the classic strategy with signals given: one setting, 1,000 settings, 1,000 coins."""
    candles = {"BTC": synthetic_candles("BTC", seed=1, start=START, count=CANDLES)}
    one, signals = _market(candles)
    rules = TradingRules(("BTC",), start_allocation_pct=0.5, max_dca_buys_per_24h=2)
    setting, costs = ClassicSettings(rules), CostModel()
    settings = [ClassicSettings(replace(rules, trailing_gap_pct=0.1 + gap / 1000)) for gap in range(1_000)]
    begin = perf_counter()
    assert len(list(run_many(one, signals, settings, costs))) == len(settings)
    many_s = perf_counter() - begin
    crowd, crowd_signals = _market(_thousand_coins())
    table = signal_table(crowd, crowd_signals)
    all_coins = [ClassicSettings(TradingRules(crowd.coins, start_allocation_pct=0.05), 1_000_000.0)]
    return [
        Row(
            what="classic, 37,660 candles, one setting",
            measured=seconds(lambda: run_classic(one, signals, setting, costs)) * 1000,
            unit="ms",
            most=5,
        ),
        Row(what="classic, 37,660 candles, 1,000 settings", measured=many_s, unit="s", most=2),
        Row(
            what="classic, 1,000 coins x 5,000 candles",
            measured=seconds(lambda: list(run_many(crowd, table, all_coins, costs)), repeats=3),
            unit="s",
            most=0.1,
        ),
    ]


def _market(candles: dict[str, Candles]) -> tuple[MarketArrays, dict[str, SignalArrays]]:
    """Give a market over all of its candles, where one of ten signals says long."""
    chance = np.random.default_rng(1)
    signals = {}
    for coin, columns in candles.items():
        given = SignalArrays.blank(columns.open_time_s + columns.interval_s)
        given.long[:] = np.where(chance.random(len(columns)) < 0.1, chance.integers(3, 8, len(columns)), 0)
        given.short[:] = 0
        signals[coin] = given
    return market_of(candles, ReplaySpan(START, START + timedelta(days=3_650)), "USDT"), signals


def _thousand_coins() -> dict[str, Candles]:
    """Give coins that swing around one market, each at its own pace."""
    base = synthetic_candles("BTC", seed=1, start=START, count=COIN_CANDLES)
    coins = {}
    for number in range(COINS):
        swing = 1 + 0.2 * np.sin(np.arange(COIN_CANDLES) / (30 + number % 70) + number)
        columns = {name: getattr(base, name) * swing for name in ("open", "high", "low", "close")}
        coins[f"C{number:03d}"] = replace(base, **columns)
    return coins
