"""Market, costs and settings in the form that compiled code takes: exact pairs of floats and whole units."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from powertrader.backtest.classic_state import COIN_ROW, Plan, Prices, Rows, Rules, World, rows
from powertrader.backtest.market_arrays import MarketArrays, SignalTable
from powertrader.backtest.money_kernels import LARGEST_UNITS, Pair
from powertrader.models.book import DCA_WINDOW
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.money import decimal_of
from powertrader.models.rules import TradingRules
from powertrader.models.types import IntArray
from powertrader.trader.sizing import smallest_quantity

_HOUR_S: Final = 3600
_HALF_PCT: Final = 200
_WHOLE_PCT: Final = Decimal(100)
_DAY_S: Final = int(DCA_WINDOW.total_seconds())


@dataclass(frozen=True, slots=True)
class ClassicSettings:
    """One setting of the classic strategy: its rules, and what the account starts with in the quote asset.

    Raises ValueError for compat=original, or when start_quote has more than 8 decimals or is too large.
    """

    rules: TradingRules
    start_quote: float = 10_000.0

    def __post_init__(self) -> None:
        """Check once what the compiled strategy can do."""
        if self.rules.compat != "safe":
            msg = f"compat was {self.rules.compat}, the compiled strategy knows only safe"
            raise ValueError(msg)
        if not 0 <= self.start_units <= LARGEST_UNITS:
            largest = LARGEST_UNITS * FINEST_STEP
            msg = f"start_quote was {self.start_quote:,}, must be from 0 to {largest:,.0f}"
            raise ValueError(msg)

    @property
    def start_units(self) -> int:
        """What the account starts with in units of 1e-8."""
        return units_of(decimal_of(self.start_quote), "start_quote")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What all runs over one market share, whatever their settings.

    empty: a row for each coin, nothing held. steps_in_a_day: the most that the daily window of DCA buys
    holds.
    """

    market: MarketArrays
    world: World
    prices: Prices
    empty: Rows
    steps_in_a_day: int


def stage_of(market: MarketArrays, signals: SignalTable, costs: CostModel) -> Stage:
    """Give a market with its signals and the costs of a venue. Raises ValueError as coin_row does."""
    # the kernels take the prices of many steps as one row
    close, volume = np.ascontiguousarray(market.close), np.ascontiguousarray(market.volume)
    world = World(market.close_s, close, volume, signals.long, signals.short)
    return Stage(market, world, prices_of(costs), _coin_rows(market), _most_steps_in_a_day(market.close_s))


def _coin_rows(market: MarketArrays) -> Rows:
    """Give a row for each coin; coins of the same rules have the same row, and that is made once."""
    made: dict[tuple[Decimal | int, ...], Rows] = {}
    kinds = []
    for instrument, interval_s in zip(market.instruments.values(), market.interval_s.tolist(), strict=True):
        _refuse_unknown_rules(instrument)
        kind = (instrument.lot_step, instrument.min_quantity, instrument.min_notional, interval_s)
        if kind not in made:
            made[kind] = coin_row(instrument, interval_s)
        kinds.append(kind)
    places = {kind: place for place, kind in enumerate(made)}
    return np.concatenate(list(made.values()))[[places[kind] for kind in kinds]].view(np.recarray)


def coin_row(instrument: Instrument, interval_s: int) -> Rows:
    """Give one row for a coin whose candles are so long.

    Raises ValueError when the pair has rules that are not compiled.
    """
    _refuse_unknown_rules(instrument)
    coin = rows(COIN_ROW, 1)
    coin.lot = units_of(instrument.lot_step or FINEST_STEP, "lot_step")
    coin.least_quantity = units_of(instrument.min_quantity, "min_quantity")
    coin.dust_below = units_of(smallest_quantity(instrument), "smallest quantity")
    coin.least_order = float(instrument.min_notional / FINEST_STEP)
    coin.per_hour = _HOUR_S / interval_s
    coin.newest_buy = coin.place = coin.cut_at = -1
    return coin


def prices_of(costs: CostModel) -> Prices:
    """Give the costs of a venue."""
    extras = (0.0, *(tier.extra_pct for tier in costs.slippage_tiers))
    # the same sums of floats as in CostModel.slippage_at
    slippages = [
        costs.slippage_pct + extra if place else costs.slippage_pct for place, extra in enumerate(extras)
    ]
    fractions = [decimal_of(slippage) / _WHOLE_PCT for slippage in slippages]
    spreads = [*(costs.spread_pct + tier.extra_pct for tier in costs.spread_tiers), costs.spread_pct]
    return Prices(
        pair_of(decimal_of(costs.taker_pct) / _WHOLE_PCT),
        pair_of(decimal_of(costs.largest_share_pct) / _WHOLE_PCT),
        np.array([tier.limit for tier in costs.slippage_tiers], dtype=np.float64),
        np.array([pair_of(1 + fraction) for fraction in fractions]),
        np.array([pair_of(1 - fraction) for fraction in fractions]),
        np.array([tier.limit for tier in costs.spread_tiers], dtype=np.float64),
        np.array(spreads) / _HALF_PCT,
    )


def plan_of(settings: ClassicSettings, stage: Stage) -> Plan:
    """Give the numbers of a setting. Raises ValueError naming the coins that the market does not have."""
    rules, coins = settings.rules, stage.market.coins
    places = {coin: place for place, coin in enumerate(coins)}
    missing = [coin for coin in rules.coins if coin not in places]
    if missing:
        msg = f"{', '.join(missing)} has no candles here, only {', '.join(coins)} have"
        raise ValueError(msg)
    listed = [places[coin] for coin in rules.coins if coin not in rules.no_entry]
    numbers = Rules(
        rules.trade_start_level,
        rules.start_allocation_pct / 100,
        rules.dca_multiplier,
        min(int(rules.max_dca_buys_per_24h), stage.steps_in_a_day),
        1.0 + (rules.pm_start_pct_no_dca / 100.0),
        1.0 + (rules.pm_start_pct_with_dca / 100.0),
        1.0 - rules.trailing_gap_pct / 100.0,
    )
    levels = np.array(rules.dca_levels, dtype=np.float64)
    return Plan(numbers, np.array(listed, dtype=np.int64), levels)


def _most_steps_in_a_day(close_s: IntArray) -> int:
    """Give a number that the DCA buys of a coin within the daily window cannot exceed: one for each step."""
    return _DAY_S // int(np.diff(close_s).min(initial=_DAY_S)) + 2


def _refuse_unknown_rules(instrument: Instrument) -> None:
    for name in ("max_quantity", "max_notional", "max_position"):
        if getattr(instrument, name) is not None:
            msg = f"{instrument.symbol} has a {name}, which only the event engine knows"
            raise ValueError(msg)
    if not instrument.tradable:
        msg = f"{instrument.symbol} is not traded"
        raise ValueError(msg)


def units_of(amount: Decimal, name: str) -> int:
    """Give an amount in units of 1e-8. Raises ValueError when it has more decimals."""
    units = amount / FINEST_STEP
    if units != int(units):
        msg = f"{name} was {amount}, must have at most 8 decimals"
        raise ValueError(msg)
    return int(units)


def pair_of(number: Decimal) -> Pair:
    """Give a number as a float and the rest that it leaves out."""
    high = float(number)
    return high, float(number - Decimal(high))
