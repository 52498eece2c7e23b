"""What the owner of an original installation is told once, before real money moves here."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.types import Environment

DIFFERENCES: Final = """\
Only coins bought here, or handed over with `powertrader adopt COIN --mode live`, are sold or averaged down;
the original did that to every coin of the account. Its trader must not run on this account any more: it would
sell what is bought here. The setting cutover.original_folder makes sure of that, see docs/MIGRATION.md.
An order below the exchange's smallest is skipped, and said so; with a start_allocation_pct of 0.005 that is
the first buy of any account below 100,000. docs/DEVIATIONS.md has all differences. This is said once."""


def newcomers_notice(home: HomePaths, mode: Environment, now: datetime) -> str:
    """Give what has to be said now, and note in the home that it was; no text in any other case.

    Raises DataCorruptionError when the note of the import is damaged, StorageError when it cannot be kept.
    """
    if mode != "live":
        return ""
    mailbox = Mailbox(FileStore(home.data), home)
    record = mailbox.read(home.migration_record, MIGRATION)
    if record is None or not record.live or record.acknowledged_at is not None:
        return ""
    mailbox.publish(home.migration_record, MIGRATION, replace(record, acknowledged_at=now))
    return f"You came over from {record.source} on {record.at:%Y-%m-%d}. With real money:\n{DIFFERENCES}"
