"""`powertrader status` and `stop` where nothing runs, and the picture of `up` on a terminal."""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from powertrader.cli import exit_codes
from powertrader.cli.live_view import LiveView
from powertrader.cli.main import main
from powertrader.core.logging_setup import close_logging, setup_logger
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from tests.unit.snapshots import beat, coin, snapshot


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_the_status_of_an_empty_home_says_what_to_start_and_leaves_it_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--home", str(tmp_path), "--set", "coins=BTC"]) == exit_codes.DIFFERENT
    shown = capsys.readouterr()
    assert shown.out == ""
    for text in (
        "No trader has run here yet",
        "trader: does not run",
        "powertrader up",
        "BTC: not trained yet",
    ):
        assert text in shown.err
    assert list(tmp_path.iterdir()) == []


def test_scripts_get_one_json_object_with_what_needs_a_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--json", "--home", str(tmp_path)]) == exit_codes.DIFFERENT
    found = json.loads(capsys.readouterr().out)
    assert {one["subject"] for one in found["findings"]} >= {"thinker", "trader"}
    assert found["processes"]["trader"] == {
        "state": "stopped",
        "pid": None,
        "age_s": None,
        "mode": "",
        "steps": 0,
        "errors": 0,
        "recent_errors": 0,
        "last_error": "",
        "restarts": 0,
        "exit_code": None,
        "last_output": [],
    }


def test_settings_that_cannot_be_used_are_told_of_and_the_rest_is_shown_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "trading_config.yaml").write_text("trading: {colour: red}\n")
    assert main(["status", "--home", str(tmp_path)]) == exit_codes.DIFFERENT
    shown = capsys.readouterr().err
    assert "colour" in shown
    assert "trader: does not run" in shown
    assert main(["stop", "--home", str(tmp_path)]) == exit_codes.OK
    assert "colour" in capsys.readouterr().err


def test_many_coins_are_shown_only_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ",".join(f"C{number}" for number in range(100))
    options = ["status", "--home", str(tmp_path), "--set", f"coins={names}"]
    main(options)
    some = capsys.readouterr().err
    main([*options, "--all"])
    every = capsys.readouterr().err
    assert "+76" in some
    assert "\nC99 " not in some
    assert "\nC99 " in every


def test_stopping_nothing_is_done_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stop", "--home", str(tmp_path)]) == exit_codes.OK
    assert "Nothing runs here" in capsys.readouterr().err
    assert main(["stop", "trader", "--home", str(tmp_path)]) == exit_codes.OK
    assert "trader: does not run" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_trader_of_another_mode_is_not_taken_charge_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = HomePaths(tmp_path)
    mailbox = Mailbox(FileStore(paths.data), paths)
    mailbox.publish(paths.heartbeat("trader"), HEARTBEAT, beat("trader", pid=os.getpid(), mode="live"))
    with exclusive(paths.process_lock("trader")):
        assert main(["up", "--mode", "paper", "--home", str(tmp_path)]) == exit_codes.USAGE
    refusal = capsys.readouterr().err
    assert "a trader in mode live runs here already" in refusal
    assert f"`powertrader stop trader --home {tmp_path}`" in refusal
    assert not list(paths.logs.glob("*.out"))


def test_on_a_terminal_the_log_is_part_of_the_picture_and_comes_back_afterwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = StringIO()
    view = LiveView(Console(file=screen, force_terminal=True, width=100, height=30), str)
    log = setup_logger("supervisor", tmp_path, redactor=Redactor())
    try:
        with view.shown():
            for number in range(6):
                log.warning("line %s", number)
            view.show(snapshot([coin("BTC")]))
        log.warning("after")
    finally:
        close_logging()
    shown = screen.getvalue()
    assert "BTC" in shown
    assert "line 5" in shown
    assert "line 1" not in shown
    told = capsys.readouterr().err
    assert "after" in told
    assert "line" not in told
