"""Train and think from the command line, on the bundled synthetic market."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.memory_files import load_memory
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.timeframe import TIMEFRAMES

UNTIL = ("--until", "2023-01-01")


def _train(home: Path, *more: str) -> int:
    return main(["train", "--home", str(home), "--json", *UNTIL, *more])


def test_a_training_says_what_it_did_and_leaves_memories(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(tmp_path) == exit_codes.OK
    told = json.loads(capsys.readouterr().out)
    store, paths = FileStore(), HomePaths(tmp_path).made_up()
    for coin in ("BTC", "ETH"):
        timeframes = told["coins"][coin]["timeframes"]
        assert list(timeframes) == [timeframe.value for timeframe in TIMEFRAMES]
        for timeframe in TIMEFRAMES:
            memory = load_memory(store, paths.coin(coin), timeframe)
            assert memory is not None
            assert len(memory) == timeframes[timeframe.value]["patterns"] > 0
    assert told["failed"] == {}
    assert (
        paths.coin("ETH").memory_file(TIMEFRAMES[0])
        == tmp_path / "data_synthetic" / "ETH" / "memories_1hour.txt"
    )
    assert paths.coin("ETH").memory_file(TIMEFRAMES[0]).exists()


def test_a_trained_coin_signals_and_publishes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _train(tmp_path, "BTC")
    capsys.readouterr()
    assert main(["think", "btc", "--home", str(tmp_path), "--at", "2023-01-05", "--json"]) == exit_codes.OK
    captured = capsys.readouterr()
    signal = json.loads(captured.out)["signals"]["BTC"]
    assert signal["made_at"] == "2023-01-05T00:00:00+00:00"
    assert "BTC" in captured.err
    published = json.loads((tmp_path / "data_synthetic" / "signal.json").read_text())
    assert published["body"]["long_level"] == signal["long_level"]
    assert (tmp_path / "data_synthetic" / "long_dca_signal.txt").read_text() == str(signal["long_level"])


def test_an_old_training_gives_no_signal_but_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _train(tmp_path, "BTC")
    assert main(["think", "BTC", "--home", str(tmp_path), "--at", "2023-03-01"]) == exit_codes.DIFFERENT
    assert "at most 14 are allowed; train this coin again" in capsys.readouterr().err
    assert (tmp_path / "data_synthetic" / "long_dca_signal.txt").read_text() == "0"


def test_an_untrained_coin_gives_no_signal_but_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["think", "ETH", "--home", str(tmp_path), "--json"]) == exit_codes.DIFFERENT
    assert list(json.loads(capsys.readouterr().out)["no_signal"]) == ["ETH"]


def test_a_second_training_of_the_same_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with exclusive(HomePaths(tmp_path).made_up().process_lock("trainer")):
        assert _train(tmp_path) == exit_codes.USAGE
    assert "another PowerTrader works here" in capsys.readouterr().err


def test_too_few_candles_fail_that_coin_with_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{1640995200 + 3600 * hour},1,2,0.5,1.5,1\n" for hour in range(9))
    (tmp_path / "BTCUSDT-1h.csv").write_text(f"open_time,open,high,low,close,volume\n{rows}")
    arguments = ["train", "BTC", "--candles", str(tmp_path), "--home", str(tmp_path / "home"), "--json"]
    assert main(arguments) == exit_codes.BAD_DATA
    failed = json.loads(capsys.readouterr().out)["failed"]
    assert (
        "5 of 10 rows of 1hour candles can be used, needed are 10; give it a longer history" in failed["BTC"]
    )


def test_a_coin_whose_folder_cannot_be_used_does_not_keep_the_others_from_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = HomePaths(tmp_path).made_up().coin("ETH").base
    folder.parent.mkdir(parents=True)
    folder.touch()
    assert _train(tmp_path, "ETH", "BTC") == exit_codes.BAD_DATA
    told = json.loads(capsys.readouterr().out)
    assert list(told["failed"]) == ["ETH"]
    assert "cannot be written" in told["failed"]["ETH"]
    assert told["coins"]["BTC"]["outcome"] == "finished"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_coins_folder_that_leads_elsewhere_is_not_trained_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = HomePaths(tmp_path / "home").made_up().coin("ETH").base
    folder.parent.mkdir(parents=True)
    folder.symlink_to(elsewhere)
    assert _train(tmp_path / "home", "ETH") == exit_codes.BAD_DATA
    assert "links out of the data folder" in json.loads(capsys.readouterr().out)["failed"]["ETH"]
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x00\xff\xfe" * 50])
def test_damaged_memories_are_moved_aside_and_the_coin_still_signals(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    _train(tmp_path, "BTC")
    damaged = HomePaths(tmp_path).made_up().coin("BTC").pattern_memory(TIMEFRAMES[0])
    think = ["think", "BTC", "--home", str(tmp_path), "--at", "2023-01-05", "--json"]
    capsys.readouterr()
    assert main(think) == exit_codes.OK
    sound = json.loads(capsys.readouterr().out)["signals"]
    damaged.write_bytes(content)
    assert main(think) == exit_codes.OK
    captured = capsys.readouterr()
    assert json.loads(captured.out)["signals"] == sound
    assert damaged.name in captured.err
    assert [path.read_bytes() for path in damaged.parent.glob(f"{damaged.name}.corrupt-*")] == [content]


def test_wrong_rows_are_left_out_and_told_of_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{1640995200 + 3600 * hour},1,2,0.5,1.{hour % 7},1\n" for hour in range(60)]
    rows[30] = "rubbish\n"
    text = "open_time,open,high,low,close,volume\n" + "".join(rows)
    (tmp_path / "BTCUSDT-1h.csv").write_text(text)
    for command in ("train", "think"):
        arguments = [command, "BTC", "--candles", str(tmp_path), "--home", str(tmp_path / "home")]
        assert main(arguments) == exit_codes.BAD_DATA
        assert "read it with --repair" in capsys.readouterr().err
        assert main([*arguments, "--repair"]) == exit_codes.OK
        assert "candles of BTC repaired: unreadable: 1, first at row 31" in capsys.readouterr().err


def test_killer_txt_stops_a_training_and_the_next_one_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killer = HomePaths(tmp_path).made_up().coin("BTC").killer()
    killer.parent.mkdir(parents=True)
    killer.write_text("yes")
    assert _train(tmp_path, "BTC") == exit_codes.INTERRUPTED
    assert "Run the same command again" in capsys.readouterr().err
    killer.unlink()
    assert _train(tmp_path, "BTC") == exit_codes.OK
    assert json.loads(capsys.readouterr().out)["coins"]["BTC"]["outcome"] == "finished"


def test_what_was_learnt_from_a_made_up_market_never_lies_beside_what_is_real(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = datetime(2022, 1, 1, tzinfo=UTC)
    write_candles(tmp_path / "BTCUSDT-1h.csv", synthetic_candles("BTC", seed=1, start=start, count=2_000))
    home = tmp_path / "home"
    real = ["train", "BTC", "--home", str(home), "--candles", str(tmp_path)]
    assert main(real) == exit_codes.OK
    before = {path.name: path.read_bytes() for path in (home / "data").iterdir() if path.is_file()}
    capsys.readouterr()
    assert _train(home, "BTC") == exit_codes.OK
    captured = capsys.readouterr()
    assert "The market is made up" in captured.err
    assert json.loads(captured.out)["data"] == str(home / "data_synthetic")
    assert {path.name: path.read_bytes() for path in (home / "data").iterdir() if path.is_file()} == before


def test_a_look_at_a_time_before_the_training_says_that_it_knows_the_future(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(tmp_path, "BTC") == exit_codes.OK
    capsys.readouterr()
    assert main(["think", "BTC", "--home", str(tmp_path), "--at", "2022-12-01", "--json"]) == exit_codes.OK
    notes = json.loads(capsys.readouterr().out)["notes"]["BTC"]
    assert notes[-1] == "trained 31.0 days later than this look at the market: it knows the future"


def test_a_blocked_coin_folder_does_not_keep_the_others_from_signalling(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(tmp_path, "BTC") == exit_codes.OK
    HomePaths(tmp_path).made_up().coin("ETH").base.write_text("a file where a folder should be")
    capsys.readouterr()
    arguments = ["think", "BTC", "ETH", "--home", str(tmp_path), "--at", "2023-01-05", "--json"]
    assert main(arguments) == exit_codes.BAD_DATA
    told = json.loads(capsys.readouterr().out)
    assert list(told["signals"]) == ["BTC"]
    assert list(told["no_signal"]) == ["ETH"]
    assert list(told["not_published"]) == ["ETH"]
