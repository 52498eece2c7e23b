"""HubState: snapshots and events from any thread, told once however many they were."""

import threading
from dataclasses import replace
from datetime import timedelta

from powertrader.hub.state import MOST_NEWS, HubState, HubView
from powertrader.models.events import TradeExecuted, TradingHalted
from powertrader.models.order import Side
from powertrader.models.position import Position
from powertrader.models.signal import Signal
from powertrader.models.snapshot import Snapshot
from powertrader.models.status import PositionStatus
from tests.unit.core.event_cases import AT, CASES, position, signal, trade
from tests.unit.snapshots import coin, report, snapshot, status_of

HALT = TradingHalted("paper", "default", None, "lunch", AT)


def told(
    seconds: float = 0.0, value: float = 1000.0, held: tuple[str, ...] = (), signals: tuple[Signal, ...] = ()
) -> Snapshot:
    """Give what the files tell some seconds after AT."""
    at = AT + timedelta(seconds=seconds)
    positions = [PositionStatus(coin, 101.0, 100.0, quantity=0.5) for coin in held]
    status = replace(status_of(*positions, PositionStatus("XRP", 1.0, 1.0)), total=value)
    coins = [coin(one.coin, signal=one) for one in signals]
    return snapshot(coins, at=at, trader=report(at=at, status=status))


class Watched:
    """A state, and what an observer of it was told."""

    def __init__(self) -> None:
        self.state = HubState()
        self.views: list[HubView] = []
        self.end = self.state.subscribe(self.views.append)


def test_many_changes_are_told_once_and_no_change_is_not_told() -> None:
    watched = Watched()
    watched.state.notify()
    assert watched.views == []
    for case in CASES:
        watched.state.apply(case)
    watched.state.take(told())
    watched.state.notify()
    watched.state.notify()
    (view,) = watched.views
    assert view.news == CASES
    assert view.snapshot == told()
    watched.state.take(told())
    watched.state.notify()
    assert len(watched.views) == 1


def test_a_snapshot_gives_positions_signals_and_the_account() -> None:
    state = HubState()
    assert (state.positions, state.signals, state.account_value) == ({}, {}, None)
    state.take(told(value=1234.5, held=("BTC",), signals=(signal(), signal("ETH", 0, 2))))
    assert list(state.positions) == ["BTC"]
    assert {coin: one.short_level for coin, one in state.signals.items()} == {"BTC": 0, "ETH": 2}
    assert state.account_value == 1234.5


def test_an_event_counts_at_once_and_an_older_snapshot_does_not_undo_it() -> None:
    state = HubState()
    state.take(told(-5, held=("BTC",)))
    state.apply(TradeExecuted("paper", "default", "USDT", trade(coin="ETH"), position("ETH"), AT))
    sale = trade("trailing_exit", Side.SELL)
    state.apply(TradeExecuted("paper", "default", "USDT", sale, Position("BTC"), AT))
    assert list(state.positions) == ["ETH"]
    held = state.positions["ETH"]
    assert (held.quantity, held.basis, held.stage, held.value) == (0.1, 100.0, 1, 10.0)
    state.take(told(-1, held=("BTC",)))
    assert list(state.positions) == ["ETH"]
    state.take(told(+1, held=("ETH", "BTC")))
    assert list(state.positions) == ["ETH", "BTC"]


def test_a_signal_told_after_the_files_were_read_is_kept_until_they_are_read_again() -> None:
    state = HubState()
    state.apply(CASES[0])
    state.take(told(-1, signals=(signal(long=1),)))
    assert state.signals["BTC"].long_level == 3
    state.take(told(+1, signals=(signal(long=2),)))
    assert state.signals["BTC"].long_level == 2


def test_news_that_nobody_fetches_are_bounded() -> None:
    watched = Watched()
    for _ in range(MOST_NEWS + 50):
        watched.state.apply(HALT)
    watched.state.notify()
    assert len(watched.views[0].news) == MOST_NEWS
    watched.state.apply(HALT)
    watched.state.notify()
    assert watched.views[1].news == (HALT,)


def test_an_observer_that_left_is_not_told() -> None:
    watched = Watched()
    watched.end()
    watched.state.apply(HALT)
    watched.state.notify()
    assert watched.views == []


def test_what_an_observer_was_told_does_not_change_afterwards() -> None:
    watched = Watched()
    watched.state.take(told(held=("BTC",)))
    watched.state.notify()
    watched.state.take(told(1))
    assert list(watched.views[0].positions) == ["BTC"]


def test_threads_may_tell_and_fetch_at_the_same_time_and_no_event_is_told_twice_or_lost() -> None:
    watched = Watched()
    done = threading.Event()

    def tell(thread: int) -> None:
        for number in range(40):
            reason = f"{thread}-{number}"
            watched.state.apply(TradingHalted("paper", "default", None, reason, AT))
            watched.state.take(told(number, float(number), held=("BTC",)))

    def fetch() -> None:
        while not done.is_set():
            watched.state.notify()

    fetcher = threading.Thread(target=fetch)
    fetcher.start()
    tellers = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
    for one in tellers:
        one.start()
    for one in tellers:
        one.join(timeout=30)
    done.set()
    fetcher.join(timeout=30)
    watched.state.notify()
    news = [event.reason for view in watched.views for event in view.news if isinstance(event, TradingHalted)]
    assert sorted(news) == sorted(f"{thread}-{number}" for thread in range(4) for number in range(40))
