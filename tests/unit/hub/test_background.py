"""Background: long work beside the Tk thread."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from powertrader.core.exceptions import BadData, PowerTraderError
from powertrader.hub.background import WORKERS, Background


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def delivered(background: Background, condition: Callable[[], object]) -> None:
    ends_s = time.monotonic() + 10
    while not condition() and time.monotonic() < ends_s:
        background.deliver()
        time.sleep(0.001)
    assert condition()


def test_answers_come_in_the_thread_that_delivers(background: Background) -> None:
    threads: list[int] = []
    background.ask("a", threading.get_ident, threads.append, failed)
    delivered(background, lambda: threads)
    assert threads[0] != threading.get_ident()
    assert background.waiting == 0


def test_an_error_of_ours_is_told_to_who_asked(background: Background) -> None:
    told: list[PowerTraderError] = []

    def work() -> None:
        msg = "file x is damaged"
        raise BadData(msg)

    background.ask("a", work, lambda _: None, told.append)
    delivered(background, lambda: told)
    assert str(told[0]) == "file x is damaged"


def test_any_other_error_is_raised_where_it_is_seen(background: Background) -> None:
    background.ask("a", lambda: 1 // 0, lambda _: None, failed)
    with pytest.raises(ZeroDivisionError):
        delivered(background, lambda: False)


def test_a_newer_question_replaces_an_older_one_of_its_key(background: Background) -> None:
    go_on = threading.Event()
    told: list[object] = []
    background.ask("chart", lambda: go_on.wait(10) and "old", told.append, failed)
    background.ask("chart", lambda: "new", told.append, failed)
    delivered(background, lambda: told)
    go_on.set()
    background.ask("other", lambda: "other", told.append, failed)
    delivered(background, lambda: len(told) == 2)
    assert told == ["new", "other"]


def test_a_wish_of_the_user_waits_for_nothing_that_takes_long(background: Background) -> None:
    go_on = threading.Event()
    told: list[object] = []
    for number in range(WORKERS + 1):
        background.ask(f"chart {number}", lambda: go_on.wait(10) and "chart", told.append, failed)
    background.ask("wish.pause", lambda: "paused", told.append, failed, is_wish=True)
    delivered(background, lambda: told)
    go_on.set()
    assert told == ["paused"]


def test_what_is_forgotten_is_not_answered(background: Background) -> None:
    told: list[object] = []
    background.ask("a", lambda: "first", told.append, failed)
    background.forget("a")
    background.ask("b", lambda: "second", told.append, failed)
    delivered(background, lambda: told)
    assert told == ["second"]


def failed(error: PowerTraderError) -> None:
    raise error
