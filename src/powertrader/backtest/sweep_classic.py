"""The classic strategy in a sweep: prices with the signals of a walk of the thinker beside them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Final

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import run_many
from powertrader.backtest.market_arrays import MarketArrays, SignalTable, market_of, signal_table
from powertrader.backtest.signal_walk import Progress, SignalStore, walk_each
from powertrader.backtest.sweep_figures import SweepFigures, figures_of
from powertrader.backtest.sweep_market import SweepSteps, Tried, cut_in_two
from powertrader.backtest.sweep_space import Point
from powertrader.backtest.sweep_subject import SettingsUse
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True, eq=False)
class ClassicMarket:
    """Prices and signals of a whole span."""

    market: MarketArrays
    table: SignalTable
    steps: SweepSteps

    @classmethod
    def of(cls, market: MarketArrays, table: SignalTable, out_of_sample: float) -> "ClassicMarket":
        """Cut prices and signals in two. Raises ConfigError when a part would be too short."""
        steps = cut_in_two(market.close_s, int(market.interval_s.min()), out_of_sample)
        return cls(market, table, steps)

    @property
    def coin_steps(self) -> int:
        """How many prices a setting is tried on."""
        return int(self.market.close.size)

    def stretches(self) -> list[tuple[MarketArrays, SignalTable]]:
        """Give the in-sample stretch and, if something was kept for it, the one out of it, as views."""
        return [_part(self, rows) for rows in self.steps.stretches]

    def tried(self, base: TradingConfig, points: Sequence[Point], threads: int) -> list[Tried]:
        """Give what each point did, in their order."""
        configs = [config_with(base, point) for point in points]
        found = [_figures(stretch, configs, self.steps.yearly, threads) for stretch in self.stretches()]
        beyond = found[1] if len(found) > 1 else [None] * len(configs)
        return [Tried(one, other) for one, other in zip(found[0], beyond, strict=True)]


def check_classic(config: TradingConfig) -> None:
    """Raise ValueError when the compiled strategy cannot trade by these settings."""
    ClassicSettings(config.rules, config.replay.start_quote)


CLASSIC_USE: Final = SettingsUse(
    markets=frozenset(
        {"trading", "candles", "costs.spread_pct", "costs.spread_tiers", "replay.retrain_days"}
    ),
    runs=frozenset({"entry", "dca", "trailing", "costs", "replay.start_quote"}),
    check=check_classic,
    instead={"replay.start_allocation_pct": "entry.start_allocation_pct"},
)


@dataclass(frozen=True, slots=True)
class ClassicSubject:
    """The classic strategy; watch shows how far a walk of the thinker is."""

    signals: SignalStore
    out_of_sample: float
    watch: Callable[[], AbstractContextManager[Progress]]
    use: ClassVar[SettingsUse] = CLASSIC_USE

    def market(
        self, config: TradingConfig, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan
    ) -> ClassicMarket:
        """Ask the thinker, or take what it said before. Raises BadData when a coin has no candle."""
        with self.watch() as tell:
            walked = walk_each(config, candles, span, self.signals, tell)
            signals = {coin: arrays.without_bounds() for coin, arrays in walked}
        market = market_of(candles, span, config.trading.quote_asset)
        return ClassicMarket.of(market, signal_table(market, signals), self.out_of_sample)


def _part(whole: ClassicMarket, rows: slice) -> tuple[MarketArrays, SignalTable]:
    market, table = whole.market, whole.table
    part = MarketArrays(
        market.instruments, market.close_s[rows], market.close[rows], market.volume[rows], market.interval_s
    )
    return part, SignalTable(table.long[rows], table.short[rows])


def _figures(
    stretch: tuple[MarketArrays, SignalTable], configs: Sequence[TradingConfig], yearly: float, threads: int
) -> list[SweepFigures]:
    market, table = stretch
    found: list[SweepFigures] = []
    for costs, group in groupby(configs, key=lambda config: config.costs.model):
        settings = [ClassicSettings(config.rules, config.replay.start_quote) for config in group]
        found += [figures_of(run, yearly) for run in run_many(market, table, settings, costs, threads)]
    return found
