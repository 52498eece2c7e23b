"""SignalNews: a signal is news when it is the first of its coin or has other levels."""

from datetime import timedelta

from powertrader.core.clock import ManualClock
from powertrader.models.events import Event, SignalUpdated
from powertrader.models.signal import Signal
from powertrader.thinker.news import SignalNews
from tests.unit.core.event_cases import AT, signal


class Listener:
    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.news = SignalNews(self.heard.append, ManualClock(AT))

    def tell(self, *signals: Signal) -> list[tuple[str, int, int]]:
        """Tell of signals that changed, and give what was heard of it."""
        before = len(self.heard)
        self.news.tell({one.coin: one for one in signals}, [one.coin for one in signals])
        new = [event.signal for event in self.heard[before:] if isinstance(event, SignalUpdated)]
        return [(one.coin, one.long_level, one.short_level) for one in new]


def test_the_first_signal_and_other_levels_are_news_and_other_times_or_bounds_are_not() -> None:
    listener = Listener()
    later = AT + timedelta(seconds=1)
    assert listener.tell(signal(), signal("ETH", 0, 2)) == [("BTC", 3, 0), ("ETH", 0, 2)]
    assert listener.tell(signal(at=later), signal("ETH", 0, 2, later)) == []
    assert listener.tell(signal(long=4), signal("ETH", 0, 2)) == [("BTC", 4, 0)]
    assert listener.tell(signal(long=4, short=1)) == [("BTC", 4, 1)]


def test_a_coin_that_lost_its_signal_is_no_news() -> None:
    listener = Listener()
    listener.news.tell({}, ["BTC"])
    assert listener.heard == []
