"""What the banner says in full: what keeps the bot from trading, and what goes on by itself. Pure."""

from collections.abc import Iterator

from powertrader.core.findings import lacks_word
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.models.snapshot import Snapshot


def notices_of(snapshot: Snapshot) -> Iterator[str]:
    """Give a sentence for each venue that does not answer, and for a live trader that waits for its word."""
    for use in snapshot.venues:
        if use.outage is not None:
            age = age_text((snapshot.at - use.outage.since).total_seconds())
            yield text("banner.outage", venue=use.title, age=age, problem=use.outage.problem)
    if lacks_word(snapshot.process("trader")):
        yield text("banner.lacks_word")
