"""What reaches the log, in which form, and what never does."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from powertrader.core.logging_setup import close_logging, setup_logging

log = logging.getLogger("powertrader.trainer.runner")
PRIVATE = 'pa"ss/Wörd=1'


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    yield tmp_path / "logs" / "trainer.log"
    close_logging()
    logging.getLogger().setLevel(level)


def entries(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_console_line_is_for_people(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging(log_file)
    record = log.makeRecord(
        log.name, logging.INFO, "f", 1, "Training %s", ("started",), None, None, {"coin": "BTC"}
    )
    record.created = 1705314645.0
    log.handle(record)
    log.debug("not shown")
    said = capsys.readouterr()
    assert said.err == "2024-01-15 10:30:45 [INFO] trainer.BTC: Training started\n"
    assert said.out == ""


def test_every_line_of_the_file_is_json_with_its_fields(log_file: Path) -> None:
    setup_logging(log_file)
    log.info("one\ntwo", extra={"coin": "ETH", "order": 7})
    log.warning("plain")
    log.warning("named", extra={"component": "thinker"})
    first, second, third = entries(log_file)
    assert str(first["time"]).endswith("+00:00")
    assert (first["level"], first["component"], first["coin"]) == ("INFO", "trainer", "ETH")
    assert (first["message"], first["order"]) == ("one\ntwo", 7)
    assert second["coin"] is None
    assert third["component"] == "thinker"


def test_setting_up_twice_writes_every_line_once(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging(log_file)
    setup_logging(log_file)
    log.info("once")
    assert len(entries(log_file)) == 1
    assert capsys.readouterr().err.count("once") == 1


def test_no_secret_reaches_file_or_console(
    log_file: Path, capsys: pytest.CaptureFixture[str], expected_errors: list[str]
) -> None:
    setup_logging(log_file, secrets=[PRIVATE, ""])
    log.info("sent %s", PRIVATE, extra={"header": {"X-MBX-APIKEY": "abc123"}, "note": PRIVATE})
    log.info("GET https://x/order?symbol=BTCUSDT&signature=deadbeef&timestamp=1 key=k987 secret: s654")
    try:
        int(PRIVATE)
    except ValueError:
        log.exception("failed")
    texts = (capsys.readouterr().err, log_file.read_text(encoding="utf-8"))
    for text in texts:
        for secret in (PRIVATE, json.dumps(PRIVATE)[1:-1], "abc123", "deadbeef", "k987", "s654"):
            assert secret not in text
        assert "symbol=BTCUSDT" in text
        assert "timestamp=1" in text
    assert len(entries(log_file)) == 3
    assert expected_errors


def test_the_log_comes_back_when_its_folder_is_deleted(log_file: Path) -> None:
    setup_logging(log_file)
    log.info("before")
    shutil.rmtree(log_file.parent)
    log.info("after")
    assert [entry["message"] for entry in entries(log_file)] == ["after"]


def test_70_mb_leave_the_log_and_five_older_ones(log_file: Path) -> None:
    setup_logging(log_file)
    for number in range(8):
        log.info("entry %s", number)
        with log_file.open("r+b") as stream:
            stream.truncate(
                10 * 1024 * 1024 - 10
            )  # as if the log had grown until the next entry does not fit
    log.info("entry 8")
    left = sorted(one.name for one in log_file.parent.iterdir())
    assert left == ["trainer.log", *(f"trainer.log.{number}" for number in range(1, 6))]
    assert [entry["message"] for entry in entries(log_file)] == ["entry 8"]
    assert b"entry 3" in (log_file.parent / "trainer.log.5").read_bytes()
