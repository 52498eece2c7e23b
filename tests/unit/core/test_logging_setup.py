"""What reaches the log, in which form, and what never does."""

import errno
import io
import json
import logging
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from powertrader.core.logging_setup import close_logging, setup_logger
from powertrader.core.redaction import Redactor

log = logging.getLogger("powertrader.trainer.runner")
PRIVATE = 'pa"ss/Wörd=1'


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "logs" / "trainer.log"
    close_logging()


def log_to(log_file: Path, *secrets: str, max_bytes: int = 10_000_000) -> logging.Logger:
    return setup_logger("trainer", log_file.parent, redactor=Redactor(secrets), max_bytes=max_bytes)


def entries(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_console_line_is_for_people(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_to(log_file)
    record = log.makeRecord(
        log.name, logging.INFO, "f", 1, "Training %s", ("started",), None, None, {"coin": "BTC"}
    )
    record.created = 1705314645.0
    log.handle(record)
    log.debug("not shown")
    said = capsys.readouterr()
    assert said.err == "2024-01-15 10:30:45 [INFO] trainer.BTC: Training started\n"
    assert said.out == ""


def test_the_console_line_says_which_file_or_number_is_meant(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to(log_file)
    log.warning("damaged file moved aside", extra={"coin": "ETH", "file": "a.npz", "size": 7})
    assert capsys.readouterr().err.endswith("trainer.ETH: damaged file moved aside (file a.npz, size 7)\n")


def test_every_line_of_the_file_is_json_with_its_fields(log_file: Path) -> None:
    log_to(log_file)
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
    log_to(log_file)
    log_to(log_file)
    log.info("once")
    assert len(entries(log_file)) == 1
    assert capsys.readouterr().err.count("once") == 1


def test_no_secret_reaches_file_or_console(
    log_file: Path, capsys: pytest.CaptureFixture[str], expected_errors: list[str]
) -> None:
    log_to(log_file, PRIVATE, "")
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
    log_to(log_file)
    log.info("before")
    shutil.rmtree(log_file.parent)
    log.info("after")
    assert [entry["message"] for entry in entries(log_file)] == ["after"]


def test_however_much_is_logged_the_log_and_five_older_ones_remain(log_file: Path) -> None:
    log = log_to(log_file, max_bytes=2000)
    for number in range(300):
        log.info("entry %s", number, extra={"coin": "BTC", "number": number})
    left = sorted(log_file.parent.iterdir())
    assert [one.name for one in left] == ["trainer.log", *(f"trainer.log.{number}" for number in range(1, 6))]
    assert all(one.stat().st_size <= 2000 for one in left)
    kept = [entry["number"] for one in reversed(left) for entry in entries(one)]
    assert kept == list(range(300 - len(kept), 300))


def test_seventy_megabytes_leave_six_files_of_ten(log_file: Path) -> None:
    log = setup_logger("trainer", log_file.parent, redactor=Redactor())
    for number in range(8):
        log.info("entry %s", number)
        with log_file.open("r+b") as stream:
            stream.truncate(10 * 1024 * 1024 - 10)  # as if it had grown until the next entry does not fit
    left = sorted(log_file.parent.iterdir())
    assert [one.name for one in left] == ["trainer.log", *(f"trainer.log.{number}" for number in range(1, 6))]
    assert all(one.stat().st_size <= 10 * 1024 * 1024 for one in left)
    assert b"entry 2" in left[-1].read_bytes()


def test_the_logger_given_is_that_of_the_process(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_to(log_file).info("up")
    assert capsys.readouterr().err.endswith("[INFO] trainer: up\n")


def test_other_packages_are_heard_only_when_they_warn(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to(log_file)
    logging.getLogger("numba.core").info("chatter")
    logging.getLogger("urllib3").warning("retrying")
    assert [entry["component"] for entry in entries(log_file)] == ["urllib3"]


def test_odd_extra_fields_still_make_a_line_of_json(log_file: Path) -> None:
    log_to(log_file)
    log.info("odd", extra={"price": float("nan"), "path": Path("x"), "kinds": {1, 2}, "token": 5})
    (entry,) = [json.loads(line, parse_constant=pytest.fail) for line in log_file.read_text().splitlines()]
    assert (entry["price"], entry["path"], entry["token"]) == ("nan", "x", "***")


def test_an_entry_that_cannot_be_written_is_reported_without_its_content_and_nothing_stops(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_file.mkdir(parents=True)
    log_to(log_file)
    log.info("sent %s", "s3cr3t-n0t-registered")
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("trainer: sent s3cr3t-n0t-registered")
    assert said[1].startswith("log entry of powertrader.trainer.runner, test_logging_setup.py line ")
    assert said[1].endswith("was lost: IsADirectoryError")


class FullDisk(io.StringIO):
    """A standard error that was sent to a file for which there is no more room."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_under_standard_error_and_log_file_stops_nothing(
    log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    log_file.mkdir(parents=True)
    log_to(log_file)
    log.info("nobody will read this, and the trader goes on")


def test_after_closing_nothing_is_written_any_more(log_file: Path) -> None:
    log_to(log_file)
    log.info("before")
    close_logging()
    close_logging()
    log.info("after")
    assert [entry["message"] for entry in entries(log_file)] == ["before"]
