"""A venue for tests of the candle feed: candles that may come late or not at all, and a count of requests."""

from collections import Counter
from datetime import UTC, datetime
from typing import Final

import numpy as np

from powertrader.core.clock import Clock
from powertrader.core.exceptions import ExchangeError
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe

MONDAY: Final = datetime(2024, 3, 4, tzinfo=UTC)
WEEK_STARTS_S: Final = 4 * 86400
"""Weeks of this venue begin on Monday; multiples of a week since 1970 begin on Thursday."""


class FeedMarket:
    """A CandleSource that follows a clock.

    delay_s: how long after its close a candle is published. left_out: open times by timeframe at which
    nothing was traded. failing: what asking for a coin raises.
    """

    def __init__(self, clock: Clock, delay_s: float = 0.0) -> None:
        self.clock = clock
        self.delay_s = delay_s
        self.left_out: dict[Timeframe, set[int]] = {timeframe: set() for timeframe in TIMEFRAMES}
        self.failing: dict[str, ExchangeError] = {}
        self.asked: Counter[tuple[str, Timeframe]] = Counter()
        self.order: list[tuple[str, Timeframe]] = []
        self.first_s = 0
        self.takes_s = 0.0

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        self.asked[coin, timeframe] += 1
        self.order.append((coin, timeframe))
        if self.takes_s:
            self.clock.sleep(self.takes_s)
        if coin in self.failing:
            raise self.failing[coin]
        return self.published(coin, timeframe)

    def published(self, coin: str, timeframe: Timeframe) -> Candle | None:
        """Give the newest candle there is, without counting the question."""
        length = timeframe.seconds
        first = WEEK_STARTS_S if timeframe is Timeframe.WEEK_1 else 0
        seen_s = self.clock.now().timestamp() - self.delay_s
        opened = int((seen_s - first) // length - 1) * length + first
        while opened in self.left_out[timeframe]:
            opened -= length
        return None if opened < self.first_s else candle(coin, opened)


def candle(coin: str, opened_s: int) -> Candle:
    """Give a candle that follows from coin and time alone."""
    draw = np.random.default_rng([opened_s, *coin.encode()])
    first, last = (100.0 * np.exp(draw.normal(0, 0.02, 2))).tolist()
    return Candle(opened_s, first, max(first, last) * 1.01, min(first, last) * 0.99, last)
