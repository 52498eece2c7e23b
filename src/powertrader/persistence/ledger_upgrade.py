"""The ledger's first form: one file MODE-ACCOUNT.jsonl with a checksum for each line and no chain."""

import json
import zlib
from pathlib import Path
from typing import Any, Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.storage import FileStore
from powertrader.models.journal import JournalEvent
from powertrader.persistence.ledger_lines import LedgerDamage, Line, Place, event_of

_HEAD_LENGTH: Final = len('{"crc":"00000000",')
_SCHEMA: Final = 1


def old_file(folder: Path) -> Path:
    """Give where the first form lay."""
    return folder.with_name(f"{folder.name}.jsonl")


def backup_file(folder: Path) -> Path:
    """Give where the copy of the first form is kept."""
    return folder.with_name(f"{folder.name}.schema1-backup.jsonl")


def old_events(folder: Path, store: FileStore) -> tuple[JournalEvent, ...] | None:
    """Give the events of a ledger of the first form, stored twice now; None when there is none.

    Raises LedgerDamage when a line is damaged, ConfigError when another copy is there already.
    """
    raw = store.read_bytes(old_file(folder))
    if raw is None:
        return None
    events = read_old(raw, str(old_file(folder)))
    kept = store.read_bytes(backup_file(folder))
    if kept is None:
        store.write_bytes(backup_file(folder), raw, durable=True)
    elif kept != raw:
        msg = (
            f"{old_file(folder)} was written after the ledger had been upgraded: an older PowerTrader ran; "
            f"compare it with {backup_file(folder).name} and move one of them away"
        )
        raise ConfigError(msg)
    return events


def remove_old(folder: Path, store: FileStore) -> None:
    """Delete the old file; its copy stays."""
    store.remove(old_file(folder))


def read_old(raw: bytes, name: str) -> tuple[JournalEvent, ...]:
    """Give the events of the first form up to the last whole group; what was torn off is left out.

    Raises LedgerDamage naming the line.
    """
    rows = raw.split(b"\n")
    torn = rows.pop()
    if torn and _fields(torn) is not None:
        rows.append(torn)
    events: list[JournalEvent] = []
    whole = 0
    for number, row in enumerate(rows):
        place = Place(name, number + 1, number)
        fields = _fields(row)
        if fields is None:
            raise LedgerDamage(place, "the line is damaged: its checksum does not fit")
        if (fields.get("schema"), fields.get("seq")) != (_SCHEMA, number):
            reason = f"schema {fields.get('schema')}, number {fields.get('seq')}, expected 1 and {number}"
            raise LedgerDamage(place, reason)
        event = json.dumps(fields["event"]).encode()
        events.append(event_of(Line("", number, 0, str(fields["type"]), "", event), place))
        if not fields["more"]:
            whole = len(events)
    return tuple(events[:whole])


def _fields(row: bytes) -> dict[str, Any] | None:
    """Give the fields of a line, None unless it is whole and unchanged."""
    rest = row[_HEAD_LENGTH:]
    if row[:_HEAD_LENGTH] != b'{"crc":"%08x",' % zlib.crc32(rest):
        return None
    try:
        fields: dict[str, Any] = json.loads(b"{" + rest)
    except (ValueError, RecursionError):
        return None
    return fields
