"""What a home remembers of the original folder it was filled from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Written:
    """Content that an import wrote, or was about to write, into a file of the home."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MigrationRecord:
    """Where a home came from.

    source is the original's folder, at the wall clock's time of the first import. live: its owner traded
    real money there. acknowledged_at is when that owner was told what differs here, None before.
    written tells what was imported from what was made here since.
    """

    source: str
    at: datetime
    live: bool
    acknowledged_at: datetime | None = None
    written: tuple[Written, ...] = ()
