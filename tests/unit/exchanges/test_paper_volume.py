"""The volume that paper orders are measured by: asked once an hour, and never a reason to stop."""

from datetime import UTC, datetime, timedelta

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import ExchangeError, RetryLater
from powertrader.exchanges.paper_volume import HourlyVolume
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.timeframe import Timeframe

START = datetime(2024, 1, 1, 12, 30, tzinfo=UTC)


class Source:
    """Gives one volume, or an error, and counts how often it was asked."""

    def __init__(self, clock: ManualClock, volume: float | None) -> None:
        self.clock = clock
        self.volume = volume
        self.error: ExchangeError | None = None
        self.asked = 0

    def latest_closed(self, _coin: str, timeframe: Timeframe) -> Candle | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if self.volume is None:
            return None
        opened = int(self.clock.now().timestamp()) // timeframe.seconds * timeframe.seconds
        return Candle(opened - timeframe.seconds, 1.0, 1.0, 1.0, 1.0, self.volume)

    def history(self, _coin: str, _timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError


def test_an_hour_is_asked_for_once() -> None:
    clock = ManualClock(START)
    source = Source(clock, 7.0)
    volume = HourlyVolume(source, clock)
    assert [volume("BTC"), volume("BTC")] == [7.0, 7.0]
    clock.move_to(START + timedelta(minutes=29, seconds=59))
    assert volume("BTC") == 7.0
    assert source.asked == 1
    clock.move_to(START + timedelta(minutes=30))
    source.volume = 9.0
    assert volume("BTC") == 9.0
    assert source.asked == 2


@pytest.mark.parametrize("told", [None, 0.0])
def test_a_venue_without_volumes_leaves_it_open(told: float | None) -> None:
    clock = ManualClock(START)
    assert HourlyVolume(Source(clock, told), clock)("BTC") is None


def test_a_venue_that_does_not_answer_is_asked_again() -> None:
    clock = ManualClock(START)
    source = Source(clock, 7.0)
    source.error = RetryLater("no answer")
    volume = HourlyVolume(source, clock)
    assert volume("BTC") is None
    source.error = None
    assert volume("BTC") == 7.0
