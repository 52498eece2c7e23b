"""Noticing that files change."""

import threading
from pathlib import Path

import pytest
from watchdog.observers.polling import PollingObserver

from powertrader.core.folder_watch import FolderWatch
from powertrader.core.storage import FileStore

PATIENCE_S = 10.0


class Seen:
    """Collects what a watch tells, and waits for a name."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._news = threading.Condition()

    def __call__(self, path: Path) -> None:
        with self._news:
            self._names.add(path.name)
            self._news.notify_all()

    def waited_for(self, name: str) -> bool:
        with self._news:
            return self._news.wait_for(lambda: name in self._names, PATIENCE_S)


def test_a_file_that_is_replaced_is_told_of_by_its_name(tmp_path: Path) -> None:
    seen, store = Seen(), FileStore(tmp_path)
    store.write_text(tmp_path / "signal.json", "1")
    with FolderWatch([tmp_path], seen):
        store.write_text(tmp_path / "signal.json", "2")
        assert seen.waited_for("signal.json")


def test_a_file_that_is_deleted_is_told_of_and_a_missing_folder_is_made(tmp_path: Path) -> None:
    seen, folder = Seen(), tmp_path / "new"
    with FolderWatch([folder], seen):
        (folder / "one").write_text("1", encoding="utf-8")
        assert seen.waited_for("one")
        (folder / "one").unlink()
        (folder / "two").write_text("2", encoding="utf-8")
        assert seen.waited_for("two")


class Exhausted(PollingObserver):
    """What a system does that has no watches left."""

    def start(self) -> None:
        raise OSError(28, "inotify watch limit reached")


def test_without_the_systems_help_the_folder_is_looked_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen()
    with FolderWatch([tmp_path], seen, poll_s=0.05, system=Exhausted):
        (tmp_path / "late").write_text("1", encoding="utf-8")
        assert seen.waited_for("late")
    assert "inotify watch limit reached" in caplog.records[0].__dict__["reason"]
