"""Start All: the thinker first, and the trader as soon as there are signals of all coins."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.models.process import ProcessIdentity
from powertrader.models.status import ThinkerReport

READY: Final = "real_predictions"
"""The thinker's stage with a signal for every coin."""


class StartOutcome(StrEnum):
    """How a start of all ended."""

    TRADING = "trading"
    """The trader was started, or ran already."""
    THINKER_DIED = "thinker died"
    CANCELLED = "cancelled"
    """Somebody stopped the workers while the thinker was getting ready."""


@dataclass(frozen=True, slots=True)
class StartFlow:
    """One start of all that waits for the thinker; outcome is told how it ends.

    word: what allows the trader to spend real money, empty otherwise. keep_trained: a trainer follows that
    trains again what becomes too old for signals.
    """

    outcome: "Future[StartOutcome]"
    word: str = ""
    keep_trained: bool = False

    def look(
        self, thinker: ProcessIdentity | None, report: ThinkerReport | None, start_trader: Callable[[], None]
    ) -> bool:
        """Start the trader when the thinker is ready; tell whether nothing is waited for any more.

        thinker: the process that runs now, None when it has ended. report: what a thinker told last.
        """
        if thinker is None:
            return self.end(StartOutcome.THINKER_DIED)
        if not is_ready(thinker, report):
            return False
        start_trader()
        return self.end(StartOutcome.TRADING)

    def end(self, outcome: StartOutcome) -> bool:
        """Tell whoever waits how it ended; true, for the end."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)
        return True


def is_ready(thinker: ProcessIdentity, report: ThinkerReport | None) -> bool:
    """Tell whether this very thinker, and no earlier one, has told that every coin has a signal."""
    return report is not None and report.stage == READY and report.at.timestamp() >= thinker.started_s
