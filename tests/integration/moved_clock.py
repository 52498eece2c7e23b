"""Runs `powertrader` with a wall clock that another process can move.

A program: the first argument is a file with the seconds by which the clock is moved now, the others are
the command's. The file is looked at all the time; steps, heartbeats and logs see the clock jump, while
the monotonic clock goes on as it does on a machine whose time is set.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import time_machine

LOOK_EVERY_S: Final = 0.02


def offset_in(path: Path) -> float:
    """Give the seconds by which the clock is to be moved."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return float(text) if text else 0.0


@contextmanager
def moving(path: Path) -> Iterator[None]:
    """Let the wall clock of this process be moved by what stands in a file, until the block ends."""
    moved_s = offset_in(path)
    with time_machine.travel(datetime.now(UTC).timestamp() + moved_s, tick=True) as traveller:
        ended = threading.Event()

        def follow() -> None:
            nonlocal moved_s
            while not ended.wait(LOOK_EVERY_S):
                wanted_s = offset_in(path)
                if wanted_s != moved_s:
                    traveller.shift(wanted_s - moved_s)
                    moved_s = wanted_s

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()


def main() -> int:
    """Run the command, and give its exit code."""
    path, arguments = Path(sys.argv[1]), sys.argv[2:]
    with moving(path):
        # imported late: what is imported before the journey would keep the true clock
        from powertrader.cli.main import main as command  # noqa: PLC0415

        return command(arguments)


if __name__ == "__main__":
    sys.exit(main())
