"""HubState: views from any thread, told once however many they were, and only to whom they concern."""

import threading
from dataclasses import replace

from powertrader.hub.guard import MOST_ERRORS, Failure
from powertrader.hub.state import MOST_NEWS, HubState
from powertrader.hub.view import Change, HubView, Part
from powertrader.models.events import TradingHalted
from powertrader.models.snapshot import Snapshot
from powertrader.models.status import PositionStatus
from tests.unit.core.event_cases import AT, signal
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import coin, report, snapshot, status_of

COINS = Change(frozenset({Part.COINS}), frozenset({"BTC"}))
NEWS = Change(frozenset({Part.NEWS}))


def halted(reason: str = "lunch") -> TradingHalted:
    return TradingHalted("paper", "default", None, reason, AT)


class Watched:
    """A state, and what an observer of some parts of it was told."""

    def __init__(self, *parts: Part) -> None:
        self.state = HubState()
        self.told: list[tuple[HubView, Change]] = []
        self.end = self.state.subscribe(
            "watch", parts or Part, lambda view, change: self.told.append((view, change))
        )


def test_the_newest_view_wins_and_nothing_that_changed_is_lost() -> None:
    watched = Watched()
    watched.state.put(hub_view(version=1, news=(halted(),)), COINS)
    watched.state.put(hub_view(version=2), Change(frozenset({Part.COINS, Part.TRADES}), frozenset({"ETH"})))
    watched.state.notify()
    ((view, change),) = watched.told
    assert view.version == 2
    assert view.news == (halted(),)
    assert change == Change(frozenset({Part.COINS, Part.TRADES}), frozenset({"BTC", "ETH"}))


def test_nothing_is_told_twice_and_no_change_is_not_told() -> None:
    watched = Watched()
    watched.state.notify()
    watched.state.put(hub_view(news=(halted(),)), COINS | NEWS)
    watched.state.notify()
    watched.state.notify()
    watched.state.put(hub_view(version=2), COINS)
    watched.state.notify()
    assert [view.news for view, _ in watched.told] == [(halted(),), ()]


def test_an_observer_is_told_only_of_its_parts() -> None:
    watched = Watched(Part.SETTINGS, Part.TRADES)
    watched.state.put(hub_view(version=1), COINS)
    watched.state.notify()
    watched.state.put(hub_view(version=2), COINS | Change(frozenset({Part.TRADES})))
    watched.state.notify()
    assert [view.version for view, _ in watched.told] == [2]


def told_of(value: float, held: tuple[str, ...]) -> Snapshot:
    positions = [PositionStatus(name, 101.0, 100.0, quantity=0.5) for name in held]
    status = replace(status_of(*positions, PositionStatus("XRP", 1.0, 1.0)), total=value)
    coins = [coin("BTC", signal=signal()), coin("ETH", signal=signal("ETH", 0, 2)), coin("XRP", signal=None)]
    return snapshot(coins, trader=report(status=status))


def test_positions_signals_and_the_account_are_those_of_the_view_that_was_told_last() -> None:
    state = HubState()
    assert (state.view, state.positions, state.signals, state.account_value) == (None, {}, {}, None)
    state.put(hub_view(made=told_of(1234.5, ("BTC",))), COINS)
    assert state.account_value is None
    state.notify()
    assert list(state.positions) == ["BTC"]
    assert {name: one.short_level for name, one in state.signals.items()} == {"BTC": 0, "ETH": 2}
    assert state.account_value == 1234.5


def test_an_account_that_nobody_tells_is_not_worth_nothing() -> None:
    state = HubState()
    state.put(hub_view(made=snapshot([coin("BTC")], trader=None)), COINS)
    state.notify()
    assert (state.positions, state.account_value) == ({}, None)


def test_news_that_nobody_fetches_are_bounded_and_the_newest_are_kept() -> None:
    watched = Watched()
    for number in range(MOST_NEWS + 50):
        watched.state.put(hub_view(news=(halted(str(number)),)), NEWS)
    watched.state.notify()
    ((view, _),) = watched.told
    assert len(view.news) == MOST_NEWS
    assert view.news[-1] == halted(str(MOST_NEWS + 49))


def test_an_observer_that_left_is_not_told() -> None:
    watched = Watched()
    watched.end()
    watched.state.put(hub_view(), COINS)
    watched.state.notify()
    assert watched.told == []


def test_an_observer_that_raises_is_named_left_alone_after_five_errors_and_the_others_are_told(
    expected_errors: list[str],
) -> None:
    state, asked, well = HubState(), [], Watched()

    def broken(view: HubView, _change: Change) -> None:
        asked.append(view.version)
        msg = "no price"
        raise ZeroDivisionError(msg)

    state.subscribe("broken", Part, broken)
    state.subscribe("well", Part, lambda view, change: well.told.append((view, change)))
    for version in range(1, MOST_ERRORS + 3):
        state.put(hub_view(version=version), COINS)
        raised = state.notify()
        assert bool(raised) == (version <= MOST_ERRORS)
    assert asked == list(range(1, MOST_ERRORS + 1))
    assert len(well.told) == MOST_ERRORS + 2
    assert state.failures == (Failure("broken", MOST_ERRORS, "ZeroDivisionError: no price"),)
    assert len(expected_errors) == MOST_ERRORS


def test_errors_in_a_row_count_and_not_those_of_long_ago(expected_errors: list[str]) -> None:
    state, told = HubState(), []

    def moody(view: HubView, _change: Change) -> None:
        told.append(view.version)
        if view.version % 2:
            msg = "odd"
            raise ValueError(msg)

    state.subscribe("moody", Part, moody)
    for version in range(1, 4 * MOST_ERRORS + 1):
        state.put(hub_view(version=version), COINS)
        state.notify()
    assert len(told) == 4 * MOST_ERRORS
    assert state.failures == ()


def test_threads_may_put_and_notify_at_the_same_time_and_no_event_is_told_twice_or_lost() -> None:
    watched = Watched()
    done = threading.Event()

    def put(thread: int) -> None:
        for number in range(40):
            watched.state.put(hub_view(news=(halted(f"{thread}-{number}"),)), NEWS)

    def fetch() -> None:
        while not done.is_set():
            watched.state.notify()

    fetcher = threading.Thread(target=fetch)
    fetcher.start()
    tellers = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for one in tellers:
        one.start()
    for one in tellers:
        one.join(timeout=30)
    done.set()
    fetcher.join(timeout=30)
    watched.state.notify()
    told = [event for view, _ in watched.told for event in view.news]
    news = [event.reason for event in told if isinstance(event, TradingHalted)]
    assert sorted(news) == sorted(f"{thread}-{number}" for thread in range(4) for number in range(40))
