"""Ctrl-C as a wish: what is being done is finished before a command ends."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c() -> Iterator[list[int]]:
    """Let Ctrl-C fill a list instead of breaking off in the middle; an empty list means go on."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
