"""Laws of what a supervisor does about workers that ended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.process_policy import (
    HEALTHY_S,
    LONGEST_PAUSE_S,
    WorkerEnd,
    after_end,
    after_start,
    is_due,
    state_after,
)
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
IDENTITY: Final = ProcessIdentity(7, 1.0, 1.0)
CRASH: Final = WorkerEnd(-9, asked=False)
BLANK: Final = ProcessRecord("trader", WorkerState.WAITING, None, "options", START, START)
ENDS: Final = st.builds(
    WorkerEnd,
    st.none() | st.integers(-64, 255),
    asked=st.booleans(),
    in_order=st.booleans(),
    foreign=st.booleans(),
)
SPANS: Final = st.floats(0, 1e7).map(lambda seconds: timedelta(seconds=seconds))


def crashed(times: int, ran: timedelta = timedelta(seconds=1)) -> ProcessRecord:
    """A worker that crashed so often, after having run for so long each time."""
    record, now = BLANK, START
    for _ in range(times):
        record = after_start(record, IDENTITY, "options", now)
        now += ran
        record = after_end(record, CRASH, now)
        now += timedelta(seconds=record.retry_s)
    return record


def test_pauses_after_crashes_double_up_to_a_minute() -> None:
    assert [crashed(times).retry_s for times in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@given(failures=st.integers(0, 10**9))
def test_a_pause_is_never_shorter_than_a_second_nor_longer_than_a_minute(failures: int) -> None:
    running = after_start(replace(BLANK, failures=failures), IDENTITY, "options", START)
    assert 1 <= after_end(running, CRASH, START).retry_s <= LONGEST_PAUSE_S


@given(times=st.integers(1, 30))
def test_quick_crashes_add_up_and_a_long_run_forgives_them(times: int) -> None:
    assert crashed(times).failures == times
    assert crashed(times, timedelta(seconds=HEALTHY_S)).failures == 1


@given(end=ENDS, ran=SPANS)
def test_what_somebody_asked_for_is_never_undone(end: WorkerEnd, ran: timedelta) -> None:
    running = after_start(BLANK, IDENTITY, "options", START)
    record = after_end(running, replace(end, asked=True), START + ran)
    assert record.state is WorkerState.STOPPED
    assert not is_due(record, START + ran + timedelta(days=400), settings_changed=True)


@given(end=ENDS, ran=SPANS)
def test_an_ended_worker_is_not_named_as_running_any_more(end: WorkerEnd, ran: timedelta) -> None:
    record = after_end(after_start(BLANK, IDENTITY, "options", START), end, START + ran)
    assert record.identity is None
    assert record.state is not WorkerState.RUNNING
    assert record.exit_code == end.exit_code


@given(times=st.integers(1, 12), waited=st.floats(0, 120))
def test_a_crashed_worker_is_started_after_its_pause_and_not_before(times: int, waited: float) -> None:
    record = crashed(times)
    due = is_due(record, record.at + timedelta(seconds=waited), settings_changed=False)
    assert due == (timedelta(seconds=waited) >= timedelta(seconds=record.retry_s))


@given(back=st.floats(0.001, 1e6))
def test_a_clock_that_is_set_back_makes_nobody_wait(back: float) -> None:
    record = crashed(3)
    assert is_due(record, record.at - timedelta(seconds=back), settings_changed=False)


def test_wrong_settings_are_tried_again_when_they_change_and_otherwise_rarely() -> None:
    running = after_start(BLANK, IDENTITY, "options", START)
    record = after_end(running, WorkerEnd(2, asked=False), START)
    soon = START + timedelta(seconds=5)
    assert record.state is WorkerState.REFUSED
    assert not is_due(record, soon, settings_changed=False)
    assert is_due(record, soon, settings_changed=True)
    assert is_due(record, START + timedelta(seconds=LONGEST_PAUSE_S), settings_changed=False)


def test_the_end_of_a_worker_is_told_by_its_exit_code() -> None:
    found = {code: state_after(WorkerEnd(code, asked=False)) for code in (0, 1, 2, 3, 130, -2, -9, -11, -15)}
    stopped, crash = WorkerState.STOPPED, WorkerState.CRASHED
    assert found == {
        0: stopped,
        1: crash,
        2: WorkerState.REFUSED,
        3: crash,
        130: stopped,
        -2: stopped,
        -9: crash,
        -11: crash,
        -15: stopped,
    }


def test_without_an_exit_code_the_last_heartbeat_tells_how_it_ended() -> None:
    assert state_after(WorkerEnd(None, asked=False, in_order=True)) is WorkerState.STOPPED
    assert state_after(WorkerEnd(None, asked=False)) is WorkerState.CRASHED


def test_our_own_worker_takes_the_place_of_one_that_was_started_by_hand_and_has_ended() -> None:
    end = WorkerEnd(None, asked=False, in_order=True, foreign=True)
    assert state_after(end) is WorkerState.WAITING
    record = after_end(after_start(BLANK, IDENTITY, "", START), end, START)
    assert is_due(record, START + timedelta(seconds=1), settings_changed=False)
