"""Tidying: what is no longer used is freed by the Tk thread alone.

Python frees things that refer to one another in whatever thread is running just then; a Tk variable or
picture that is freed in another thread than its own ends the process. So the other threads free none.
"""

import gc
import tkinter as tk
from typing import Final

PAUSE_MS: Final = 1000
_OLDER_EVERY: Final = 10
_ALL_EVERY: Final = 120


class Tidying:
    """Frees what is no longer used, a little each second, more now and then."""

    def __init__(self, root: tk.Misc) -> None:
        """Bind the window; `start` begins."""
        self._root = root
        self._turn = 0

    def start(self) -> None:
        """Free things here from now on, and nowhere else."""
        gc.disable()
        # what the start has made stays as long as the window: no use to look at it again and again
        gc.freeze()
        self._root.after(PAUSE_MS, self._tidy)

    def stop(self) -> None:
        """Let Python do as it does without a window."""
        gc.unfreeze()
        gc.enable()

    def _tidy(self) -> None:
        self._root.after(PAUSE_MS, self._tidy)
        self._turn += 1
        if self._turn % _ALL_EVERY == 0:
            gc.collect()
        else:
            gc.collect(1 if self._turn % _OLDER_EVERY == 0 else 0)
