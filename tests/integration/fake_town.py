"""A worker for tests of the window's hand on the processes: python fake_town.py PROCESS HOME ARGUMENTS.

It holds its lock, beats, and ends in order when it is asked. A thinker tells that all coins have signals
once HOME/ready is there. Each start leaves a line in HOME/PROCESS.starts.
"""

import os
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from powertrader.core.clock import SystemClock
from powertrader.core.loop import Alarm, Loop, LoopPorts, stopped_by_signals
from powertrader.core.mailbox import HEARTBEAT, THINKER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.stop_request import stopped_by_request
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.status import ThinkerReport

LOOK_S = 0.05


def work(process: str, paths: HomePaths, mode: str) -> None:
    """Work until somebody wants it to end."""
    store = FileStore(paths.data)
    mailbox, alarm = Mailbox(store, paths), Alarm()

    def step() -> None:
        now = datetime.now(UTC)
        if (paths.root / "ready").exists() and process == "thinker":
            told = ThinkerReport(now, now, now, "real_predictions", (), ("BTC",), ())
            mailbox.publish(paths.thinker_report, THINKER, told)

    with (
        exclusive(paths.process_lock(process)),
        stopped_by_signals(alarm),
        stopped_by_request(alarm, paths.stop_request(process), store, mailbox, os.getpid()),
    ):
        path = paths.heartbeat(process)
        ports = LoopPorts(SystemClock(), alarm, lambda beat: mailbox.publish(path, HEARTBEAT, beat))
        Loop(process, mode, ports).run(step, lambda: LOOK_S)


def main(process: str, home: Path, arguments: list[str]) -> int:
    """Work, and give the exit code."""
    with (home / f"{process}.starts").open("a") as starts:
        starts.write(f"{' '.join(arguments)}\n")
    given = dict(pairwise(arguments))
    work(process, HomePaths(home), given.get("--mode", "paper"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
