"""EventBus: order, unsubscribing, threads, and listeners that fail."""

import threading
from collections.abc import Callable

import pytest

from powertrader.core.events import MOST_NESTED, EventBus
from powertrader.models.events import EVENTS, Event, SignalUpdated, TradingHalted, TradingResumed
from tests.unit.core.event_cases import AT, CASES, signal


def halted(number: int) -> TradingHalted:
    return TradingHalted("paper", "default", None, str(number), AT)


def test_a_listener_gets_the_facts_of_its_kind_in_order_and_no_others() -> None:
    bus, heard = EventBus(), list[Event]()
    bus.subscribe(TradingHalted, heard.append)
    for number in range(5):
        bus.publish(halted(number))
        bus.publish(SignalUpdated(signal(), AT))
    assert heard == [halted(number) for number in range(5)]


def test_whoever_asks_for_all_gets_every_kind() -> None:
    bus, heard = EventBus(), list[Event]()
    bus.subscribe_all(heard.append)
    for case in CASES:
        bus.publish(case)
    assert tuple(heard) == CASES
    assert {type(case) for case in CASES} == set(EVENTS)


def test_after_unsubscribing_nothing_comes_and_doing_it_twice_is_fine() -> None:
    bus, first, second = EventBus(), list[Event](), list[Event]()
    end = bus.subscribe_all(first.append)
    bus.subscribe_all(second.append)
    bus.publish(halted(1))
    end()
    end()
    bus.publish(halted(2))
    assert (first, second) == ([halted(1)], [halted(1), halted(2)])


def test_a_listener_may_end_another_subscription_while_it_is_called() -> None:
    bus, heard = EventBus(), list[Event]()
    ends: list[Callable[[], None]] = []
    bus.subscribe_all(lambda _: ends.pop()() if ends else None)
    ends.append(bus.subscribe_all(heard.append))
    bus.publish(halted(1))
    bus.publish(halted(2))
    assert heard == []


def test_a_listener_that_raises_keeps_nothing_from_the_others_and_is_counted(
    expected_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    bus, heard = EventBus(), list[Event]()

    def failing(event: TradingHalted) -> None:
        raise ZeroDivisionError(event.reason[0])

    bus.subscribe(TradingHalted, failing, "failing")
    bus.subscribe_all(heard.append)
    for number in (10, 11, 20):
        bus.publish(halted(number))
    assert len(heard) == 3
    (failures,) = bus.failures()
    assert (failures.listener, failures.errors, failures.last_error) == (
        "failing",
        3,
        "ZeroDivisionError: 2",
    )
    # told when the words change, with the traceback
    assert len(expected_errors) == 2
    assert "raise ZeroDivisionError" in caplog.text


def test_a_fact_that_a_listener_publishes_comes_after_the_present_one_for_everybody() -> None:
    bus, heard = EventBus(), list[Event]()
    answer = TradingResumed("paper", "default", None, AT)
    bus.subscribe(TradingHalted, lambda _: bus.publish(answer))
    bus.subscribe_all(heard.append)
    bus.publish(halted(1))
    assert heard == [halted(1), answer]


def test_listeners_that_answer_one_another_for_ever_are_cut_off_and_told_of(
    expected_errors: list[str],
) -> None:
    bus, heard = EventBus(), list[Event]()
    bus.subscribe_all(bus.publish)
    bus.subscribe_all(heard.append)
    bus.publish(halted(1))
    assert (len(heard), bus.dropped) == (MOST_NESTED, 1)
    assert len(expected_errors) == 1
    bus.publish(halted(2))
    assert heard[MOST_NESTED] == halted(2)


def test_a_flood_of_answers_to_one_fact_is_bounded(expected_errors: list[str]) -> None:
    bus = EventBus()

    def flood(_: TradingHalted) -> None:
        for _number in range(MOST_NESTED + 7):
            bus.publish(TradingResumed("paper", "default", None, AT))

    bus.subscribe(TradingHalted, flood)
    bus.publish(halted(1))
    assert bus.published + bus.dropped == MOST_NESTED + 8
    assert bus.dropped > 0
    assert expected_errors


def test_facts_of_many_threads_reach_all_listeners_in_one_order() -> None:
    bus, first, second = EventBus(), list[Event](), list[Event]()
    bus.subscribe_all(first.append)
    bus.subscribe_all(second.append)
    ready = threading.Barrier(8)

    def tell(thread: int) -> None:
        ready.wait(timeout=20)
        for number in range(500):
            bus.publish(halted(thread * 1_000 + number))

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert first == second
    assert len(first) == 4_000
    for thread in range(8):
        numbers = [int(event.reason) for event in first if isinstance(event, TradingHalted)]
        own = [number for number in numbers if number // 1_000 == thread]
        assert own == sorted(own)


def test_subscribing_while_others_publish_loses_nobody() -> None:
    bus, stop = EventBus(), threading.Event()

    def tell() -> None:
        while not stop.is_set():
            bus.publish(halted(1))

    teller = threading.Thread(target=tell)
    teller.start()
    for _ in range(200):
        heard: list[Event] = []
        end = bus.subscribe_all(heard.append)
        bus.publish(halted(2))
        end()
        known = len(heard)
        assert halted(2) in heard
        assert len(heard) == known
    stop.set()
    teller.join(timeout=20)
    assert bus.failures() == ()
