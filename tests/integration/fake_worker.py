"""A worker for tests of the supervisor: python fake_worker.py BEHAVIOUR HOME, or one that supervises others.

steady   holds its lock, beats and ends in order when it is asked
deaf     holds its lock and ends for nothing but SIGKILL
crashes  says why and ends with exit code 1
refuses  ends with exit code 2 while the file `broken` lies in its home, as with wrong settings
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from powertrader.core.clock import SystemClock
from powertrader.core.exceptions import ConfigError
from powertrader.core.loop import Alarm, Loop, LoopPorts, stopped_by_signals
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.stop_request import stopped_by_request
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive

NAME = "thinker"


def say(text: object) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def steady(paths: HomePaths) -> None:
    """Work until somebody wants it to end."""
    store = FileStore(paths.data)
    mailbox, alarm = Mailbox(store, paths), Alarm()
    with (
        exclusive(paths.process_lock(NAME)),
        stopped_by_signals(alarm),
        stopped_by_request(alarm, paths.stop_request(NAME), store, mailbox, os.getpid()),
    ):
        say(f"works {os.getpid()}")
        ports = LoopPorts(
            SystemClock(), alarm, lambda beat: mailbox.publish(paths.heartbeat(NAME), HEARTBEAT, beat)
        )
        Loop(NAME, "", ports).run(lambda: None, lambda: 0.2)


def deaf(paths: HomePaths) -> None:
    """Hang."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with exclusive(paths.process_lock(NAME)):
        say(f"works {os.getpid()}")
        while True:
            time.sleep(1)


def main(behaviour: str, home: Path) -> int:
    """Behave, and give the exit code."""
    paths = HomePaths(home)
    if behaviour == "crashes":
        say(f"the roof fell in at {datetime.now(UTC):%H:%M}, key=verysecret")
        return 1
    if behaviour == "refuses" and (home / "broken").exists():
        say("powertrader: thinker.colour is no setting")
        return 2
    try:
        (deaf if behaviour == "deaf" else steady)(paths)
    except ConfigError as error:
        say(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
