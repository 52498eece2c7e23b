"""How far a venue's clock is ahead of ours, as whoever measured it last told all others."""

import logging

from powertrader.core.clock import Clock
from powertrader.core.exceptions import StorageError
from powertrader.core.mailbox import VENUE_CLOCK, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.venue import ClockMeasure

log = logging.getLogger(__name__)


class ClockNote:
    """Writes what was measured of one venue; that it cannot be written stops no order."""

    def __init__(self, paths: HomePaths, venue: str, wall: Clock) -> None:
        """Bind the file; nothing is written yet."""
        self._path = paths.venue_clock(venue)
        self._mailbox = Mailbox(FileStore(paths.data), paths)
        self._wall = wall
        self._failed = False

    def tell(self, ahead_s: float) -> None:
        """Let others see by how many seconds the venue's clock is ahead of ours."""
        try:
            self._mailbox.publish(self._path, VENUE_CLOCK, ClockMeasure(ahead_s, self._wall.now()))
        except StorageError as error:
            if not self._failed:
                log.warning("clock measure not written", extra={"reason": str(error)})
            self._failed = True
        else:
            self._failed = False
