"""Decisions are found again by coin, over days, while more are written, and told with their gates."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.cli.decision_view import decision_lines
from powertrader.core.decision_log import MOST_KEPT, DecisionLog, line_of, newest_decisions
from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON
from powertrader.models.account import Quote
from powertrader.models.decision import CoolDown, DecisionInputs, DecisionRecord, Gate, RuleNumbers
from powertrader.models.position import Holding, Trail
from powertrader.models.signal import SignalView

START = datetime(2024, 1, 1, 23, 59, tzinfo=UTC)


INPUTS = DecisionInputs(
    RuleNumbers(3, 0.5, (-2.5, -5.0), 2.0, 2, 5.0, 2.5, 0.5),
    total=1000.0,
    buying_power=900.0,
    funds=0.0,
    decided="long_below_start_level",
    quote=Quote(99.0, 101.0),
    signal=SignalView(2, 0, (98.0,), START),
    position=Holding("BTC", 0.1, 90.0, 1, Trail(active=True, line=95.0, peak=99.0, was_above=True), (START,)),
    sale_waits=CoolDown("too many requests", 3.5),
)


def record_of(coin: str, verdict: str, at: datetime = START) -> DecisionRecord:
    gate = Gate("long", passed=False, value=2.0, limit=3.0, text="long 2 < 3")
    return DecisionRecord(coin, verdict, (gate,), at, "hash", "classic-1", 0)


def write(folder: Path, *told: tuple[str, str], first: int = 0) -> None:
    """Write records of a coin and a verdict, a minute apart, so that the second day begins soon."""
    for minute, (coin, verdict) in enumerate(told, start=first):
        at = START + timedelta(minutes=minute)
        record = record_of(coin, verdict, at)
        FileStore().append_jsonl(folder / f"{at:%Y-%m-%d}.jsonl", line_of(record))


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


def test_what_a_decision_was_made_from_comes_back_and_what_was_not_there_takes_no_room() -> None:
    record = replace(record_of("BTC", "long_below_start_level"), inputs=INPUTS)
    line = json.loads(json.dumps(line_of(record)))
    again = decode(DecisionRecord, line)
    assert again == record
    assert again.inputs is not None
    assert again.inputs.signal is not None
    assert again.inputs.signal.made_at == START
    assert {"frozen", "halt", "held", "too_small", "purchase_waits"}.isdisjoint(line["inputs"])


def test_a_record_of_a_version_that_kept_no_inputs_is_read() -> None:
    old = {name: value for name, value in encode(record_of("BTC", "trailing")).items() if name != "inputs"}
    assert decode(DecisionRecord, old) == record_of("BTC", "trailing")
    assert "inputs" not in line_of(record_of("BTC", "trailing"))


def verdicts(log: DecisionLog, folder: Path, coin: str = "BTC") -> list[str]:
    return [record.verdict for record in log.read(folder, coin)]


def test_the_history_of_a_coin_is_given_newest_first_and_goes_on_into_the_next_day(tmp_path: Path) -> None:
    log = DecisionLog(FileStore())
    assert verdicts(log, tmp_path) == []
    write(tmp_path, ("BTC", "no_signal"), ("ETH", "entry"), ("BTC", "trailing"))
    assert verdicts(log, tmp_path) == ["trailing", "no_signal"]
    write(tmp_path, ("BTC", "trailing_exit"), (EVERY_COIN, "no_account"), first=3)
    assert verdicts(log, tmp_path) == ["no_account", "trailing_exit", "trailing", "no_signal"]
    write(tmp_path, ("BTC", "entry"), first=24 * 60)
    assert verdicts(log, tmp_path)[:2] == ["entry", "no_account"]
    assert verdicts(log, tmp_path, "ETH") == ["no_account", "entry"]


def test_a_line_that_is_still_being_written_is_told_once_it_is_whole(tmp_path: Path) -> None:
    log = DecisionLog(FileStore())
    write(tmp_path, ("BTC", "no_signal"))
    (day,) = tmp_path.iterdir()
    begun = json.dumps(line_of(record_of("BTC", "entry"))).encode()
    day.write_bytes(day.read_bytes() + begun[:40])
    assert verdicts(log, tmp_path) == ["no_signal"]
    day.write_bytes(day.read_bytes() + begun[40:] + b"\n")
    assert verdicts(log, tmp_path) == ["entry", "no_signal"]


def test_a_file_that_was_cut_is_read_anew(tmp_path: Path) -> None:
    log = DecisionLog(FileStore())
    write(tmp_path, ("BTC", "no_signal"), ("BTC", "trailing"), ("BTC", "entry"))
    assert len(verdicts(log, tmp_path)) == 3
    for day in tmp_path.iterdir():
        day.unlink()
    write(tmp_path, ("BTC", "no_signal"))
    assert verdicts(log, tmp_path) == ["no_signal"]


def test_of_many_decisions_the_newest_are_kept(tmp_path: Path) -> None:
    told = [("BTC", f"refused: {number}") for number in range(MOST_KEPT + 20)]
    write(tmp_path, *told)
    log = DecisionLog(FileStore())
    assert verdicts(log, tmp_path) == [verdict for _, verdict in reversed(told)][:MOST_KEPT]
    write(tmp_path, ("BTC", "entry"), first=len(told))
    found = verdicts(log, tmp_path)
    assert (len(found), found[0], found[-1]) == (MOST_KEPT, "entry", "refused: 21")


def test_a_line_that_is_no_json_is_named_with_its_number(tmp_path: Path) -> None:
    write(tmp_path, ("BTC", "no_signal"))
    (day,) = tmp_path.iterdir()
    day.write_bytes(day.read_bytes() + b'{"coin": "BTC", oops\n')
    with pytest.raises(BadData, match=r"2024-01-01\.jsonl, line 2 holds no JSON"):
        DecisionLog(FileStore()).read(tmp_path, "BTC")
