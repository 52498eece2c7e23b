"""Guard: what one part of the window raises does not take the others with it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MOST_ERRORS: Final = 5
"""A part that raises so often in a row is left alone."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of the window that raised: how often in a row, and what last; 0 errors: it is well again."""

    name: str
    errors: int
    error: str


class Guard:
    """Calls one part of the window and counts in a row what it raises."""

    def __init__(self, name: str) -> None:
        """Bind the name under which failures are told."""
        self._name = name
        self._errors = 0
        self._error = ""

    @property
    def is_open(self) -> bool:
        """Whether the part may be called: it has not raised too often."""
        return self._errors < MOST_ERRORS

    @property
    def is_failing(self) -> bool:
        """Whether it raised and has not been well since."""
        return bool(self._error)

    @property
    def failure(self) -> Failure:
        """How it stands."""
        return Failure(self._name, self._errors, self._error)

    def run(self, work: Callable[[], None]) -> bool:
        """Do work, and tell whether it went well; what it raises is logged and counted."""
        try:
            work()
        except Exception as error:
            # the place of the window where work goes on whatever happened (RULINGS 20)
            self._errors += 1
            self._error = f"{type(error).__name__}: {error}"
            log.exception("part of the window failed", extra={"part": self._name, "errors": self._errors})
            return False
        return True

    def recover(self) -> bool:
        """Forget what was raised: it is well. Tell whether it was not."""
        was_failing = self.is_failing
        self._errors, self._error = 0, ""
        return was_failing

    def try_again(self) -> None:
        """Let a part that raised too often be called again; it stays failing until it is well."""
        self._errors = 0
