"""The candle feed: how often a venue is asked, what it costs when it is late, silent or out of order."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import PairRefused, RateLimitError, RetryLater
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.thinker.candle_feed import REPEAT_PAUSES_S, TIME_SLICE_S, CandleFeed
from tests.unit.thinker.feed_market import MONDAY, FeedMarket, candle

HOUR = Timeframe.HOUR_1
SET_BACK = "a clock was set back: candles are asked for anew"
DIET = 24 + 12 + 6 + 3 + 2 + 1 + 1 / 7
"""Requests per coin and day when every candle is asked for once."""


class Scene:
    """A feed, its venue and the clock both follow."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.clock = ManualClock(MONDAY + timedelta(minutes=30))
        self.venue = FeedMarket(self.clock, delay_s)
        self.feed = CandleFeed(self.venue, self.clock, self.clock)
        self.feed.begin_step()

    def later(self, **passed: float) -> None:
        self.clock.sleep(timedelta(**passed).total_seconds())
        self.feed.begin_step()

    def asked(self, coin: str = "BTC", timeframe: Timeframe = HOUR) -> int:
        """Count the requests since the last time."""
        return self.venue.asked.pop((coin, timeframe), 0)

    def look_every(self, seconds: float, until_s: float, timeframe: Timeframe = HOUR) -> list[float]:
        """Look as a worker does, and give the seconds at which the venue was asked."""
        times: list[float] = []
        for step in range(int(until_s / seconds)):
            self.feed.latest_closed("BTC", timeframe)
            if self.asked(timeframe=timeframe):
                times.append(step * seconds)
            self.later(seconds=seconds)
        return times


def test_a_candle_is_asked_for_when_it_must_have_closed_and_not_before() -> None:
    scene = Scene()
    assert scene.look_every(60, 4 * 3600) == [0, 1800, 5400, 9000, 12600]


def test_week_long_candles_are_asked_for_where_the_venue_begins_its_weeks() -> None:
    scene = Scene()
    half_an_hour_after_monday = 1800
    week = Timeframe.WEEK_1.seconds
    times = scene.look_every(900, 2.5 * week, Timeframe.WEEK_1)
    assert times == [0, week - half_an_hour_after_monday, 2 * week - half_an_hour_after_monday]


@pytest.mark.parametrize("coins", [1, 40])
def test_a_week_costs_forty_eight_requests_per_coin_and_day(coins: int) -> None:
    scene = Scene()
    names = [f"C{number}" for number in range(coins)]
    for _ in range(7 * 24 * 2):
        for timeframe in TIMEFRAMES:
            for name in names:
                scene.feed.latest_closed(name, timeframe)
        scene.later(minutes=30)
    at_the_start = len(TIMEFRAMES)
    per_day = (scene.venue.asked.total() / coins - at_the_start) / 7
    assert per_day == pytest.approx(DIET, abs=0.01)
    assert scene.feed.requests == scene.venue.asked.total()


def test_a_late_candle_is_asked_for_again_with_growing_pauses_until_it_is_there() -> None:
    scene = Scene(delay_s=12.0)
    scene.look_every(60, 1800)
    assert scene.look_every(1, 3600) == [0, 2, 7, 22]
    assert scene.feed.latest_closed("BTC", HOUR) == scene.venue.published("BTC", HOUR)


def test_a_candle_that_was_left_out_costs_a_handful_of_requests_and_the_next_one_is_found() -> None:
    scene = Scene()
    opened = int(MONDAY.timestamp())
    scene.venue.left_out[HOUR] = {opened}
    scene.look_every(60, 1800)
    times = scene.look_every(1, 3600)
    assert times == [0, *[sum(REPEAT_PAUSES_S[: count + 1]) for count in range(len(REPEAT_PAUSES_S))]]
    assert scene.feed.latest_closed("BTC", HOUR) == candle("BTC", opened + 3600)


def test_a_coin_without_any_candle_is_asked_for_once_a_day_and_a_handful_of_times_more() -> None:
    scene = Scene()
    scene.venue.first_s = int(MONDAY.timestamp()) + 3 * 86400
    assert scene.feed.latest_closed("NEW", Timeframe.WEEK_1) is None
    for _ in range(10 * 24 * 60):
        scene.later(minutes=1)
        scene.feed.latest_closed("NEW", Timeframe.WEEK_1)
    assert scene.asked("NEW", Timeframe.WEEK_1) <= 12 * (1 + len(REPEAT_PAUSES_S))
    assert scene.feed.latest_closed("NEW", Timeframe.WEEK_1) is None
    scene.later(days=8)
    assert scene.feed.latest_closed("NEW", Timeframe.WEEK_1) is not None


def test_a_venue_that_fails_costs_nothing_while_its_last_candle_is_good(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    known = scene.feed.latest_closed("BTC", HOUR)
    scene.venue.failing["BTC"] = RetryLater("no route")
    scene.later(hours=1)
    assert scene.feed.latest_closed("BTC", HOUR) == known
    scene.later(hours=1)
    with pytest.raises(RetryLater, match="no route"):
        scene.feed.latest_closed("BTC", HOUR)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    del scene.venue.failing["BTC"]
    scene.later(minutes=5)
    assert scene.feed.latest_closed("BTC", HOUR) == scene.venue.published("BTC", HOUR)


def test_a_coin_that_fails_is_left_alone_for_longer_and_longer() -> None:
    scene = Scene()
    scene.venue.failing["BTC"] = RetryLater("no route")
    times = []
    for second in range(1200):
        with pytest.raises(RetryLater):
            scene.feed.latest_closed("BTC", HOUR)
        if scene.asked():
            times.append(second)
        scene.later(seconds=1)
    assert times == [0, 5, 15, 35, 75, 155, 315, 615, 915]


def test_a_pair_that_the_venue_refuses_is_tried_four_times_an_hour() -> None:
    scene = Scene()
    scene.venue.failing["LUNA"] = PairRefused("no such pair")
    for _ in range(3600):
        with pytest.raises(RetryLater, match="no such pair"):
            scene.feed.latest_closed("LUNA", HOUR)
        scene.later(seconds=1)
    assert scene.asked("LUNA") == 4


def test_one_coin_that_fails_blocks_no_other() -> None:
    scene = Scene()
    scene.venue.failing["BTC"] = RetryLater("no route")
    with pytest.raises(RetryLater):
        scene.feed.latest_closed("BTC", HOUR)
    assert scene.feed.latest_closed("ETH", HOUR) == scene.venue.published("ETH", HOUR)


def test_a_venue_that_wants_silence_is_not_asked_for_any_coin() -> None:
    scene = Scene()
    known = scene.feed.latest_closed("ETH", HOUR)
    scene.later(hours=1)
    scene.venue.failing["BTC"] = RateLimitError("95 % is used", 30.0)
    for _ in range(30):
        with pytest.raises(RetryLater, match="95 %"):
            scene.feed.latest_closed("BTC", HOUR)
        assert scene.feed.latest_closed("ETH", HOUR) == known
        scene.later(seconds=1)
    assert (scene.asked("BTC"), scene.asked("ETH")) == (1, 1)
    assert scene.feed.latest_closed("ETH", HOUR) != known


def test_a_step_asks_for_so_long_and_the_rest_has_its_turn_in_the_next() -> None:
    scene = Scene()
    scene.venue.takes_s = 4.0
    names = ["A", "B", "C", "D"]
    assert all(scene.feed.latest_closed(name, HOUR) for name in names[:3])
    with pytest.raises(RetryLater, match="next step"):
        scene.feed.latest_closed("D", HOUR)
    scene.feed.begin_step()
    assert all(scene.feed.latest_closed(name, HOUR) for name in names)
    assert scene.venue.asked.total() == 4


def test_a_process_that_is_stopping_asks_nothing_more() -> None:
    scene = Scene()
    scene.feed.begin_step(TIME_SLICE_S, lambda: True)
    with pytest.raises(RetryLater):
        scene.feed.latest_closed("BTC", HOUR)
    assert scene.asked() == 0


def test_an_older_candle_than_the_known_one_is_not_believed() -> None:
    scene = Scene()
    known = scene.feed.latest_closed("BTC", HOUR)
    assert known is not None
    scene.venue.left_out[HOUR] = {known.open_time_s, known.open_time_s + 3600}
    scene.later(hours=1)
    assert scene.feed.latest_closed("BTC", HOUR) == known


def test_a_coin_that_comes_back_is_asked_for_anew() -> None:
    scene = Scene()
    scene.feed.latest_closed("BTC", HOUR)
    scene.feed.forget("BTC")
    scene.feed.latest_closed("BTC", HOUR)
    assert scene.asked() == 2


def test_market_time_that_runs_faster_does_not_shorten_the_pauses_of_requests() -> None:
    market, wall = ManualClock(MONDAY + timedelta(minutes=30)), ManualClock(MONDAY)
    venue = FeedMarket(market)
    venue.left_out[HOUR] = {int(MONDAY.timestamp()) - 3600}
    feed = CandleFeed(venue, market, wall)
    look: Callable[[], object] = lambda: feed.latest_closed("BTC", HOUR)  # noqa: E731  one short word for it
    look()
    market.sleep(600)
    look()
    assert venue.asked.total() == 1
    wall.sleep(2)
    look()
    assert venue.asked.total() == 2


def set_back(clock: ManualClock, **by: float) -> None:
    """Set a clock back, as a person or a time server does."""
    vars(clock).update(vars(ManualClock(clock.now() - timedelta(**by))))


def test_a_clock_that_is_set_back_makes_no_close_late_and_no_trouble_longer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    scene.later(hours=1)
    scene.venue.delay_s = 5400
    scene.feed.latest_closed("BTC", HOUR)
    scene.venue.failing["ETH"] = PairRefused("no such pair")
    with pytest.raises(RetryLater):
        scene.feed.latest_closed("ETH", HOUR)
    set_back(scene.clock, hours=1)
    scene.venue.delay_s = 0.0
    scene.feed.begin_step()
    scene.asked()
    found = scene.feed.latest_closed("BTC", HOUR)
    assert found == scene.venue.published("BTC", HOUR)
    assert scene.asked() == 1
    scene.later(minutes=16)
    scene.venue.failing.clear()
    assert scene.feed.latest_closed("ETH", HOUR) is not None
    assert [record.message for record in caplog.records].count(SET_BACK) == 1


def test_a_candle_that_closes_later_than_a_clock_that_was_set_back_is_not_used() -> None:
    scene = Scene()
    assert scene.feed.latest_closed("BTC", HOUR) == candle("BTC", int(MONDAY.timestamp()) - 3600)
    set_back(scene.clock, hours=1)
    scene.feed.begin_step()
    assert scene.feed.latest_closed("BTC", HOUR) == candle("BTC", int(MONDAY.timestamp()) - 7200)


def test_a_clock_that_is_right_again_by_a_moment_changes_nothing() -> None:
    scene = Scene()
    scene.feed.latest_closed("BTC", HOUR)
    scene.asked()
    set_back(scene.clock, seconds=0.5)
    scene.feed.begin_step()
    scene.feed.latest_closed("BTC", HOUR)
    assert scene.asked() == 0
