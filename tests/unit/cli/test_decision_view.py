"""What `ledger explain` tells of the newest decision on a coin."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.cli.decision_view import decision_lines, newest_decisions
from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON
from powertrader.models.decision import DecisionRecord, Gate

START = datetime(2024, 1, 1, 23, 59, tzinfo=UTC)


def write(folder: Path, *told: tuple[str, str]) -> None:
    """Write records of a coin and a verdict, a minute apart, so that the second day begins soon."""
    for minute, (coin, verdict) in enumerate(told):
        at = START + timedelta(minutes=minute)
        gate = Gate("long", passed=False, value=2.0, limit=3.0, text="long 2 < 3")
        record = DecisionRecord(coin, verdict, (gate,), at, "hash", "classic-1", 0)
        FileStore().append_jsonl(folder / f"{at:%Y-%m-%d}.jsonl", encode(record))


def told(folder: Path, coin: str = "BTC") -> list[tuple[str, str]]:
    return [(one.coin, one.verdict) for one in newest_decisions(folder, FileStore(), coin)]


def test_the_newest_decision_on_a_coin_is_found_over_days(tmp_path: Path) -> None:
    write(tmp_path, ("BTC", "no_signal"), ("ETH", "entry"), ("BTC", "trailing"), ("ETH", "no_signal"))
    assert told(tmp_path) == [("BTC", "trailing")]
    assert told(tmp_path, "ETH") == [("ETH", "no_signal")]
    assert told(tmp_path, "SOL") == []


def test_why_there_is_no_step_is_told_while_it_holds_on(tmp_path: Path) -> None:
    write(tmp_path, ("BTC", "trailing"), (EVERY_COIN, "no_account"))
    assert told(tmp_path) == [("BTC", "trailing"), (EVERY_COIN, "no_account")]
    assert told(tmp_path, "SOL") == [(EVERY_COIN, "no_account")]


def test_why_there_was_no_step_is_not_told_any_more_once_steps_go_on(tmp_path: Path) -> None:
    write(tmp_path, ("BTC", "trailing"), (EVERY_COIN, "no_account"), (EVERY_COIN, STEPS_GO_ON))
    assert told(tmp_path) == [("BTC", "trailing")]


def test_a_decision_is_told_with_its_gates_and_their_numbers(tmp_path: Path) -> None:
    write(tmp_path, ("BTC", "long_below_start_level"))
    (record,) = newest_decisions(tmp_path, FileStore(), "BTC")
    first, second = decision_lines(record)
    assert first == "2024-01-01T23:59:00Z  Newest decision on BTC: too few timeframes say long"
    assert second.split() == ["closed", "long:", "long", "2", "<", "3"]


def test_a_line_that_is_no_decision_is_named(tmp_path: Path) -> None:
    day = tmp_path / "2024-01-01.jsonl"
    day.write_text(json.dumps({"coin": "BTC"}) + "\n", encoding="utf-8")
    with pytest.raises(BadData, match=r"2024-01-01\.jsonl, line 1 is no decision"):
        newest_decisions(tmp_path, FileStore(), "BTC")
