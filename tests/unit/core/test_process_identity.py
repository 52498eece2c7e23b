"""Who runs under a name: whoever holds its lock, else who is noted to be on the way to it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import identity_of, running_as
from powertrader.core.storage_lock import exclusive
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState
from tests.unit.snapshots import NOW


@pytest.fixture
def other() -> Iterator[ProcessIdentity]:
    """Another process, which holds no lock."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = identity_of(process.pid)
        assert found is not None
        yield found


def note_of(identity: ProcessIdentity, folder: Path) -> ProcessRecord:
    return ProcessRecord("trader", WorkerState.RUNNING, identity, "", NOW, NOW, folder=str(folder.resolve()))


def never_read() -> None:
    pytest.fail("the note was read although somebody holds the lock")


def test_whoever_holds_the_lock_runs_whatever_is_noted(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    with exclusive(paths.process_lock("trader")):
        found = running_as("trader", paths, never_read)
    assert found is not None
    assert found.pid == os.getpid()


def test_without_a_holder_the_noted_process_runs_while_it_is_alive(
    tmp_path: Path, other: ProcessIdentity
) -> None:
    paths = HomePaths(tmp_path)
    note = note_of(other, paths.data)
    assert running_as("trader", paths, lambda: note) == other
    gone = replace(other, started_s=other.started_s - 60, since_boot_s=other.since_boot_s - 60)
    assert running_as("trader", paths, lambda: note_of(gone, paths.data)) is None
    assert running_as("trader", paths, lambda: note_of(other, tmp_path / "another")) is None
    assert running_as("trader", paths, lambda: None) is None
