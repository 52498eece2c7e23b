"""What a home's files tell of its venues: how much they were asked, how their clocks go, who is silent."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.budget_window import ALLOWANCES, BudgetLimits, at_time
from powertrader.core.mailbox import VENUE_CLOCK, VENUE_OUTAGE, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.shared_budget import read_count
from powertrader.core.storage import FileStore
from powertrader.models.venue import VenueUse

_ANY: Final = "*"
_UNKNOWN: Final = BudgetLimits(1, 60)
"""For venues whose limit only the library knows: by its window what is used passes away."""


def venue_uses(paths: HomePaths, mailbox: Mailbox, now: datetime) -> Iterator[VenueUse]:
    """Give the use of each venue that was asked lately, by name. Raises PowerTraderError."""
    store = FileStore()
    pattern = paths.request_budget(_ANY)
    for path in sorted(pattern.parent.glob(pattern.name)):
        yield _use(path, paths, mailbox, store, now)


def _use(path: Path, paths: HomePaths, mailbox: Mailbox, store: FileStore, now: datetime) -> VenueUse:
    now_s, venue = now.timestamp(), path.stem
    # Binance's testnet and demo have hosts of their own, each with the limit of the venue
    allowance = ALLOWANCES.get(venue.partition("-")[0])
    limits = BudgetLimits(*allowance) if allowance else _UNKNOWN
    outage = mailbox.read(paths.venue_outage(venue), VENUE_OUTAGE)
    count = at_time(read_count(store, path, now_s), limits, now_s)
    return VenueUse(
        venue,
        count.used,
        allowance[0] if allowance else None,
        allowance[1] if allowance else None,
        count.orders,
        max(0.0, count.paused_until_s - now_s),
        mailbox.read(paths.venue_clock(venue), VENUE_CLOCK),
        outage if outage is not None and outage.goes_on(now) else None,
    )
