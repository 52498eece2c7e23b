"""Notices on the desktop, by what the system has for them."""

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

NAME: Final = "PowerTrader"
LOGGED_AS: Final = "desktop_notifier.backends.base"
PATIENCE_S: Final = 10.0
"""A desktop that takes longer gets no more notices meanwhile, and nobody waits for it."""


class FailuresOnce(logging.Filter):
    """Lets the library tell its first failure, in one line: each trade would bring the same traceback."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        super().__init__()
        self._told = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten what failed, and tell whether it is the first time."""
        if record.exc_info is None:
            return True
        first, self._told = not self._told, True
        record.msg, record.args = "this desktop shows no notices: %s", (record.exc_info[1],)
        record.exc_info = record.exc_text = None
        return first


class DesktopNotices:
    """Shows notices; may be called from any thread, and takes as long as the desktop does.

    A desktop without notices, or none at all, is logged once and raises nothing. The line to
    the desktop is opened with the first notice and kept until the process ends.
    """

    def __init__(self) -> None:
        """Load and start nothing before the first notice."""
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notifier: DesktopNotifier | None = None

    def send(self, title: str, words: str) -> None:
        """Show a notice."""
        with self._lock:
            loop = self._loop or self._started()
            asyncio.run_coroutine_threadsafe(self._show(title, words), loop).result(PATIENCE_S)

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="desktop-notices", daemon=True).start()
        return loop

    async def _show(self, title: str, words: str) -> None:
        if self._notifier is None:
            from desktop_notifier import DesktopNotifier  # noqa: PLC0415  a window that opens must not wait for it

            logging.getLogger(LOGGED_AS).addFilter(FailuresOnce())
            self._notifier = DesktopNotifier(app_name=NAME)
        await self._notifier.send(title=title, message=words)
