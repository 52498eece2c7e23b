"""Killed writers, full disks, forbidden folders and two at once: real processes on real files.

PT_SOAK_ROUNDS raises the number of killed writers; scripts/soak.py sets it.
"""

import json
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

from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "20"))
SECONDS_PER_ROUND: Final = 0.5
PRELUDE: Final = """
import os, sys
from pathlib import Path
from powertrader.core.storage import FileStore
from powertrader.core.exceptions import StorageError
store, path = FileStore(), Path(sys.argv[1])
"""
WRITER: Final = """
import itertools, json
texts = [json.dumps([number] * 3000) for number in range(1, 9)]  # made before, so that kills fall into writes
print("ready", flush=True)
for text in itertools.cycle(texts):
    store.write_text(path, text, durable=text is texts[0])
"""
APPENDER: Final = """
print("ready", flush=True)
while True:
    store.append_jsonl(path, {"text": "x" * 5000})
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits and users of POSIX")


def start(program: str, *arguments: Path) -> subprocess.Popen[str]:
    source = PRELUDE + textwrap.dedent(program)
    command = [sys.executable, "-c", source, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def run(program: str, *arguments: Path) -> str:
    with start(program, *arguments) as process:
        said = process.communicate()[0]
    return said.strip()


def kill_at_a_random_moment(program: str, path: Path, chance: random.Random) -> None:
    with start(program, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.02))
        process.kill()


@pytest.mark.load
@pytest.mark.timeout(60 + ROUNDS * SECONDS_PER_ROUND * 4)
def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    path, chance = tmp_path / "state.json", random.Random(7)
    FileStore().write_json(path, [0] * 3000)
    for _ in range(ROUNDS):
        kill_at_a_random_moment(WRITER, path, chance)
        content = json.loads(path.read_bytes())
        assert len(content) == 3000
        assert len(set(content)) == 1


@pytest.mark.load
@pytest.mark.timeout(60 + ROUNDS * SECONDS_PER_ROUND * 4)
def test_an_appender_killed_at_any_moment_leaves_whole_records_and_at_most_a_torn_end(
    tmp_path: Path,
) -> None:
    chance = random.Random(8)
    for number in range(max(1, ROUNDS // 4)):
        path = tmp_path / f"{number}.jsonl"
        kill_at_a_random_moment(APPENDER, path, chance)
        records, torn = FileStore().read_jsonl(path)
        assert all(record == {"text": "x" * 5000} for record in records)
        assert torn is None or ('{"text": "' + "x" * 5000).startswith(torn[:5010])


def test_a_reader_never_sees_a_part_of_a_file_that_two_writers_replace(tmp_path: Path) -> None:
    path, store = tmp_path / "state.txt", FileStore()
    contents = {"a" * 300_000, "b" * 200_000}
    stop = threading.Event()

    def write(content: str) -> None:
        while not stop.is_set():
            store.write_text(path, content)

    writers = [threading.Thread(target=write, args=(content,)) for content in contents]
    store.write_text(path, "a" * 300_000)
    for writer in writers:
        writer.start()
    try:
        seen = {store.read_text(path) for _ in range(300)}
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert seen <= contents
    assert [one.name for one in tmp_path.iterdir()] == ["state.txt"]


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
