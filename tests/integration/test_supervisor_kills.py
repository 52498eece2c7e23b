"""Supervisors killed at random moments: the worker goes on, is adopted, and there are never two of it.

PT_SOAK_ROUNDS raises the number of killed supervisors.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from powertrader.core.process_identity import holder_of
from tests.integration.test_process_manager import PROGRAM, Town

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "3"))
LATEST_KILL_S: Final = 1.2
"""By then a supervisor has started its worker, noted it, and looked at it several times."""
SUPERVISOR: Final = """
import sys, time
from pathlib import Path
from tests.integration.test_process_manager import Town
town = Town(Path(sys.argv[1]))
print("begins", flush=True)
town.start("steady")
while True:
    town.manager.watch()
    time.sleep(0.01)
"""


def workers(home: Path) -> list[int]:
    """Give the processes that work for a home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if str(PROGRAM) in line and str(home) in line:
            found.append(process.pid)
    return found


def looked_after(town: Town) -> int | None:
    """Give the process that the supervisor takes for its worker."""
    town.manager.watch()
    return town.record.identity.pid if town.record.identity else None


def killed_supervisor(home: Path, after_s: float) -> None:
    """Run a supervisor that is killed so long after its first deed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = (sys.executable, "-W", "ignore", "-c", SUPERVISOR, str(home))
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(after_s)
        process.kill()


def test_a_supervisor_killed_at_any_moment_leaves_one_worker_that_the_next_one_adopts(tmp_path: Path) -> None:
    chance = random.Random(4)
    town = Town(tmp_path)
    last = None
    try:
        for _ in range(ROUNDS):
            killed_supervisor(tmp_path, chance.uniform(0.0, LATEST_KILL_S))
            holder = holder_of(town.paths.process_lock("thinker"))
            # one that works is never replaced by a supervisor that comes or goes
            assert last is None or (holder is not None and holder.pid == last)
            last = None if holder is None else holder.pid
        town.start("steady")
        # one that lost the race for the lock is on its way out
        town.until(lambda: workers(tmp_path) == [looked_after(town)])
    finally:
        town.manager.stop_all()
    assert workers(tmp_path) == []
