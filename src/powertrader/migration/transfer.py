"""Putting what was found into the home: whole files, in an order that a kill cannot spoil."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.item import Fate, Item, fate_of, sha256_of
from powertrader.models.migration import MigrationRecord, Written

SHOWN_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became, or would become, of one file; backup is where the home's own content went."""

    item: Item
    fate: Fate
    backup: Path | None = None

    @property
    def changes(self) -> bool:
        """Tell whether the file is written."""
        return self.fate in (Fate.NEW, Fate.UPDATED, Fate.REPLACED)


class Transfer:
    """Writes items into a home, and remembers what it wrote, so that it never mistakes it for the user's own.

    What is to be written is noted first: after a kill, the next run knows a file for what it is.
    """

    def __init__(self, home: HomePaths) -> None:
        """Bind the home; nothing is read yet."""
        self._home = home
        self._store = FileStore()
        self._mailbox = Mailbox(self._store, home)

    def record(self) -> MigrationRecord | None:
        """Give what earlier imports noted. Raises DataCorruptionError when that is damaged."""
        return self._mailbox.read(self._home.migration_record, MIGRATION)

    def note(self, record: MigrationRecord) -> None:
        """Keep what imports have to remember, unless it is known already."""
        if record != self.record():
            self._mailbox.publish(self._home.migration_record, MIGRATION, record)

    def outcomes(
        self, items: Iterable[Item], record: MigrationRecord | None, *, replace_own: bool
    ) -> tuple[Outcome, ...]:
        """Say what becomes of each item; nothing is written."""
        written = record.written if record else ()
        found = []
        for item in items:
            place = self._place(item.target)
            imported = {one.sha256 for one in written if one.path == place}
            fate = fate_of(item, imported, replace=replace_own)
            backup = self._backup(item) if fate is Fate.REPLACED else None
            found.append(Outcome(item, fate, backup))
        return tuple(found)

    def announced(self, record: MigrationRecord, outcomes: Iterable[Outcome]) -> MigrationRecord:
        """Give the record with everything that is about to be written beside what was."""
        added = (self._written(one.item) for one in outcomes if one.changes)
        return replace(record, written=tuple(dict.fromkeys((*record.written, *added))))

    def settled(self, record: MigrationRecord, outcomes: Iterable[Outcome]) -> MigrationRecord:
        """Give the record once everything is written: one content for each file."""
        done = {one.path: one for one in record.written}
        done |= {(entry := self._written(one.item)).path: entry for one in outcomes if one.changes}
        return replace(record, written=tuple(done.values()))

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Write what changes, the home's own content aside first. Raises StorageError; a repeat goes on."""
        for one in outcomes:
            if one.backup is not None and one.item.present is not None:
                self._store.write_bytes(one.backup, one.item.present, durable=True)
            if one.changes:
                self._store.write_bytes(one.item.target, one.item.content, durable=True)

    def _written(self, item: Item) -> Written:
        return Written(self._place(item.target), item.sha256)

    def _place(self, target: Path) -> str:
        """Name a file of the home so that the home may be moved."""
        base = self._home.data if target.is_relative_to(self._home.data) else self._home.root
        return target.relative_to(base).as_posix()

    def _backup(self, item: Item) -> Path:
        fingerprint = sha256_of(item.present or b"")[:SHOWN_DIGITS]
        return self._home.replaced / f"{self._place(item.target)}.{fingerprint}"
