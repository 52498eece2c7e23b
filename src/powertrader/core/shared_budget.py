"""A request budget in a small file that all processes on this computer share."""

import json
import logging
import math
import threading
from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.budget_window import (
    BudgetCount,
    BudgetLimits,
    at_time,
    granted,
    is_sound,
    paused,
    reported,
)
from powertrader.core.clock import Clock
from powertrader.core.exceptions import StorageError
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import WaitingLock

log = logging.getLogger(__name__)

LONGEST_LOCK_WAIT_S: Final = 0.5
"""The file is held for less than a millisecond; a process that was halted meanwhile must not stop orders."""
_RECORD_LENGTH: Final = 256
_FIELDS: Final = 7
_WHOLE: Final = (0, 1, 3, 4)
"""The places of the numbers that have no fraction."""


class SharedBudget:
    """A RequestBudget that all processes share through one file.

    The file is never a reason to stop: one that is damaged or missing starts anew, one that cannot be
    locked or written leaves each process with its own count, and so is tried again in the next window.
    """

    def __init__(self, path: Path, wall: Clock, limits: BudgetLimits) -> None:
        """Bind the file; nothing is opened yet."""
        self._path = path
        self._wall = wall
        self._limits = limits
        self._store = FileStore()
        self._lock = WaitingLock(path.with_name(f"{path.name}.lock"), LONGEST_LOCK_WAIT_S)
        self._threads = threading.Lock()
        self._count = BudgetCount()
        self._alone_in: int | None = None
        self._told = False
        self._asked_in = -1

    def acquire(self, weight: int, *, order: bool = False) -> None:
        """Return when a request of this weight may be sent; orders may use what is kept in reserve.

        Spreads requests out when the limit is near. Raises RateLimitError, naming the time to wait, when
        only orders may be sent or the venue asked for a pause.
        """
        wait_s = 0.0

        def take(count: BudgetCount, now_s: float) -> BudgetCount:
            nonlocal wait_s
            grant = granted(count, self._limits, now_s, weight, order=order)
            wait_s = grant.wait_s
            return grant.count

        self._asked_in = self._change(take).window
        if wait_s > 0:
            self._wall.sleep(wait_s)

    def report(self, used: int) -> None:
        """Take over what the venue says was used in the present window.

        An answer to a request of an earlier window counts that one, and is no news.
        """
        if self._asked_in == int(self._now_s() // self._limits.window_s):
            self._change(lambda count, now_s: reported(count, self._limits, now_s, used))

    def pause_until(self, moment: datetime) -> None:
        """Let no process send anything before this aware time."""
        self._change(lambda count, now_s: paused(count, self._limits, now_s, moment.timestamp()))

    def used(self) -> int:
        """Give the weight that was used in the present window, as far as this process knows."""
        return at_time(self._count, self._limits, self._now_s()).used

    def _now_s(self) -> float:
        return self._wall.now().timestamp()

    def _change(self, change: Callable[[BudgetCount, float], BudgetCount]) -> BudgetCount:
        with self._threads:
            now_s = self._now_s()
            if self._alone_in == int(now_s // self._limits.window_s):
                self._count = change(self._count, now_s)
                return self._count
            try:
                with self._lock.held():
                    self._change_shared(change, now_s)
            except StorageError as error:
                self._go_alone(now_s, error)
                self._count = change(self._count, now_s)
            else:
                self._alone_in, self._told = None, False
            return self._count

    def _change_shared(self, change: Callable[[BudgetCount, float], BudgetCount], now_s: float) -> None:
        found = self._read(now_s)
        # kept also when the change is refused: a pause that was moved along with the clock must stay there
        self._count = at_time(found, self._limits, now_s)
        try:
            self._count = change(self._count, now_s)
        finally:
            if self._count != found:
                self._write()

    def _read(self, now_s: float) -> BudgetCount:
        return read_count(self._store, self._path, now_s)

    def _write(self) -> None:
        text = json.dumps(astuple(self._count)).ljust(_RECORD_LENGTH - 1) + "\n"
        content = text.encode("ascii")
        try:
            # in place, because that works on a full disk as well
            self._store.overwrite(self._path, content)
        except StorageError:
            self._store.write_bytes(self._path, content)

    def _go_alone(self, now_s: float, error: StorageError) -> None:
        self._alone_in = int(now_s // self._limits.window_s)
        if not self._told:
            self._told = True
            log.warning("request budget not shared, this process counts alone", extra={"reason": str(error)})


def read_count(store: FileStore, path: Path, now_s: float) -> BudgetCount:
    """Give what a file says was used, nothing for one that is damaged or missing. Raises StorageError."""
    content = store.read_bytes(path)
    found = None if content is None else _parsed(content)
    return found if found is not None and is_sound(found, now_s) else BudgetCount()


def _parsed(content: bytes) -> BudgetCount | None:
    """Give the count in a file, None when there is none that makes sense."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or len(found) != _FIELDS:
        return None
    for place, number in enumerate(found):
        kinds = (int,) if place in _WHOLE else (int, float)
        if type(number) not in kinds or not math.isfinite(number):
            return None
    return BudgetCount(*found)
