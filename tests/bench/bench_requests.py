"""What the venues are asked: requests per coin and day, what is late included, and the price of counting."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import Clock, ManualClock, SystemClock
from powertrader.core.shared_budget import SharedBudget
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.thinker.candle_feed import CandleFeed
from tests.bench.registry import Row, bench, seconds

MONDAY: Final = datetime(2024, 3, 4, tzinfo=UTC)
COINS: Final = tuple([f"C{number}" for number in range(1000)])
DAYS: Final = 7
LOOKS_S: Final = (0, 2, 7, 1800)
"""When the coins are looked at after each full hour."""
EVERY_TENTH: Final = 10
DIET: Final = 48.2
"""24 + 12 + 6 + 3 + 2 + 1 + 1/7 requests per coin and day, and a little."""


class Venue:
    """Candles that are there as soon as they close, or five seconds later for every tenth of them."""

    def __init__(self, clock: Clock, *, late: bool) -> None:
        self.clock = clock
        self.late = late
        self.asked = 0

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle:
        self.asked += 1
        now_s = int(self.clock.now().timestamp())
        if self.late and (now_s // timeframe.seconds + int(coin[1:])) % EVERY_TENTH == 0:
            now_s -= 5
        return Candle((now_s // timeframe.seconds - 1) * timeframe.seconds, 1.0, 1.0, 1.0, 1.0)


def asked_per_coin_and_day(*, late: bool) -> float:
    """Look at all coins for a week; the first requests, one for each timeframe, do not count."""
    clock = ManualClock(MONDAY)
    venue = Venue(clock, late=late)
    feed = CandleFeed(venue, clock, clock)
    for hour in range(DAYS * 24 + 1):
        for look_s in LOOKS_S:
            clock.move_to(MONDAY + timedelta(hours=hour, seconds=look_s))
            for timeframe in TIMEFRAMES:
                for coin in COINS:
                    feed.latest_closed(coin, timeframe)
        if not hour:
            venue.asked = 0
    return venue.asked / len(COINS) / DAYS


@bench(group="requests", runs=1)
def candle_requests() -> Sequence[Row]:
    on_time = asked_per_coin_and_day(late=False)
    late = asked_per_coin_and_day(late=True)
    return [
        Row(what="candle requests per coin and day, 1,000 coins", measured=on_time, unit="", most=DIET),
        Row(what="the same with every tenth candle 5 s late", measured=late, unit="", most=DIET * 1.25),
    ]


@bench(group="requests", what="counting a request in the shared budget", unit="us", most=300)
def shared_budget() -> float:
    with tempfile.TemporaryDirectory() as folder:
        budget = SharedBudget(Path(folder) / "venue.json", SystemClock(), BudgetLimits(10**9, 60))

        def count() -> None:
            for _ in range(200):
                budget.acquire(1)

        return seconds(count) / 200 * 1e6
