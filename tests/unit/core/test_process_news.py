"""ProcessNews: what a supervisor's records say that is new."""

from dataclasses import replace

from powertrader.core.clock import ManualClock
from powertrader.core.process_news import ProcessNews
from powertrader.models.events import Event, WorkerCrashed, WorkerStarted
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState
from tests.unit.core.event_cases import AT

RUNS = ProcessRecord("thinker", WorkerState.RUNNING, ProcessIdentity(7, 1.0, 1.0), "", AT, AT)
CRASHED = replace(
    RUNS, state=WorkerState.CRASHED, identity=None, exit_code=-9, last_output=("one", "two"), retry_s=2.0
)
STOPPED = replace(RUNS, state=WorkerState.STOPPED, identity=None, exit_code=0)


def told(*records: ProcessRecord) -> list[Event]:
    heard: list[Event] = []
    news = ProcessNews(heard.append, ManualClock(AT))
    for record in records:
        news.tell(record)
    return heard


def test_a_worker_that_runs_is_told_of_once() -> None:
    assert told(RUNS, replace(RUNS, restarts=1)) == [WorkerStarted("thinker", 7, restarted=False, at=AT)]


def test_a_crash_and_the_start_after_it_are_told() -> None:
    again = replace(RUNS, identity=ProcessIdentity(8, 2.0, 2.0))
    assert told(RUNS, CRASHED, again) == [
        WorkerStarted("thinker", 7, restarted=False, at=AT),
        WorkerCrashed("thinker", 7, -9, "two", 2.0, AT),
        WorkerStarted("thinker", 8, restarted=True, at=AT),
    ]


def test_a_worker_that_was_stopped_has_not_crashed() -> None:
    again = replace(RUNS, identity=ProcessIdentity(8, 2.0, 2.0))
    assert [type(event) for event in told(RUNS, STOPPED)] == [WorkerStarted]
    assert told(RUNS, CRASHED, STOPPED, again)[-1] == WorkerStarted("thinker", 8, restarted=False, at=AT)


def test_a_worker_that_never_came_up_is_told_of_without_a_number() -> None:
    refused = replace(CRASHED, state=WorkerState.REFUSED, exit_code=2, last_output=())
    assert told(refused) == [WorkerCrashed("thinker", 0, 2, "nothing", 2.0, AT)]
