"""Candles for charts: what a venue is asked, and what it is not asked again."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from powertrader.core.candle_pages import Paging
from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.market.chart_history import ChartHistory
from powertrader.models.candle import Candles
from powertrader.models.candle_rows import CandleRow
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import CandleLength, ChartTimeframe, Timeframe

MINUTE = 60
NOW_S = 1_700_000_040
LISTED_S = NOW_S - 700 * MINUTE


class Venue:
    """A venue with a candle for each minute since its listing, at a price that tells them apart."""

    def __init__(self) -> None:
        self.asked: list[range] = []
        self.answers = True
        self.price = 100.0

    def paging(self) -> Paging:
        return Paging(200, 0)

    def first_open_s(self, coin: str, timeframe: Timeframe) -> int:
        raise AssertionError(coin, timeframe)

    def candle_page(self, coin: str, timeframe: CandleLength, opened: range) -> Sequence[CandleRow | None]:
        assert (coin, timeframe.value, timeframe.short) == ("BTC", "1min", "1m")
        if not self.answers:
            msg = "no answer"
            raise RetryLater(msg)
        self.asked.append(opened)
        first_s = -(-max(opened.start, LISTED_S) // MINUTE) * MINUTE
        return [
            (float(at), self.price, self.price, self.price, self.price, 1.0)
            for at in range(first_s, min(opened.stop, NOW_S + 3600), MINUTE)
        ]


@pytest.fixture
def venue() -> Venue:
    return Venue()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(utc_of(NOW_S))


@pytest.fixture
def history(venue: Venue, clock: ManualClock) -> ChartHistory:
    return ChartHistory(venue, clock, lambda: None)


def minutes(history: ChartHistory, count: int, before_s: int | None = None) -> Candles:
    return history.candles("BTC", ChartTimeframe.MINUTE_1, count, before_s)


def test_the_newest_closed_candles_come_in_order_and_the_running_one_does_not(history: ChartHistory) -> None:
    found = minutes(history, 120)
    assert len(found) == 120
    assert int(found.open_time_s[-1]) == NOW_S // MINUTE * MINUTE - MINUTE
    assert found.interval_s == MINUTE


def test_nobody_is_asked_again_before_a_candle_has_closed(
    history: ChartHistory, venue: Venue, clock: ManualClock
) -> None:
    before = minutes(history, 120)
    clock.sleep(30)
    minutes(history, 120)
    minutes(history, 50)
    assert len(venue.asked) == 1
    clock.sleep(60)
    after = minutes(history, 120)
    assert len(venue.asked) == 2
    assert len(venue.asked[1]) < 15 * MINUTE
    assert int(after.open_time_s[-1]) == int(before.open_time_s[-1]) + MINUTE


def test_older_candles_are_read_back_from_what_is_known(history: ChartHistory, venue: Venue) -> None:
    newest = minutes(history, 100)
    older = minutes(history, 100, int(newest.open_time_s[0]))
    assert older.open_time_s.tolist() == list(
        range(int(newest.open_time_s[0]) - 100 * MINUTE, int(newest.open_time_s[0]), MINUTE)
    )
    assert venue.asked[1].stop <= venue.asked[0].start


def test_a_venue_that_has_nothing_older_is_asked_for_it_once(history: ChartHistory, venue: Venue) -> None:
    assert len(minutes(history, 5000)) == 700
    asked = len(venue.asked)
    assert len(minutes(history, 5000)) == 700
    assert len(venue.asked) == asked


def test_after_a_long_pause_the_gap_is_not_filled(
    history: ChartHistory, venue: Venue, clock: ManualClock
) -> None:
    minutes(history, 10)
    clock.move_to(utc_of(NOW_S + 3000) + timedelta(hours=8))
    minutes(history, 10)
    assert len(venue.asked) == 2


def test_another_market_under_the_same_name_replaces_what_was_known(
    history: ChartHistory, venue: Venue, clock: ManualClock
) -> None:
    minutes(history, 50)
    venue.price = 7.0
    clock.sleep(61)
    assert set(minutes(history, 50).close.tolist()) == {7.0}


def test_a_venue_without_an_answer_is_told_of_and_what_was_known_stays(
    history: ChartHistory, venue: Venue, clock: ManualClock
) -> None:
    minutes(history, 50)
    venue.answers = False
    clock.sleep(61)
    with pytest.raises(RetryLater):
        minutes(history, 50)
    venue.answers = True
    assert len(minutes(history, 50)) == 50
    assert len(venue.asked[-1]) < 15 * MINUTE


def test_only_so_many_charts_are_remembered(venue: Venue, clock: ManualClock) -> None:
    class Any(Venue):
        def candle_page(
            self, coin: str, timeframe: CandleLength, opened: range
        ) -> Sequence[CandleRow | None]:
            return super().candle_page("BTC", timeframe, opened)

    many = Any()
    history = ChartHistory(many, clock, lambda: None)
    for number in range(60):
        history.candles(f"C{number}", ChartTimeframe.MINUTE_1, 5)
    history.candles("C59", ChartTimeframe.MINUTE_1, 5)
    history.candles("C0", ChartTimeframe.MINUTE_1, 5)
    assert len(many.asked) == 61
