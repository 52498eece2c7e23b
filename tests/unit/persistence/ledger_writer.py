"""A process that appends events and says which are stored, until it is killed. Arguments: folder."""

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from powertrader.core.storage import FileStore
from powertrader.models.journal import Halted
from powertrader.persistence.ledger_file import open_ledger


def main() -> None:
    """Append groups of one to three events whose reasons count up."""
    with open_ledger(Path(sys.argv[1]), FileStore(), segment_entries=8) as ledger:
        stored = sum(1 for _ in ledger.events())
        moment = datetime(2024, 1, 1, tzinfo=UTC)
        for size in itertools.cycle((1, 2, 3)):
            ledger.append_all([Halted("BTC", f"{stored + place}", moment) for place in range(size)])
            stored += size
            sys.stdout.write(f"{stored}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
