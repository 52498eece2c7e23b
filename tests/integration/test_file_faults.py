"""Killed writers, full disks, forbidden folders and two at once: real processes on real files.

PT_SOAK_ROUNDS raises the number of killed writers; scripts/soak.py sets it.
"""

import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.exceptions import BadData, ConfigError, StorageError
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "40"))
TIME_TO_START_S: Final = 2
PRELUDE: Final = """
import itertools, os, sys
from pathlib import Path
from powertrader.core.storage import FileStore
from powertrader.core.exceptions import StorageError
store, path = FileStore(), Path(sys.argv[1])
"""
# the texts are made before, so that kills fall into writes
WRITER: Final = """
texts = [str(digit) * 200_000 for digit in range(10)]
print("ready", flush=True)
for text in itertools.cycle(texts):
    store.write_text(path, text, durable=text is texts[0])
"""
CARELESS_WRITER: Final = WRITER.replace(
    "store.write_text(path, text, durable=text is texts[0])", "path.write_text(text)"
)
APPENDER: Final = """
record = {"text": "x" * 200_000}
print("ready", flush=True)
while path.stat().st_size < 20_000_000:
    store.append_jsonl(path, record)
sys.stdin.read()
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits and users of POSIX")


def start(program: str, *arguments: Path) -> subprocess.Popen[str]:
    source = PRELUDE + textwrap.dedent(program)
    command = [sys.executable, "-c", source, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)


def run(program: str, *arguments: Path) -> str:
    with start(program, *arguments) as process:
        said = process.communicate()[0]
    return said.strip()


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def is_whole(text: str) -> bool:
    return len(text) == 200_000 and text == text[0] * 200_000


def looks_while_killed(program: str, path: Path, chance: random.Random) -> list[bool]:
    """Read the file again and again until its writer dies, and once more; tell which looks saw it whole."""
    seen = []
    with start(program, path) as process:
        wait_until_ready(process)
        end = time.monotonic() + chance.uniform(0, 0.02)
        while time.monotonic() < end:
            seen.append(is_whole(path.read_text()))
        process.kill()
    return [*seen, is_whole(path.read_text())]


@pytest.mark.load
@pytest.mark.timeout(60 + ROUNDS * TIME_TO_START_S)
def test_a_writer_killed_at_any_moment_never_shows_or_leaves_a_part_of_a_file(tmp_path: Path) -> None:
    path, chance = tmp_path / "state.txt", random.Random(7)
    path.write_text("0" * 200_000)
    for _ in range(ROUNDS):
        assert all(looks_while_killed(WRITER, path, chance))
    others = [one.name for one in tmp_path.iterdir() if one != path]
    assert all(name.startswith(".state.txt.") and name.endswith(".partial") for name in others)
    assert ROUNDS < 100 or others, "no kill fell into a write; the test proves nothing"


@pytest.mark.load
def test_a_writer_without_the_file_store_is_caught_by_the_same_looks(tmp_path: Path) -> None:
    path, chance = tmp_path / "state.txt", random.Random(7)
    path.write_text("0" * 200_000)
    assert not all(seen for _ in range(20) for seen in looks_while_killed(CARELESS_WRITER, path, chance))


@pytest.mark.load
@pytest.mark.timeout(60 + ROUNDS * TIME_TO_START_S)
def test_an_appender_killed_at_any_moment_loses_no_whole_record_and_its_successor_goes_on(
    tmp_path: Path,
) -> None:
    path, chance, before, torn_ends = tmp_path / "lines.jsonl", random.Random(8), 0, 0
    path.touch()
    for _ in range(ROUNDS):
        with start(APPENDER, path) as process:
            wait_until_ready(process)
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
        records, torn = FileStore().read_jsonl(path)
        assert all(record == {"text": "x" * 200_000} for record in records)
        assert len(records) >= before
        before, torn_ends = len(records), torn_ends + (torn is not None)
        if path.stat().st_size > 15_000_000:
            path.write_bytes(b"")
            before = 0
    assert ROUNDS < 100 or torn_ends, "no kill tore a line; the test proves nothing"


def test_a_reader_sees_the_file_of_one_of_two_writers_and_never_a_mixture(tmp_path: Path) -> None:
    path = tmp_path / "state.txt"
    path.write_text("0" * 200_000)
    with start(WRITER, path) as one, start(WRITER, path) as other:
        wait_until_ready(one)
        wait_until_ready(other)
        seen = [path.read_text() for _ in range(200)]
        # both may be waiting for the processor for as long as that takes
        until_s = time.monotonic() + TIME_TO_START_S
        while len(set(seen)) == 1 and time.monotonic() < until_s:
            seen.append(path.read_text())
        one.kill()
        other.kill()
    assert all(map(is_whole, seen))
    assert len(set(seen)) > 1


def test_threads_of_one_process_replace_a_file_without_getting_in_each_others_way(tmp_path: Path) -> None:
    path, store = tmp_path / "state.txt", FileStore()

    def write(digit: str) -> None:
        for _ in range(50):
            store.write_text(path, digit * 200_000)

    writers = [threading.Thread(target=write, args=(digit,)) for digit in "12"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert is_whole(path.read_text())
    assert [one.name for one in tmp_path.iterdir()] == ["state.txt"]


@posix
def test_a_coins_folder_that_is_a_link_out_of_the_home_is_not_followed(tmp_path: Path) -> None:
    home, elsewhere = HomePaths(tmp_path / "home"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "signal.json").write_text("not ours")
    home.data.mkdir(parents=True)
    home.coin("ETH").base.symlink_to(elsewhere)
    with pytest.raises(BadData, match="links out of the data folder are not followed"):
        Mailbox(FileStore(home.root), home).read_signal("ETH")
    assert [(one.name, one.read_text()) for one in elsewhere.iterdir()] == [("signal.json", "not ours")]


@posix
def test_a_full_disk_leaves_the_old_file_and_names_path_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "state.txt"
    path.write_text("old\n")
    program = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    for deed in (store.write_text, lambda at, text: store.append_bytes(at, text.encode() + b"\\n")):
        try:
            deed(path, "x" * 5000)
        except StorageError as error:
            print(error)
    """
    first, second = run(program, path).splitlines()
    assert first == f"{path} cannot be written: File too large; check space and permissions"
    assert second == f"{path} cannot be appended to: File too large; check space and permissions"
    assert path.read_text() == "old\n"
    assert [one.name for one in tmp_path.iterdir()] == ["state.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_no_space_left_is_named_as_such() -> None:
    with pytest.raises(StorageError, match="No space left on device"):
        FileStore().append_bytes(Path("/dev/full"), b"x\n")


@posix
def test_a_forbidden_folder_leaves_the_old_file_and_names_path_and_reason(tmp_path: Path) -> None:
    folder = tmp_path / "readonly"
    folder.mkdir()
    path = folder / "state.txt"
    path.write_text("old")
    program = """
    folder_fd = os.open(path.parent, os.O_RDONLY)
    os.fchmod(folder_fd, 0o555)
    os.fchdir(folder_fd)  # an ordinary user may not walk to a folder of root
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        store.write_text(Path("state.txt"), "new")
    except StorageError as error:
        print(error)
    """
    try:
        assert run(program, path) == (
            "state.txt cannot be written: Permission denied; check space and permissions"
        )
    finally:
        folder.chmod(0o755)
    assert path.read_text() == "old"
    assert [one.name for one in folder.iterdir()] == ["state.txt"]


def test_a_second_process_is_told_who_holds_the_lock_and_gets_it_when_the_first_dies(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "trader.lock"
    program = """
    import time
    from powertrader.core.storage_lock import exclusive
    with exclusive(path):
        print("ready", flush=True)
        time.sleep(60)
    """
    with start(program, path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        with pytest.raises(ConfigError, match=f"held by process {holder.pid}"), exclusive(path):
            pytest.fail("two hold one lock")
        holder.kill()
    with exclusive(path), pytest.raises(ConfigError, match=f"{os.getpid()}"), exclusive(path):
        pytest.fail("two hold one lock")
    with exclusive(path):
        (tmp_path / "sub" / "trader.lock.pid").unlink()
        with pytest.raises(ConfigError, match="process unknown"), exclusive(path):
            pytest.fail("two hold one lock")


def test_a_lock_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be locked"), exclusive(tmp_path / "file" / "x.lock"):
        pytest.fail("there is no such folder")
