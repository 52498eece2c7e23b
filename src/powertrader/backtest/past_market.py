"""The market that a walk over past candles sees, by the settings."""

from collections.abc import Mapping
from datetime import UTC, datetime

from powertrader.core.clock import ManualClock
from powertrader.core.config import TradingConfig
from powertrader.market.replay import ReplayMarket
from powertrader.market.resample import Weekday
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol


def past_market(
    config: TradingConfig, candles: Mapping[CoinSymbol, Candles], at: datetime | None
) -> tuple[ReplayMarket, ManualClock]:
    """Make a market of past candles, with its clock at a time, else where the last candle closed."""
    ends = [int(columns.open_time_s[-1]) + columns.interval_s for columns in candles.values() if len(columns)]
    moment = utc_of(max(ends, default=0)) if at is None else at.astimezone(UTC)
    clock = ManualClock(moment)
    week_start = Weekday[config.candles.week_start.upper()]
    costs = config.costs.model
    market = ReplayMarket(
        candles, clock, spread_pct=costs.spread_pct, spread_tiers=costs.spread_tiers, week_start=week_start
    )
    return market, clock
