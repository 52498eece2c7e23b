"""What the window says of processes, in plain words: how one is, when it comes back, how it ended. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from powertrader.core.process_stop import UNUSUAL, Ending
from powertrader.hub.text import text
from powertrader.models.process import ProcessRecord
from powertrader.models.snapshot import ProcessState, ProcessView

_COMES_BACK: Final = frozenset({ProcessState.CRASHED, ProcessState.REFUSED})


def process_words(view: ProcessView, now: datetime) -> str:
    """Say how a process is, with its number while it runs, and when it starts again otherwise."""
    words = text(f"workers.state.{view.state.value}")
    if view.pid is not None:
        return text("workers.running", state=words, pid=view.pid)
    left_s = starts_in_s(view.record, now) if view.state in _COMES_BACK else None
    return words if left_s is None else text("workers.comes_back", state=words, seconds=round(left_s))


def starts_in_s(record: ProcessRecord | None, now: datetime) -> float | None:
    """Give after how many seconds a worker that ended is started again, None when nobody will."""
    if record is None or not record.retry_s:
        return None
    waited_s = (now - record.at).total_seconds()
    # a clock that was set back makes no pause longer
    return max(0.0, record.retry_s - waited_s) if waited_s >= 0 else record.retry_s


def ending_words(endings: Mapping[str, Ending]) -> tuple[str, bool]:
    """Say how workers ended, and whether all of them did so in order."""
    if not endings:
        return text("workers.nothing_runs"), True
    odd = [process for process, ending in endings.items() if ending in UNUSUAL]
    if not odd:
        return text("workers.all_ended", processes=_listed(list(endings))), True
    told = [
        text(f"workers.ending.{endings[process].name.lower()}", process=_name(process)) for process in odd
    ]
    return " ".join(told), False


def _listed(processes: list[str]) -> str:
    names = [_name(process) for process in processes]
    return names[0] if len(names) == 1 else text("workers.and", some=", ".join(names[:-1]), last=names[-1])


def _name(process: str) -> str:
    return text(f"workers.name.{process}")
