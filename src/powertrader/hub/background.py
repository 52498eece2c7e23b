"""Work that may take long, beside the Tk thread; its answer comes back on the Tk thread."""

import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from typing import Any, Final, TypeVar

from powertrader.core.exceptions import PowerTraderError

WORKERS: Final = 2
"""How many pieces of work go on at once."""
WISHES: Final = 4
"""How many of those that do not wait for others go on at once."""
Found = TypeVar("Found")


class Background:
    """Threads for what blocks. For the Tk thread, which calls `deliver` again and again."""

    def __init__(self) -> None:
        """Start no thread before there is work."""
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="hub-background")
        self._wishes = ThreadPoolExecutor(WISHES, thread_name_prefix="hub-wish")
        self._turns = ThreadPoolExecutor(1, thread_name_prefix="hub-turns")
        self._numbers = count()
        self._ended: queue.SimpleQueue[tuple[str, Future[Any]]] = queue.SimpleQueue()
        self._asked: dict[str, tuple[Future[Any], Callable[[Future[Any]], None]]] = {}
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many pieces of work have no answer yet."""
        return len(self._asked)

    def ask(
        self,
        key: str,
        work: Callable[[], Found],
        done: Callable[[Found], None],
        failed: Callable[[PowerTraderError], None],
        *,
        is_wish: bool = False,
    ) -> None:
        """Do work, then call done with what it gave, or failed with the error it raised.

        What was asked before under the same key is not answered any more, and not done if it still
        waits. is_wish: a user wants it of the trader, and it waits for no chart of a silent venue. An
        error that is none of ours is raised by `deliver`.
        """
        if self._closed:
            return
        self.forget(key)
        pool = self._wishes if is_wish else self._pool
        self.follow(key, pool.submit(work), done, failed)

    def ask_in_turn(
        self,
        work: Callable[[], Found],
        done: Callable[[Found], None],
        failed: Callable[[PowerTraderError], None],
    ) -> None:
        """Do work after all that was asked so before, and answer as `ask` does; nothing takes its place."""
        if not self._closed:
            self.follow(f"turn {next(self._numbers)}", self._turns.submit(work), done, failed)

    def follow(
        self,
        key: str,
        future: "Future[Found]",
        done: Callable[[Found], None],
        failed: Callable[[PowerTraderError], None],
    ) -> None:
        """Answer as `ask` does when work has ended that another thread does."""
        self.forget(key)

        def answer(ended: Future[Found]) -> None:
            error = ended.exception()
            if error is None:
                done(ended.result())
            elif isinstance(error, PowerTraderError):
                failed(error)
            else:
                raise error

        self._asked[key] = (future, answer)
        future.add_done_callback(lambda ended: self._ended.put((key, ended)))

    def forget(self, key: str) -> None:
        """Give no answer to what was asked under a key."""
        asked = self._asked.pop(key, None)
        if asked is not None:
            asked[0].cancel()

    def deliver(self) -> None:
        """Call done and failed for what has been answered; what these raise is raised here."""
        while True:
            try:
                key, ended = self._ended.get_nowait()
            except queue.Empty:
                return
            asked = self._asked.get(key)
            if asked is not None and asked[0] is ended:
                del self._asked[key]
                asked[1](ended)

    def close(self) -> None:
        """Begin nothing more; what is being done ends by itself and is not answered."""
        self._closed = True
        self._asked.clear()
        for pool in (self._pool, self._wishes, self._turns):
            pool.shutdown(wait=False, cancel_futures=True)
