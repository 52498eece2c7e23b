"""Latest: a queue of one."""

from powertrader.hub.latest import Latest
from powertrader.hub.view import Change, Part
from powertrader.models.events import WorkerStarted
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW

STARTED = WorkerStarted("trader", 7, False, NOW)


def test_the_newest_view_wins_and_no_change_is_lost() -> None:
    latest = Latest()
    latest.put(hub_view(version=1, news=(STARTED,)), Change(frozenset({Part.COINS}), frozenset({"BTC"})))
    latest.put(hub_view(version=2), Change(frozenset({Part.COINS, Part.TRADES}), frozenset({"ETH"})))
    taken = latest.take()
    assert taken is not None
    view, change = taken
    assert view.version == 2
    assert view.news == (STARTED,)
    assert change == Change(frozenset({Part.COINS, Part.TRADES}), frozenset({"BTC", "ETH"}))


def test_nothing_is_given_twice() -> None:
    latest = Latest()
    assert latest.take() is None
    latest.put(hub_view(), Change(frozenset({Part.COINS})))
    assert latest.take() is not None
    assert latest.take() is None
