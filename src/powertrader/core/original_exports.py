"""The original's files, kept up to date from the ledger for tools that read them.

trade_history.jsonl, pnl_ledger.json, account_value_history.jsonl and trader_status.json with the
original's keys. They decide nothing, and a damaged one never stops a trader. The account value has a
file for each month that is over.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from powertrader.core.exceptions import BadData, DataCorruptionError, StorageError
from powertrader.core.file_operations import reason_of, replace
from powertrader.core.ledger import Ledger
from powertrader.core.original_books import OriginalBooks
from powertrader.core.original_ledger import BooksState, JsonObject, moment_of, number_of
from powertrader.core.original_status import account_value_line, status_text
from powertrader.core.paths import HomePaths
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.models.journal import JournalEvent, OriginalTradesImported
from powertrader.models.status import TraderStatus

log = logging.getLogger(__name__)

SCHEMA: Final = 1
VALUE_EVERY: Final = timedelta(minutes=1)
"""The account's value is noted no more often, in the market's time."""
_Key: TypeAlias = tuple[str, str, str]
_Value: TypeAlias = tuple[datetime, float, str]


class OriginalExports:
    """The original's files of one home. Call start once, apply after each event, publish after each step.

    name tells ledgers apart, such as paper-default: what was written for another one is checked line
    by line. Every call raises StorageError when a file cannot be written; the next one makes up for it.
    """

    def __init__(self, paths: HomePaths, store: FileStore, name: str = "") -> None:
        """Bind the files."""
        self._paths = paths
        self._store = store
        self._name = name
        self._books = OriginalBooks(cash_from_fills=True)
        self._events = 0
        self._saved = -1
        self._written: set[_Key] = set()
        self._waiting: list[JsonObject] = []
        self._value: _Value | None = None
        self._values_read = False

    def start(self, ledger: Ledger) -> None:
        """Bring the files up to the ledger, from where the last process left them."""
        history = self._store.read_bytes(self._paths.trade_history) or b""
        size = self._resume(len(history))
        events = ledger.events(max(self._events - 1, 0))
        if self._events and next(events, None) is None:
            # shorter than what was exported of it: another ledger stands in its place
            log.warning("exports begin anew", extra={"reason": "the ledger was replaced"})
            self._begin_anew()
            events, size = ledger.events(), 0
        self._written = set(map(_key, _objects(history[size:])))
        for event in events:
            self.apply(event)
        self._written = set()
        self._save()

    def apply(self, event: JournalEvent) -> None:
        """Take one event into account; a finished order is in trade_history.jsonl when the call returns."""
        imported = isinstance(event, OriginalTradesImported)
        self._books.apply(event)
        self._events += 1
        if imported:
            history = self._store.read_bytes(self._paths.trade_history) or b""
            self._written |= set(map(_key, _objects(history)))
        if self._books.trades:
            self._waiting.extend(self._books.drained())
        self._write_waiting()

    def publish(self, status: TraderStatus | None) -> None:
        """Write how the account stands; None where there was no step."""
        self._write_waiting()
        if status is not None:
            self._store.write_text(self._paths.trader_status, status_text(status))
            self._note_value(status)
        self._save()

    def _resume(self, history_size: int) -> int:
        """Go on from the saved state, and give how much of the history it knows; 0 without one."""
        path = self._paths.original_exports
        try:
            raw = self._store.read_json(path, {})
            found = raw if isinstance(raw, dict) else {}
            if (found.get("schema"), found.get("ledger")) != (SCHEMA, self._name):
                return 0
            events, size = (_count(found[name]) for name in ("events", "history_bytes"))
            if size > history_size:
                # the history was taken away: it is written anew
                return 0
            self._books.restore(decode(BooksState, found["books"]))
        except (BadData, KeyError, TypeError, ValueError) as error:
            log.warning("exports begin anew", extra={"file": str(path), "reason": str(error)})
            self._begin_anew()
            return 0
        self._events = self._saved = events
        return size

    def _begin_anew(self) -> None:
        self._books = OriginalBooks(cash_from_fills=True)
        self._events, self._saved = 0, -1

    def _write_waiting(self) -> None:
        while self._waiting:
            line = self._waiting[0]
            if _key(line) not in self._written:
                self._store.append_bytes(self._paths.trade_history, f"{json.dumps(line)}\n".encode())
            del self._waiting[0]

    def _save(self) -> None:
        if self._saved == self._events:
            return
        # the original loads this file at its start, so it is there before its first order
        self._store.write_text(self._paths.pnl_ledger, self._books.ledger_text())
        content = {
            "schema": SCHEMA,
            "ledger": self._name,
            "events": self._events,
            "history_bytes": self._store.size(self._paths.trade_history),
            "books": encode(self._books.state()),
        }
        self._store.write_json(self._paths.original_exports, content)
        self._saved = self._events

    def _note_value(self, status: TraderStatus) -> None:
        if not self._values_read:
            self._value, self._values_read = _last_value(self._store, self._paths.account_value_history), True
        if self._value is not None:
            at, total, ledger = self._value
            if ledger == self._name and (total == status.total or at <= status.at < at + VALUE_EVERY):
                return
            self._put_month_aside(at, status.at)
        # paper and live values share the file: who draws them has to tell them apart
        line = {**json.loads(account_value_line(status)), **({"ledger": self._name} if self._name else {})}
        self._store.append_bytes(self._paths.account_value_history, f"{json.dumps(line)}\n".encode())
        self._value = (status.at, status.total, self._name)

    def _put_month_aside(self, before: datetime, at: datetime) -> None:
        """Let the value's file begin anew in a new month; one whose month is there already goes on."""
        path = self._paths.account_value_history
        aside = self._paths.account_value_month(f"{before:%Y-%m}")
        if (at.year, at.month) <= (before.year, before.month) or aside.exists():
            return
        try:
            # renamed, not written: whoever follows the file finds what it knows under the new name
            replace(path, aside)
        except FileNotFoundError:
            return
        except OSError as error:
            msg = f"{path} cannot be put aside as {aside.name}: {reason_of(path, error)}"
            raise StorageError(msg) from error


def _objects(lines: bytes) -> Iterable[JsonObject]:
    for line in lines.split(b"\n"):
        try:
            found = json.loads(line) if line else None
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield found


def _key(line: JsonObject) -> _Key:
    """Give what tells one line of the history from every other."""
    return str(line.get("order_id")), str(line.get("side")), str(line.get("ts"))


def _last_value(store: FileStore, path: Path) -> _Value | None:
    """Give time, value and ledger of the last line, None when there is none that can be read."""
    try:
        lines, _ = store.read_jsonl(path)
    except DataCorruptionError:
        return None
    last = lines[-1] if lines else None
    if not isinstance(last, dict):
        return None
    at, total = moment_of(last.get("ts")), last.get("total_account_value")
    if at is None or not isinstance(total, int | float):
        return None
    # a whole number of any length, which no float holds, is another one in any case
    return at, number_of(total), str(last.get("ledger") or "")


def _count(value: object) -> int:
    """Give a number of things. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        msg = f"{str(value)[:40]!r} is no count"
        raise ValueError(msg)
    return value
