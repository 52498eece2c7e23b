"""`ledger explain COIN --replay`: the recorded decision once more, as it was or with other values."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.decision_log import line_of
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.decision import DecisionRecord
from powertrader.models.rules import TradingRules
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, World

AT = "2024-01-01T00:01:00+00:00"
LATER = datetime(2024, 1, 1, 1, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> list[DecisionRecord]:
    """Let a session buy, wait and sell; give the records of the coin, which lie in the home tmp_path."""
    world = World(rules=TradingRules(("BTC",), start_allocation_pct=1.0))
    session = world.session()
    records = []
    for price, signal in ((100.0, BUY_SIGNAL), (110.0, NO_BUY), (105.0, NO_BUY)):
        records += [one for one in world.step(session, price, signal).records if one.coin]
    write(tmp_path, records)
    return records


def write(home: Path, records: list[DecisionRecord]) -> None:
    day = HomePaths(home).decisions("paper", "default", records[0].at.date())
    for record in records:
        FileStore().append_jsonl(day, line_of(record))


def run(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[dict[str, object]]]:
    code = main(["ledger", "explain", "BTC", "--replay", "--json", "--home", str(home), *options])
    return code, json.loads(capsys.readouterr().out)["repeated"]


@pytest.mark.usefixtures("kept")
def test_the_same_decision_comes_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (one,) = run(tmp_path, capsys)
    assert (code, one["same"], one["differences"]) == (exit_codes.OK, True, [])
    assert main(["ledger", "explain", "btc", "--replay", "--home", str(tmp_path)]) == exit_codes.OK
    shown = capsys.readouterr().err
    assert "the same decision comes out: too few timeframes say long" in shown
    assert "closed  long: long 0 < 3" in shown


def test_decisions_of_a_time_are_all_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: list[DecisionRecord]
) -> None:
    _, both = run(tmp_path, capsys, "--at", kept[-1].at.isoformat())
    assert [one["words"] for one in both] == ["too few timeframes say long", "sold below the trailing line"]
    assert [one["same"] for one in both] == [True, True]


@pytest.mark.usefixtures("kept")
def test_what_if_tells_what_would_have_been_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, (one,) = run(tmp_path, capsys, "--at", AT, "--set", "entry.trade_start_level=4")
    assert (code, one["same"]) == (exit_codes.OK, None)
    assert one["replaced"] == [["entry.trade_start_level", "3", "4"]]
    assert (one["verdict"], one["amount"]) == ("long_below_start_level", 0.0)
    options = ["--at", AT, "--set", "start_allocation_pct=2", "--home", str(tmp_path)]
    assert main(["ledger", "explain", "BTC", "--replay", *options]) == exit_codes.OK
    shown = capsys.readouterr().err
    assert "with entry.start_allocation_pct 2 (recorded: 1)" in shown
    assert "what would have been decided: bought, for 200.00 USDT" in shown


def test_a_record_that_does_not_fit_its_decision_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: list[DecisionRecord]
) -> None:
    inputs = kept[0].inputs
    assert inputs is not None
    write(
        tmp_path,
        [replace(kept[0], at=datetime(2024, 1, 1, 1, tzinfo=UTC), inputs=replace(inputs, signal=NO_BUY))],
    )
    code, (one,) = run(tmp_path, capsys)
    assert (code, one["same"]) == (exit_codes.DIFFERENT, False)
    assert one["differences"] == [
        "decided long_below_start_level, recorded is entry",
        "gate long: long 0 < 3; recorded is: long 3 >= 3",
    ]


def test_a_record_of_an_older_version_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: list[DecisionRecord]
) -> None:
    write(tmp_path, [replace(kept[0], at=LATER, inputs=None)])
    assert main(["ledger", "explain", "BTC", "--replay", "--home", str(tmp_path)]) == exit_codes.BAD_DATA
    assert "an older version of PowerTrader wrote it" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "options, code, told",
    [
        (["--replay"], exit_codes.BAD_DATA, "no decision on BTC is kept"),
        (["--replay", "--at", "noon"], exit_codes.USAGE, "must be a time with its zone"),
        (["--set", "ask=3"], exit_codes.USAGE, "add --replay"),
    ],
)
def test_what_cannot_be_made_again_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, told: str
) -> None:
    assert main(["ledger", "explain", "BTC", "--home", str(tmp_path), *options]) == code
    assert told in " ".join(capsys.readouterr().err.split())
