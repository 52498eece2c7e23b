"""Imports a folder again and again, killed by SIGKILL at each file operation in turn, then repeated.

Arguments: the original's folder, a folder for the homes, the first operation to die at, and the stride.
Prints a JSON object: how many operations an import takes, and by operation where the home differs from that
of an import that nobody killed.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.run import Wanted, migrate
from powertrader.models.journal import OriginalLedgerImported, OriginalTradesImported
from powertrader.persistence.ledger_segments import LedgerReader

AT: Final = datetime(2026, 1, 5, tzinfo=UTC)
CHANGES: Final = frozenset({"os.rename", "os.remove", "os.truncate", "os.mkdir"})
OWN_TIMES: Final = (".lock", ".pid", ".partial", "migration.json")


def is_change(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell whether the system is about to change a file."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in CHANGES


def run_child(folder: Path, home: Path, die_at: int | None) -> int:
    """Import in a process of its own that dies at an operation; give how many it did, -1 when it died."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return int(said) if said else -1
    count = 0

    def count_or_die(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if is_change(event, arguments):
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_or_die)
    migrate(Wanted(folder), HomePaths(home), AT)
    os.write(writer, str(count).encode())
    os._exit(0)


def state_of(home: Path) -> dict[str, object]:
    """Give what an import leaves, without the marks of time and of locks."""
    paths = HomePaths(home)
    files: dict[str, object] = {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.endswith(OWN_TIMES) and "ledger" not in path.parts
    }
    record = Mailbox(FileStore(), paths).read(paths.migration_record, MIGRATION)
    files["record"] = None if record is None else sorted(map(str, record.written))
    files["ledgers"] = [list(events_in(folder)) for folder in sorted(paths.data.glob("ledger/live-????????"))]
    return files


def events_in(folder: Path) -> Iterator[str]:
    """Give what a ledger stores, without its times."""
    for event in LedgerReader(folder, FileStore()).events():
        if isinstance(event, OriginalLedgerImported):
            yield event.document
        elif isinstance(event, OriginalTradesImported):
            yield event.lines


def main() -> None:
    """Kill and repeat."""
    folder, homes, first, stride = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    operations = run_child(folder, homes / "whole", None)
    whole = state_of(homes / "whole")
    different = {}
    for die_at in range(first, operations + 1, stride):
        home = homes / str(die_at)
        died = run_child(folder, home, die_at) == -1
        repeated = run_child(folder, home, None) != -1
        state = state_of(home)
        wrong = [name for name in {*whole, *state} if whole.get(name) != state.get(name)]
        if wrong or not died or not repeated:
            different[die_at] = {"died": died, "repeated": repeated, "files": wrong}
    sys.stdout.write(json.dumps({"operations": operations, "different": different, "files": len(whole)}))


if __name__ == "__main__":
    main()
