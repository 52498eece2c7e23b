"""The readers of what the window shows of a ledger, and of what its user has written."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import orjson

from powertrader.core.journal_notes import JournalNotes
from powertrader.core.original_trades import trades_in
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.hub.ledger_feed import IGNORED, LedgerFeed, Piece
from powertrader.hub.trades_view import LedgerName
from powertrader.models.journal import EVENTS, JournalEvent, OrderIntended, QuoteBooked
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_tail import LedgerTail
from powertrader.persistence.ledger_tail import Piece as Read
from tests.integration.test_ledger_command import OTHERS, STORY
from tests.property.hostile_target import Target, of_file, of_json

PAPER: Final = LedgerName("paper", "default", "USDT")


def window_targets(folder: Path) -> Iterator[Target]:
    """Give all of them; folder keeps what samples are made of."""
    notes = {"o1": {"words": "too early", "tags": ["news"]}}
    kept = {"kind": "journal_notes", "schema": 1, "notes": notes}
    yield of_file("notes", "n.json", lambda path: JournalNotes(path, FileStore()).read(), orjson.dumps(kept))
    line = b'{"ts": 1704067200.0, "side": "sell", "tag": "TRAIL_SELL", "symbol": "BTCUSDT", "qty": 0.5, '
    line += b'"price": 10.0, "pnl_pct": 1.5, "realized_profit_usd": 0.1, "order_id": "7"}\n'
    yield Target(
        "trades of an original", lambda raw, _: trades_in(raw.decode("utf-8", "replace"), "USDT"), (line,)
    )
    events = [*STORY, *OTHERS[:-1]]
    for kind in EVENTS:
        samples = [encode(event) for event in events if type(event) is kind]
        yield of_json(f"shown event {kind.__name__}", partial(_shown, kind), *samples)
    with open_ledger(folder / "shown" / str(PAPER), FileStore(), 9) as ledger:
        ledger.append_all(STORY)
    for part in sorted((folder / "shown" / str(PAPER)).glob("*.jsonl")):
        yield Target(f"shown ledger with another {part.name}", partial(_replaced, part), (part.read_bytes(),))


class _Forged:
    """A ledger of which every line is right, whatever it says."""

    def __init__(self, events: Sequence[JournalEvent]) -> None:
        self._pieces = [Read(tuple(events), restarted=True, more=False, entries=len(events))]

    def read(self) -> Piece | None:
        return self._pieces.pop() if self._pieces else None


def _shown(kind: type[JournalEvent], found: object) -> object:
    event = decode(kind, found)
    orders = [known for known in STORY if isinstance(known, OrderIntended | QuoteBooked)]
    return _read_twice(LedgerFeed(lambda _: _Forged([*orders, event])))


def _replaced(part: Path, raw: bytes, here: Path) -> object:
    for one in part.parent.glob("*.jsonl"):
        (here / one.name).write_bytes(raw if one == part else one.read_bytes())
    return _read_twice(LedgerFeed(lambda _: LedgerTail(here, FileStore(), IGNORED)))


def _read_twice(feed: LedgerFeed) -> object:
    """Read all; what is wrong is told by the second call at the latest."""
    view = feed.read(PAPER, 10.0)
    return view and len(view), feed.read(PAPER, 10.0)
