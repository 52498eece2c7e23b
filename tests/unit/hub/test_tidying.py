"""Tidying: Tk's things are freed by the Tk thread, whichever thread made Python look for what can go."""

import gc
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from powertrader.hub.tidying import Tidying

PROGRAM = """
import gc, sys, threading, time, tkinter as tk
from powertrader.hub.tidying import Tidying

root = tk.Tk()
if sys.argv[1] == "tidy":
    Tidying(root).start()
made = []

def make():
    for _ in range(200):
        a, b = [tk.StringVar(root)], []
        a.append(b); b.append(a)

def busy():
    # as a reader of many files does
    while not made:
        [[] for _ in range(5000)]

thread = threading.Thread(target=busy)
thread.start()
ends = time.monotonic() + 0.4
while time.monotonic() < ends:
    make(); root.update()
made.append(1)
thread.join()
print("alive")
"""


@pytest.fixture
def tidying(root: tk.Tk) -> Iterator[Tidying]:
    made = Tidying(root)
    made.start()
    yield made
    made.stop()


def test_python_frees_nothing_by_itself_while_the_window_is_open(tidying: Tidying) -> None:
    assert not gc.isenabled()
    tidying.stop()
    assert gc.isenabled()


def test_things_that_refer_to_one_another_are_freed_within_seconds(
    tidying: Tidying, wait_until: Callable[..., None]
) -> None:
    class Thing:
        alive = 0

        def __init__(self) -> None:
            Thing.alive += 1
            self.itself = self

        def __del__(self) -> None:
            Thing.alive -= 1

    Thing()
    assert Thing.alive == 1
    wait_until(lambda: Thing.alive == 0)


def test_tk_variables_survive_a_busy_thread(display: str) -> None:
    command = [sys.executable, "-c", PROGRAM, "tidy"]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (found.stdout, found.returncode) == ("alive\n", 0), found.stderr
