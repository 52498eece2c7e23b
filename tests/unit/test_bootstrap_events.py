"""Who is told of a worker's events, by its settings, and what they tell of themselves."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from powertrader.bootstrap_events import Observers, ObserverSetup, open_observers
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.event_journal import JournalReader
from powertrader.core.exceptions import ConfigError
from powertrader.core.mailbox import OBSERVERS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.models.events import TradingHalted
from powertrader.models.observers import ObserverReport
from tests.unit.core.event_cases import AT, CASES


def setup(home: Path, *settings: str, secret: str = "") -> ObserverSetup:
    config = load_config(ConfigSources(overrides=settings)).config
    return ObserverSetup("thinker", config, HomePaths(home), Redactor([secret]), SystemClock())


def told(home: Path) -> ObserverReport | None:
    paths = HomePaths(home)
    return Mailbox(FileStore(paths.data), paths).read(paths.observers("thinker"), OBSERVERS)


def tell(observers: Observers) -> None:
    for case in CASES:
        observers.publish(case)


def test_the_journal_hears_everything_and_nobody_else_by_default(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with open_observers(setup(tmp_path)) as observers:
        tell(observers)
    notes = JournalReader(tmp_path / "logs").read_all()
    assert tuple(note.event for note in sorted(notes, key=lambda note: note.number)) == CASES
    assert {note.sender.process for note in notes} == {"thinker"}
    assert caplog.messages == []
    assert told(tmp_path) is not None


def test_what_a_message_to_a_telephone_would_say_is_logged_when_wanted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with open_observers(setup(tmp_path, "bus.notify=true")) as observers:
        tell(observers)
    assert "PAPER: bought 0.1 BTC for 10.00 USDT (entry)" in caplog.messages


def test_a_listener_that_fails_is_told_of_without_secrets(tmp_path: Path, expected_errors: list[str]) -> None:
    def failing(_: object) -> None:
        msg = "no way with hushhush"
        raise ValueError(msg)

    with open_observers(setup(tmp_path, secret="hushhush")) as observers:  # noqa: S106  a secret for a test
        observers.bus.subscribe_all(failing, "failing")
        observers.publish(TradingHalted("paper", "default", None, "hushhush", AT))
    report = told(tmp_path)
    assert report is not None
    (failures,) = report.failures
    assert (failures.listener, failures.errors, failures.last_error) == (
        "failing",
        1,
        "ValueError: no way with ***",
    )
    assert len(expected_errors) == 1


def test_a_state_that_cannot_be_written_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file in the place of a folder")
    with open_observers(setup(tmp_path)) as observers:
        for _ in range(3):
            observers.report(at_once=True)
    assert caplog.messages == ["state of the listeners not written"]


@pytest.fixture
def without_redis(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give what makes the package redis look as if it were not installed."""

    def forget() -> None:
        for name in [*sys.modules]:
            if name.partition(".")[0] == "redis":
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "redis", None)

    return forget


def test_an_address_of_redis_without_its_package_is_refused_with_what_to_do(
    tmp_path: Path, without_redis: Callable[[], None]
) -> None:
    without_redis()
    wanted = setup(tmp_path, "bus.redis_url=redis://127.0.0.1:1")
    with pytest.raises(ConfigError, match="pip install redis"), open_observers(wanted):
        pass
