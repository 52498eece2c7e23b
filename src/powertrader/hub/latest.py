"""A queue of one: the newest view wins, and nothing of what changed is forgotten."""

import threading
import time
from dataclasses import replace

from powertrader.hub.view import NOTHING, Change, HubView


class Latest:
    """Hands the newest view from one thread to another."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._view: HubView | None = None
        self._change = NOTHING
        self._heard_s = time.monotonic()

    @property
    def silence_s(self) -> float:
        """For how long nobody has looked whether there is something new, in seconds."""
        return time.monotonic() - self._heard_s

    def touch(self) -> None:
        """Note that somebody has looked, whether there was something new or not."""
        self._heard_s = time.monotonic()

    def put(self, view: HubView, change: Change) -> None:
        """Replace what nobody has taken; what was new in it stays new, and its news are kept."""
        with self._lock:
            waiting = self._view
            self._view = replace(view, news=(*waiting.news, *view.news)) if waiting is not None else view
            self._change |= change

    def take(self) -> tuple[HubView, Change] | None:
        """Give the newest view and all that changed since the last taking; None when there is nothing new."""
        with self._lock:
            view, change = self._view, self._change
            self._view, self._change = None, NOTHING
        return None if view is None else (view, change)
