"""The candles of the chart that is looked at: asked for in the background, joined, and kept."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.hub.background import Background
from powertrader.hub.chart_candles import MOST_KEPT, ChartCandles, ChartKey, joined_candles
from powertrader.models.candle import Candles
from tests.unit.hub.plot.drawings import HOUR_S, START_S, candles

BTC = ChartKey("BTC", "1hour")


class Port:
    """A venue that has candles since a listing, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int, datetime | None]] = []
        self.known = 700
        self.answers = True

    def __call__(self, coin: str, timeframe: str, count: int, before: datetime | None = None) -> Candles:
        self.asked.append((coin, timeframe, count, before))
        if not self.answers:
            msg = "the venue does not answer"
            raise RetryLater(msg)
        stop = self.known if before is None else int(before.timestamp() - START_S) // HOUR_S
        return candles(self.known).between(max(stop - count, 0), stop)


class Chart:
    """A chart's candles with everything they need."""

    def __init__(self) -> None:
        self.port, self.background = Port(), Background()
        self.clock = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
        self.changes = 0
        self.candles = ChartCandles(self.port, self.background, self.clock, self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def answered(self, changes: int) -> None:
        """Wait until so many answers have come in all."""
        ends_s = time.monotonic() + 10
        while self.changes < changes:
            assert time.monotonic() < ends_s
            self.background.deliver()
            time.sleep(0.001)

    @property
    def first_s(self) -> int:
        return int(self.candles.loaded.candles.open_time_s[0])


@pytest.fixture
def chart() -> Iterator[Chart]:
    made = Chart()
    yield made
    made.background.close()


def test_a_chosen_chart_gets_its_newest_candles(chart: Chart) -> None:
    chart.candles.choose(BTC, 200)
    assert chart.candles.loaded.asking
    chart.answered(1)
    assert chart.port.asked == [("BTC", "1hour", 200, None)]
    loaded = chart.candles.loaded
    assert (len(loaded.candles), loaded.as_of, loaded.asking) == (200, chart.clock.now(), False)


def test_older_candles_are_put_before_them_until_there_are_no_more(chart: Chart) -> None:
    chart.candles.choose(BTC, 200)
    chart.answered(1)
    chart.candles.older()
    chart.answered(2)
    assert chart.first_s == START_S
    assert len(chart.candles.loaded.candles) == 700
    chart.candles.older()
    chart.answered(3)
    assert chart.candles.loaded.begins
    asked = len(chart.port.asked)
    chart.candles.older()
    assert len(chart.port.asked) == asked


def test_newer_candles_keep_the_older_ones(chart: Chart) -> None:
    chart.candles.choose(BTC, 200)
    chart.answered(1)
    chart.candles.older()
    chart.answered(2)
    chart.port.known = 702
    chart.candles.refresh()
    chart.answered(3)
    assert len(chart.candles.loaded.candles) == 702
    assert chart.first_s == START_S


def test_a_venue_without_an_answer_leaves_the_candles_and_says_why(chart: Chart) -> None:
    chart.candles.choose(BTC, 200)
    chart.answered(1)
    chart.port.answers = False
    chart.candles.refresh()
    chart.answered(2)
    loaded = chart.candles.loaded
    assert (len(loaded.candles), loaded.problem) == (200, "the venue does not answer")
    chart.port.answers = True
    chart.candles.refresh()
    chart.answered(3)
    assert chart.candles.loaded.problem == ""


def test_it_is_due_again_after_the_pause_of_the_settings(chart: Chart) -> None:
    assert chart.candles.is_due(10)
    chart.candles.choose(BTC, 200)
    assert not chart.candles.is_due(10)
    chart.clock.sleep(11)
    assert chart.candles.is_due(10)


def test_a_chart_that_was_seen_before_shows_at_once_what_it_showed(chart: Chart) -> None:
    chart.candles.choose(BTC, 200)
    chart.answered(1)
    chart.candles.choose(ChartKey("ETH", "1hour"), 200)
    assert len(chart.candles.loaded.candles) == 0
    chart.answered(2)
    chart.candles.choose(BTC, 200)
    assert len(chart.candles.loaded.candles) == 200


def test_of_many_charts_only_the_last_ones_are_kept(chart: Chart) -> None:
    for number in range(MOST_KEPT + 5):
        chart.candles.choose(ChartKey(f"C{number}", "1hour"), 200)
        chart.answered(number + 1)
    chart.candles.choose(ChartKey("C0", "1hour"), 200)
    assert len(chart.candles.loaded.candles) == 0


def test_candles_of_two_answers_are_one_row_and_the_newer_ones_win() -> None:
    joined = joined_candles(candles(10), candles(10, START_S + 5 * HOUR_S, price=200.0))
    assert joined.open_time_s.tolist() == [START_S + number * HOUR_S for number in range(15)]
    assert joined.low.tolist() == [100.0] * 5 + [200.0] * 10


def test_candles_with_a_gap_between_them_are_not_joined() -> None:
    newer = candles(5, START_S + 20 * HOUR_S)
    assert joined_candles(candles(10), newer) is newer
    assert joined_candles(newer.between(0, 0), newer) is newer
    assert joined_candles(newer, newer.between(0, 0)) is newer
