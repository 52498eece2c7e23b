"""Imports a folder again and again, killed by SIGKILL at each file operation in turn, then repeated.

Arguments: the original's folder, a folder for the homes, the first operation to die at, and the stride.
Prints a JSON object: how many operations an import takes, and by operation where the home differs from that
of an import that nobody killed. With the word `switch` as a fifth argument the switch to the new programs is
killed instead, and the folder compared with that of before after the switch back.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.original_folder import find_original
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.run import Wanted, migrate
from powertrader.migration.switch import Switch, switch_to_new, switch_to_original
from powertrader.models.journal import OriginalLedgerImported, OriginalTradesImported
from powertrader.persistence.ledger_segments import LedgerReader
from tests.original_install import contents_of

NAMES: Final = Path(__file__).resolve().parents[2] / "scripts" / "original_names"
AT: Final = datetime(2026, 1, 5, tzinfo=UTC)
CHANGES: Final = frozenset({"os.rename", "os.remove", "os.truncate", "os.mkdir"})
OWN_TIMES: Final = (".lock", ".pid", ".partial", "migration.json")


def is_change(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell whether the system is about to change a file."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in CHANGES


def run_child(act: Callable[[], object], die_at: int | None) -> int:
    """Act in a process of its own that dies at an operation; give how many it did, -1 when it died."""
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
    act()
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


def killed_imports(folder: Path, homes: Path, first: int, stride: int) -> dict[str, object]:
    """Kill imports, repeat each, and compare the homes."""
    operations = run_child(lambda: migrate(Wanted(folder), HomePaths(homes / "whole"), AT), None)
    whole = state_of(homes / "whole")
    different = {}
    for die_at in range(first, operations + 1, stride):
        home = HomePaths(homes / str(die_at))
        died = run_child(partial(migrate, Wanted(folder), home, AT), die_at) == -1
        repeated = run_child(partial(migrate, Wanted(folder), home, AT), None) != -1
        state = state_of(home.root)
        wrong = [name for name in {*whole, *state} if whole.get(name) != state.get(name)]
        if wrong or not died or not repeated:
            different[die_at] = {"died": died, "repeated": repeated, "files": wrong}
    return {"operations": operations, "different": different, "files": len(whole)}


def killed_switches(folder: Path, homes: Path, first: int, stride: int) -> dict[str, object]:
    """Kill switches to the new programs, switch back, and compare the folder."""
    home = HomePaths(homes / "switched")
    migrate(Wanted(folder), home, AT)
    switch = Switch(find_original(folder), home, NAMES)
    before = contents_of(folder), contents_of(home.data)
    operations = run_child(lambda: switch_to_new(switch), None)
    switch_to_original(switch)
    different = {}
    for die_at in range(first, operations + 1, stride):
        died = run_child(lambda: switch_to_new(switch), die_at) == -1
        switch_to_original(switch)
        after = contents_of(folder), contents_of(home.data)
        wrong = [
            name for one, other in zip(before, after, strict=True) for name in one if one[name] != other[name]
        ]
        left = [name for one, other in zip(before, after, strict=True) for name in other if name not in one]
        odd = [name for name in left if not name.endswith(OWN_TIMES)]
        if wrong or odd or not died:
            different[die_at] = {"died": died, "files": wrong + odd}
    return {"operations": operations, "different": different}


def main() -> None:
    """Kill and repeat."""
    folder, homes, first, stride = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    act = killed_switches if sys.argv[5:] == ["switch"] else killed_imports
    sys.stdout.write(json.dumps(act(folder, homes, first, stride)))


if __name__ == "__main__":
    main()
