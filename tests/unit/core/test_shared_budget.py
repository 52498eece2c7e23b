"""A request budget: what passes, what waits, what is refused, and what several processes make of it."""

import itertools
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import ManualClock, SystemClock
from powertrader.core.exceptions import RateLimitError
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.storage_lock import WaitingLock

START: Final = datetime(2024, 3, 4, 12, 0, 5, tzinfo=UTC)
LIMITS: Final = BudgetLimits(weight=1000, window_s=60, orders=10)


class Sleeper(ManualClock):
    """A clock that can also be set back, and remembers how long was waited."""

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
        self.slept_s = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        super().sleep(seconds)

    def set_to(self, moment: datetime) -> None:
        self._now = moment


@pytest.fixture
def clock() -> Sleeper:
    return Sleeper()


@pytest.fixture
def make(tmp_path: Path, clock: Sleeper) -> Callable[[], SharedBudget]:
    """Give what a new process would open."""
    return lambda: SharedBudget(tmp_path / "budget" / "venue.json", clock, LIMITS)


def spend(budget: SharedBudget, weight: int) -> None:
    """Let the venue say that so much is used."""
    budget.acquire(1)
    budget.report(weight)


def test_requests_below_the_slow_share_pass_at_once(make: Callable[[], SharedBudget], clock: Sleeper) -> None:
    budget = make()
    for _ in range(80):
        budget.acquire(10)
    assert clock.slept_s == 0
    assert budget.used() == 800


def test_what_one_process_uses_counts_for_the_other(make: Callable[[], SharedBudget]) -> None:
    first, second = make(), make()
    first.acquire(900)
    with pytest.raises(RateLimitError, match=r"95 % of the venue's 1000 in 60 s is used; try again in 55 s"):
        second.acquire(100)
    second.acquire(100, order=True)
    assert second.used() == 1000


def test_requests_near_the_limit_are_spread_over_the_rest_of_the_window(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    budget = make()
    spend(budget, 800)
    times = []
    for _ in range(15):
        budget.acquire(10)
        times.append((clock.now() - START).total_seconds())
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert min(gaps) > 3
    assert times[-1] < 55
    with pytest.raises(RateLimitError):
        budget.acquire(10)


def test_two_processes_near_the_limit_take_turns(make: Callable[[], SharedBudget], clock: Sleeper) -> None:
    first, second = make(), make()
    spend(first, 800)
    first.acquire(30)
    first.acquire(30)
    after_first = clock.slept_s
    second.acquire(30)
    assert clock.slept_s > after_first


def test_orders_use_the_reserve_and_never_wait_but_keep_the_limit(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    budget = make()
    spend(budget, 990)
    budget.acquire(5, order=True)
    assert clock.slept_s == 0
    with pytest.raises(RateLimitError, match=r"all of the venue's 1000") as caught:
        budget.acquire(6, order=True)
    assert caught.value.retry_after_s == 55


def test_so_many_orders_in_ten_seconds_are_the_limit(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    first, second = make(), make()
    for budget in (first, second) * 5:
        budget.acquire(1, order=True)
    with pytest.raises(RateLimitError, match="10 orders in 10 s are the limit") as caught:
        first.acquire(1, order=True)
    first.acquire(1)
    clock.sleep(caught.value.retry_after_s)
    first.acquire(1, order=True)


def test_a_new_window_begins_at_nothing(make: Callable[[], SharedBudget], clock: Sleeper) -> None:
    budget = make()
    spend(budget, 1000)
    clock.sleep(55)
    budget.acquire(500)
    assert budget.used() == 500


def test_the_venue_corrects_upwards_only(make: Callable[[], SharedBudget]) -> None:
    budget = make()
    budget.acquire(100)
    budget.report(40)
    assert budget.used() == 100
    budget.report(300)
    assert budget.used() == 300


def test_an_answer_to_a_request_of_the_last_window_is_no_news(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    budget = make()
    budget.acquire(10)
    clock.sleep(60)
    budget.report(999)
    assert budget.used() == 0


def test_a_pause_holds_every_process_and_every_kind_of_request(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    first, second = make(), make()
    first.pause_until(clock.now() + timedelta(minutes=2))
    first.pause_until(clock.now() + timedelta(seconds=1))
    for order in (False, True):
        with pytest.raises(RateLimitError, match="asked for a pause") as caught:
            second.acquire(1, order=order)
        assert caught.value.retry_after_s == 120
    clock.sleep(120)
    second.acquire(1)


def test_a_clock_that_was_set_back_keeps_what_was_used_and_the_length_of_a_pause(
    make: Callable[[], SharedBudget], clock: Sleeper
) -> None:
    budget = make()
    spend(budget, 700)
    budget.pause_until(clock.now() + timedelta(seconds=30))
    clock.set_to(START - timedelta(days=30))
    assert budget.used() == 700
    with pytest.raises(RateLimitError) as caught:
        make().acquire(1)
    assert caught.value.retry_after_s == 30
    clock.sleep(61)
    make().acquire(1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 256,
        b"nonsense",
        b"[1, 2]",
        b'{"used": 5}',
        b'[1, "2", 0.0, 4, 5, 0.0, 0.0]',
        b"[1, true, 0.0, 4, 5, 0.0, 0.0]",
        b"[1, 2, NaN, 4, 5, 0.0, 0.0]",
        b"[1, -2, 0.0, 4, 5, 0.0, 0.0]",
        b"[1, 2, 0.0, 4, 5, 0.0, 1e300]",
    ],
)
def test_a_damaged_file_starts_anew(make: Callable[[], SharedBudget], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "budget" / "venue.json"
    path.parent.mkdir()
    path.write_bytes(content)
    budget = make()
    budget.acquire(7)
    assert budget.used() == 7
    assert json.loads(path.read_bytes())[1] == 7


@given(content=st.binary(max_size=300))
def test_no_file_content_stops_a_request(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("budget") / "venue.json"
    path.write_bytes(content)
    SharedBudget(path, Sleeper(), LIMITS).acquire(1, order=True)


def test_a_budget_that_cannot_be_written_leaves_each_process_its_own_count(
    make: Callable[[], SharedBudget], tmp_path: Path, caplog: pytest.LogCaptureFixture, clock: Sleeper
) -> None:
    (tmp_path / "budget").write_text("a file in the place of the folder")
    budget = make()
    for _ in range(3):
        budget.acquire(300)
    assert [record.message for record in caplog.records] == [
        "request budget not shared, this process counts alone"
    ]
    assert budget.used() == 900
    with pytest.raises(RateLimitError):
        budget.acquire(300)
    budget.acquire(100, order=True)
    clock.sleep(60)
    (tmp_path / "budget").unlink()
    budget.acquire(5)
    assert make_used(make) == 5


def make_used(make: Callable[[], SharedBudget]) -> int:
    """Give what a process that just started knows to be used, its own request of 0 included."""
    budget = make()
    budget.acquire(0)
    return budget.used()


def test_a_lock_that_a_halted_process_holds_does_not_stop_orders(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "venue.json"
    budget = SharedBudget(path, SystemClock(), LIMITS)
    with WaitingLock(tmp_path / "venue.json.lock", 1.0).held():
        budget.acquire(1, order=True)
    assert "not free" in str(getattr(caplog.records[0], "reason", ""))


def test_limits_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        BudgetLimits(weight=0, window_s=60)


def _use(path: Path, times: int, *, then_die: bool) -> None:
    budget = SharedBudget(path, ManualClock(START), BudgetLimits(10**6, 60))
    for _ in range(times):
        budget.acquire(3)
    if then_die:
        with budget._lock.held():  # a process that dies inside is the case
            os.kill(os.getpid(), signal.SIGKILL)


def test_processes_at_the_same_time_lose_no_request_and_a_killed_one_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "venue.json"
    # spawned, because a fork would take the threads' locks of this process along
    process = multiprocessing.get_context("spawn").Process
    workers = [process(target=_use, args=(path, 150), kwargs={"then_die": dies}) for dies in (False, True)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    budget = SharedBudget(path, ManualClock(START), BudgetLimits(10**6, 60))
    budget.acquire(1)
    assert budget.used() == 901
