"""Work that may take long, beside the Tk thread; its answer comes back on the Tk thread."""

import logging
import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from powertrader.core.exceptions import PowerTraderError

WORKERS: Final = 2
"""How many pieces of work go on at once."""
Found = TypeVar("Found")
log = logging.getLogger(__name__)


class Background:
    """Two threads for what blocks. For the Tk thread, which calls `deliver` again and again."""

    def __init__(self) -> None:
        """Start no thread before there is work."""
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="hub-background")
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._newest: dict[str, Future[None]] = {}
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many pieces of work have no answer yet."""
        return sum(not one.done() for one in self._newest.values())

    def ask(
        self,
        key: str,
        work: Callable[[], Found],
        done: Callable[[Found], None],
        failed: Callable[[PowerTraderError], None],
    ) -> None:
        """Do work, then call done with what it gave, or failed with the error it raised.

        What was asked before under the same key is not answered any more, and not done if it still
        waits. An error that is none of ours is raised by `deliver`.
        """
        if self._closed:
            return
        before = self._newest.get(key)
        if before is not None:
            before.cancel()
        holder: list[Future[None]] = []

        def is_newest() -> bool:
            return bool(holder) and self._newest.get(key) is holder[0]

        def attempt() -> None:
            try:
                found = work()
            except PowerTraderError as error:
                self._answers.put(partial(_if, is_newest, partial(failed, error)))
            except BaseException as error:
                self._answers.put(partial(_raise, error))
                raise
            else:
                self._answers.put(partial(_if, is_newest, partial(done, found)))

        # the answer may come before submit returns: it is looked at by this thread only, later
        holder.append(self._pool.submit(attempt))
        self._newest[key] = holder[0]

    def forget(self, key: str) -> None:
        """Give no answer to what was asked under a key."""
        before = self._newest.pop(key, None)
        if before is not None:
            before.cancel()

    def deliver(self) -> None:
        """Call done and failed for what has been answered; what these raise is raised here."""
        while True:
            try:
                answer = self._answers.get_nowait()
            except queue.Empty:
                return
            answer()

    def close(self) -> None:
        """Begin nothing more; what is being done ends by itself and is not answered."""
        self._closed = True
        self._newest.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _if(wanted: Callable[[], bool], act: Callable[[], None]) -> None:
    if wanted():
        act()


def _raise(error: BaseException) -> None:
    raise error
