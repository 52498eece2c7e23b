"""An import from beginning to end; repeated after a kill it goes on, repeated later it changes nothing."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from powertrader.core.credentials import SystemKeyring
from powertrader.core.exceptions import ConfigError
from powertrader.core.market_claim import claim_market
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.migration.item import Fate
from powertrader.migration.keys import store_keys
from powertrader.migration.ledger import BooksImport, books_import, store_books
from powertrader.migration.survey import Survey, original_for, survey
from powertrader.migration.transfer import Outcome, Transfer
from powertrader.models.migration import MigrationRecord
from powertrader.models.snapshot import WORKERS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    dry_run: only say what would be done. with_keys: put the key files into the keyring. replace_own: take
    the original's also where the home has its own, which goes aside.
    """

    folder: Path
    dry_run: bool = False
    with_keys: bool = False
    replace_own: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """What was found and what was done. keys says what came of the keys, empty when nothing was asked."""

    found: Survey
    outcomes: tuple[Outcome, ...]
    books: BooksImport | None
    record: MigrationRecord
    keys: str = ""
    keys_failed: bool = False

    @property
    def changed(self) -> bool:
        """Tell whether the home is, or would be, other than before."""
        books = self.books is not None and self.books.fate in (Fate.NEW, Fate.UPDATED)
        return books or any(one.changes for one in self.outcomes)

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be done as it should, a sentence each."""
        return (*self.found.problems, self.keys) if self.keys_failed else self.found.problems


def migrate(wanted: Wanted, home: HomePaths, now: datetime) -> Migration:
    """Import a folder into a home, or say what that would do.

    Raises ConfigError when it may not be done: a worker runs, the folders overlap, the home belongs to a
    local exchange; StorageError when something cannot be written: a repeat goes on from there.
    """
    redactor = Redactor()
    if wanted.dry_run:
        return _planned(wanted, home, redactor, now)
    # before the first file is made: a folder that is refused leaves no trace
    original_for(wanted.folder, home)
    with _alone(home):
        claim_market(home, "")
        plan = _planned(wanted, home, redactor, now)
        transfer = Transfer(home)
        if plan.changed:
            transfer.note(transfer.announced(plan.record, plan.outcomes))
        transfer.write(plan.outcomes)
        if plan.books is not None:
            store_books(plan.books, FileStore(home.data), now)
        transfer.note(transfer.settled(plan.record, plan.outcomes))
        return _with_keys(plan, redactor) if wanted.with_keys else plan


def _planned(wanted: Wanted, home: HomePaths, redactor: Redactor, now: datetime) -> Migration:
    found = survey(wanted.folder, home, redactor)
    transfer = Transfer(home)
    before = transfer.record()
    outcomes = transfer.outcomes(found.items, before, replace_own=wanted.replace_own)
    account = found.keys.account
    books = None if account is None else books_import(found.books, home.ledger("live", account))
    record = before or MigrationRecord(str(found.original.root), now, found.was_live)
    return Migration(found, outcomes, books, record)


def _with_keys(plan: Migration, redactor: Redactor) -> Migration:
    try:
        text, failed = store_keys(plan.found.original, redactor, SystemKeyring()), False
    except ConfigError as error:
        text, failed = str(error), True
    return Migration(plan.found, plan.outcomes, plan.books, plan.record, text, failed)


@contextlib.contextmanager
def _alone(home: HomePaths) -> Iterator[None]:
    """Keep every worker of the home out while the block runs. Raises ConfigError naming one that runs."""
    with contextlib.ExitStack() as held:
        for process in WORKERS:
            try:
                held.enter_context(exclusive(home.process_lock(process)))
            except ConfigError as error:
                msg = f"the {process} of this home runs ({error}): `powertrader stop`, then migrate again"
                raise ConfigError(msg) from error
        yield
