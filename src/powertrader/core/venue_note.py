"""What whoever asks a venue tells all others: how far its clock is ahead, and that it does not answer."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, Protocol

from powertrader.core.clock import Clock
from powertrader.core.exceptions import (
    BadData,
    ExchangeError,
    OrderUnknown,
    PowerTraderError,
    RateLimitError,
    RetryLater,
    StorageError,
)
from powertrader.core.mailbox import VENUE_CLOCK, VENUE_OUTAGE, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.venue import ClockMeasure, Outage

OUTAGE_EVERY: Final = timedelta(seconds=1)
"""An outage that goes on is written at most this often."""
log = logging.getLogger(__name__)


class VenueWatch(Protocol):
    """Hears how a venue is."""

    def clock_measured(self, ahead_s: float) -> None:
        """Hear by how many seconds its clock is ahead of ours."""
        ...

    def answered(self) -> None:
        """Hear that it answered, be it with a refusal."""
        ...

    def silent(self, problem: str) -> None:
        """Hear that it did not answer, or answered that it cannot."""
        ...


class Unwatched:
    """A VenueWatch that tells nobody."""

    def clock_measured(self, ahead_s: float) -> None:
        """Forget it."""

    def answered(self) -> None:
        """Forget it."""

    def silent(self, problem: str) -> None:
        """Forget it."""


@contextmanager
def watched(watch: VenueWatch) -> Iterator[None]:
    """Let a watch hear what comes of the request that is made in the block."""
    try:
        yield
    except RateLimitError:
        # a pause, which the budget tells of; or a request that was never sent
        raise
    except (RetryLater, OrderUnknown) as error:
        watch.silent(str(error))
        raise
    except (ExchangeError, BadData):
        watch.answered()
        raise
    watch.answered()


class VenueNote:
    """A VenueWatch that writes what it hears where all processes find it.

    That something cannot be written stops no order. An outage is over when one who noticed it gets an
    answer; each of several may note it, and the newest word counts.
    """

    def __init__(self, paths: HomePaths, venue: str, wall: Clock, redact: Callable[[str], str]) -> None:
        """Bind the files; nothing is written yet. redact takes secrets out of what a venue said."""
        self._paths = paths
        self._venue = venue
        self._store = FileStore(paths.data)
        self._mailbox = Mailbox(self._store, paths)
        self._wall = wall
        self._redact = redact
        self._answers: bool | None = None
        self._noted: Outage | None = None
        self._failed = False

    def clock_measured(self, ahead_s: float) -> None:
        """Let others see by how many seconds the venue's clock is ahead of ours."""
        measure, path = ClockMeasure(ahead_s, self._wall.now()), self._paths.venue_clock(self._venue)
        self._written(lambda: self._mailbox.publish(path, VENUE_CLOCK, measure))

    def answered(self) -> None:
        """Let others see that an outage is over."""
        if self._answers:
            return
        self._answers, self._noted = True, None
        self._written(lambda: self._store.remove(self._paths.venue_outage(self._venue)))

    def silent(self, problem: str) -> None:
        """Let others see that the venue does not answer, and since when."""
        self._answers, now = False, self._wall.now()
        if self._noted is not None and timedelta() <= now - self._noted.at < OUTAGE_EVERY:
            return
        known = self._noted or self._known()
        since, path = now if known is None else min(known.since, now), self._paths.venue_outage(self._venue)
        outage = self._noted = Outage(since, now, self._redact(problem))
        self._written(lambda: self._mailbox.publish(path, VENUE_OUTAGE, outage))

    def _known(self) -> Outage | None:
        """Give the outage that another one noted."""
        try:
            found = self._mailbox.read(self._paths.venue_outage(self._venue), VENUE_OUTAGE)
        except PowerTraderError:
            # it is written anew at once
            return None
        return found if found is not None and found.goes_on(self._wall.now()) else None

    def _written(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (StorageError, BadData) as error:
            # BadData: its folder leads out of the data folder
            if not self._failed:
                log.warning("what is known of a venue is not written", extra={"reason": str(error)})
            self._failed = True
        else:
            self._failed = False
