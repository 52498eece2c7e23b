"""How much of a coin is traded where a paper account takes its prices."""

import logging
from datetime import datetime, timedelta

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, ExchangeError
from powertrader.core.market_client import CandleSource
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)


class HourlyVolume:
    """Gives the coins traded in the newest closed hour, None when nobody says.

    A venue is asked when an order needs it, once for each hour of the market's clock.
    """

    def __init__(self, candles: CandleSource, clock: Clock) -> None:
        """Ask nothing yet."""
        self._candles = candles
        self._clock = clock
        self._known: dict[CoinSymbol, tuple[datetime, float | None]] = {}

    def __call__(self, coin: CoinSymbol) -> float | None:
        """Give the volume; a venue that cannot tell it stops no order."""
        hour = timedelta(seconds=Timeframe.HOUR_1.seconds)
        now = self._clock.now()
        known = self._known.get(coin)
        if known is not None and now < known[0]:
            return known[1]
        try:
            newest = self._candles.latest_closed(coin, Timeframe.HOUR_1)
        except (ExchangeError, BadData) as error:
            log.info("volume not known", extra={"coin": coin, "reason": str(error)})
            return None
        if newest is None:
            return None
        volume = newest.volume or None
        self._known[coin] = utc_of(newest.open_time_s) + 2 * hour, volume
        return volume
