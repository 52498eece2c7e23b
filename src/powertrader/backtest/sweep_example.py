"""An example strategy in a sweep: candles, from which each setting finds its own targets."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import ClassVar, Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.example_run import ExamplePast, shares_of, terms_of
from powertrader.backtest.figure_kernels import figures
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.sweep_figures import SweepFigures, figures_of
from powertrader.backtest.sweep_market import SweepSteps, Tried, cut_in_two
from powertrader.backtest.sweep_space import STRATEGY, Axis, Point, Space, params_of, settings_of
from powertrader.backtest.sweep_subject import SettingsUse
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import Value, config_with
from powertrader.core.exceptions import ConfigError
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol, TargetArray
from powertrader.strategy.orders import Orders
from powertrader.strategy.registry import NONE, NamedExample, example_with


@dataclass(frozen=True, slots=True, eq=False)
class ExampleMarket:
    """Candles of a whole span, and those before it that only warm up."""

    strategy: str
    past: ExamplePast
    steps: SweepSteps

    @property
    def coin_steps(self) -> int:
        """How many prices a setting is tried on."""
        return sum(map(len, self.past.candles.values()))

    def tried(self, base: TradingConfig, points: Sequence[Point], threads: int) -> list[Tried]:
        """Give what each point did, in their order; parameters that do not fit one another trade nothing."""
        settings = {_key(point): settings_of(point) for point in points}
        configs = {key: config_with(base, changes) for key, changes in settings.items()}
        if len(self.past.candles) == 1:
            return self._tried_at_once(configs, points, threads)
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(lambda point: self._tried(configs[_key(point)], point), points))

    def _tried_at_once(
        self, configs: Mapping[str, TradingConfig], points: Sequence[Point], threads: int
    ) -> list[Tried]:
        """Let all points that differ in their targets only be followed by compiled code together."""
        orders, targets = zip(*map(self._targets, points), strict=True)
        kinds = defaultdict(list)
        for place, point in enumerate(points):
            kinds[_key(point), orders[place]].append(place)
        found: list[list[SweepFigures]] = [[] for _ in points]
        for (key, terms), places in kinds.items():
            wanted = [targets[place][0] for place in places]
            for rows in self.steps.stretches:
                runs = self.past.run_many(self.steps.close_s[rows], wanted, terms, configs[key], threads)
                for place, run in zip(places, runs, strict=True):
                    found[place].append(figures_of(run, self.steps.yearly))
        return [Tried(one[0], one[1] if len(one) > 1 else None) for one in found]

    def _tried(self, config: TradingConfig, point: Point) -> Tried:
        orders, targets = self._targets(point)
        found: list[SweepFigures] = []
        for rows in self.steps.stretches:
            run = self.past.run(self.steps.close_s[rows], targets, orders, config)
            summed = figures(run.equity, config.replay.start_quote, run.trades)
            found.append(figures_of(summed, self.steps.yearly))
        return Tried(found[0], found[1] if len(found) > 1 else None)

    def _targets(self, point: Point) -> tuple[Orders, list[TargetArray]]:
        named = named_by(self.strategy, point)
        if isinstance(named, str):
            return Orders(), [np.zeros(len(each), dtype=np.int8) for each in self.past.candles.values()]
        return named.orders, self.past.targets(named.example)


def _check_money(config: TradingConfig) -> None:
    """Raise ValueError when the money cannot be parted over the coins and counted."""
    for share in shares_of(config.replay.start_quote, len(config.trading.coins)):
        terms_of(Orders(), share).compiled(config.costs.model)


EXAMPLE_USE: Final = SettingsUse(
    markets=frozenset({"trading.coins", "trading.quote_asset", "candles.repair"}),
    runs=frozenset({"costs", "replay.start_quote"}),
    check=_check_money,
)


@dataclass(frozen=True, slots=True)
class ExampleSubject:
    """An example strategy by its name."""

    strategy: str
    out_of_sample: float
    use: ClassVar[SettingsUse] = EXAMPLE_USE

    def market(
        self, config: TradingConfig, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan
    ) -> ExampleMarket:
        """Give the candles with their steps cut in two. Raises ConfigError when a part would be too short."""
        market = market_of(candles, span, config.trading.quote_asset)
        steps = cut_in_two(market.close_s, int(market.interval_s.min()), self.out_of_sample)
        return ExampleMarket(self.strategy, ExamplePast(candles, market.instruments), steps)


def named_by(strategy: str, point: Point) -> NamedExample | str:
    """Give the example of a point, or why its parameters do not fit one another."""
    try:
        return example_with(strategy, params_of(point))
    except ValueError as error:
        return str(error)


def check_params(space: Space, strategy: str) -> None:
    """Raise ConfigError naming a value of a parameter that is possible with none of the others' values."""
    axes = [axis for axis in space.axes if axis.name.startswith(STRATEGY)]
    for axis in axes:
        others = [[(other.name, end) for end in _ends(other)] for other in axes if other is not axis]
        for value in axis.values:
            reason = _impossible(strategy, {axis.name: value}, others)
            if reason is not None:
                written = f"{axis.name.removeprefix(STRATEGY)} {NONE if value is None else value}"
                msg = f"--strategy-param {written} is not possible: {reason}"
                raise ConfigError(msg)


def _impossible(strategy: str, point: Point, others: Sequence[Sequence[tuple[str, Value]]]) -> str | None:
    """Say why a value fits none of the others, None where it fits some."""
    reason = None
    for rest in product(*others):
        named = named_by(strategy, {**point, **dict(rest)})
        if not isinstance(named, str):
            return None
        reason = reason or named
    return reason


def _ends(axis: Axis) -> list[int | float | None]:
    """Give the lowest and the highest value, and the one that is no number: any other fits where these do."""
    numbers = [value for value in axis.values if isinstance(value, int | float)]
    ends: list[int | float | None] = [min(numbers), max(numbers)] if numbers else []
    return ends + [value for value in axis.values if value is None]


def _key(point: Point) -> str:
    return json.dumps(settings_of(point))
