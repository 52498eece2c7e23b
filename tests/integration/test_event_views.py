"""What a person sees of events, plugins and a running supervisor's news."""

from dataclasses import replace
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.cli.up_news import UpNews
from powertrader.core.config import TradingConfig
from powertrader.core.event_journal import EventJournal
from powertrader.core.event_notes import EventNote, Sender, line_of
from powertrader.core.mailbox import OBSERVERS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.events import Event, SignalUpdated, TradeExecuted
from powertrader.models.observers import ObserverReport, PluginState, PluginStatus
from powertrader.models.snapshot import Snapshot
from tests.integration.worker_scene import install_diary
from tests.unit.core.event_cases import AT, CASES, SENDER
from tests.unit.snapshots import snapshot

CONFIG = TradingConfig()


def keep(home: Path, *events: Event, sender: Sender = SENDER) -> None:
    """Let a worker's journal hold these."""
    journal = EventJournal(HomePaths(home).events(sender.process), FileStore())
    for number, event in enumerate(events, start=1):
        journal.append(line_of(EventNote(sender, number, event)))


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = exit_codes.OK) -> list[str]:
    """Run a command and give the lines for people, without the log's."""
    capsys.readouterr()
    assert main([*arguments]) == code
    return [line for line in capsys.readouterr().err.splitlines() if "[WARNING]" not in line]


def test_events_are_lines_with_time_worker_and_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, *CASES)
    lines = shown(capsys, "events", "--home", str(tmp_path), "--last", "9")
    assert lines[1] == "2026-03-01 12:00:00 trader     PAPER: bought 0.1 BTC for 10.00 USDT (entry)"
    assert len(lines) == len(CASES)
    assert shown(capsys, "events", "--home", str(tmp_path), "--last", "2") == lines[-2:]


def test_events_of_one_worker_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(tmp_path, CASES[1])
    keep(tmp_path, CASES[0], sender=Sender("thinker", "desk", "other"))
    lines = shown(capsys, "events", "--home", str(tmp_path), "--process", "thinker")
    assert lines == ["2026-03-01 12:00:00 thinker    BTC signals LONG 3, SHORT 0"]


def test_a_damaged_line_is_named_and_the_rest_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, CASES[0])
    with HomePaths(tmp_path).events("trader").open("ab") as stream:
        stream.write(b"{broken\n")
    lines = shown(capsys, "events", "--home", str(tmp_path))
    assert "BTC signals LONG 3" in lines[0]
    assert "trader_events.jsonl: an event is no JSON" in " ".join(lines[1:])


def test_where_nothing_happened_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "events", "--home", str(tmp_path))[0].startswith("No events yet in ")


def test_plugins_are_listed_with_what_became_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--home", str(tmp_path), "--set", "plugins.enabled=diary,gone"]
    assert "No plugin is installed" in " ".join(shown(capsys, "plugins", *options[:2]))
    install_diary(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert "not enabled" in " ".join(shown(capsys, "plugins", *options[:2]))
    text = " ".join(shown(capsys, "plugins", *options, code=exit_codes.DIFFERENT))
    assert "no trader runs" in text
    assert "gone is named in plugins.enabled, and no installed package offers it" in text
    paths, why = HomePaths(tmp_path), "it made 5 errors, the last one ValueError: odd"
    with exclusive(paths.process_lock("trader")):
        assert "from the next start" in " ".join(
            shown(capsys, "plugins", *options, code=exit_codes.DIFFERENT)
        )
        status = PluginStatus("diary", "powertrader-diary 1.0.0", PluginState.DISABLED, 3, 5, 1, why)
        mailbox = Mailbox(FileStore(paths.data), paths)
        mailbox.publish(paths.observers("trader"), OBSERVERS, ObserverReport("trader", AT, (status,)))
        text = " ".join(shown(capsys, "plugins", *options, code=exit_codes.DIFFERENT))
    assert "disabled" in text
    assert f"diary: {why}" in text


def test_a_supervisor_shows_what_has_happened_since_it_looked_last(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pictures: list[Snapshot] = []
    logs = HomePaths(tmp_path).logs
    keep(tmp_path, CASES[3])
    news = UpNews(logs, pictures.append)
    moment = snapshot()
    news.look(moment, CONFIG)
    assert (pictures, caplog.messages) == ([moment], [])
    keep(tmp_path, CASES[0], CASES[1], CASES[7])
    news.look(moment, CONFIG)
    # neither the signal, nor the crash, which the supervisor tells in its own words
    assert caplog.messages == ["PAPER: bought 0.1 BTC for 10.00 USDT (entry)"]
    assert isinstance(CASES[0], SignalUpdated)
    assert isinstance(CASES[1], TradeExecuted)
    later = replace(moment, free_bytes=1)
    news.look(later, CONFIG)
    assert pictures == [moment, later]
    with HomePaths(tmp_path).events("trader").open("ab") as stream:
        stream.write(b"{broken\n")
    news.look(moment, CONFIG)
    assert caplog.messages[1:] == ["event left out"]
