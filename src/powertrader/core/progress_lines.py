"""How far a program is, as lines on standard error for the program that started it."""

import json
from dataclasses import dataclass
from typing import Final

VARIABLE: Final = "PT_PROGRESS_LINES"
"""Whoever starts a program with this set to 1 in its environment is told in lines how far it is."""
_MARK: Final = "progress "
_WHOLE: Final = 100.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a program is: what it does, and how much of it is done; total None: nobody knows."""

    what: str
    done: float
    total: float | None

    @property
    def percent(self) -> float | None:
        """How much is done, 0 to 100, None when nobody knows."""
        if not self.total:
            return None
        return min(max(self.done / self.total * _WHOLE, 0.0), _WHOLE)


def line_of(progress: Progress) -> str:
    """Give the line that tells it."""
    return _MARK + json.dumps([progress.what, progress.done, progress.total])


def read_line(line: str) -> Progress | None:
    """Give what a line tells, None for any other line."""
    if not line.startswith(_MARK):
        return None
    try:
        found = json.loads(line.removeprefix(_MARK))
    except (ValueError, RecursionError):
        return None
    match found:
        case [str(what), int() | float() as done, int() | float() | None as total]:
            return Progress(what, done, total)
    return None
