"""`powertrader candles` as a user and as a script see it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from powertrader.cli import exit_codes
from powertrader.cli.candles import app
from powertrader.cli.main import main
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import content_sha256, read_candles

HEADER = "open_time,open,high,low,close,volume"
START_S = 1704067200  # Monday 2024-01-01 00:00 UTC


def hourly_file(folder: Path, hours: list[int], name: str = "BTCUSDT-1h.csv") -> Path:
    rows = [f"{START_S + 3600 * hour},{hour + 2},{hour + 3},1,{hour + 1},1" for hour in hours]
    path = folder / name
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[int, str, str]:
    """Give exit code, standard output and standard error; our own errors come out as they are raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def run_json(*arguments: object) -> dict[str, Any]:
    _, output, _ = run(*arguments, "--json")
    found = json.loads(output)
    assert isinstance(found, dict)
    return found


def test_inspect_shows_a_sound_file_and_ends_with_0(tmp_path: Path) -> None:
    path = hourly_file(tmp_path, list(range(30)))
    code, output, shown = run("inspect", path)
    assert (code, output) == (exit_codes.OK, "")
    words = " ".join(shown.replace("│", " ").split())
    for fact in ("candles 30 of BTC in USDT, 3600 s each", "first 2024-01-01 00:00 UTC", "missing candles 0"):
        assert fact in words
    assert read_candles(path).sha256[:40] in words


def test_inspect_gives_a_script_every_fact_in_one_object(tmp_path: Path) -> None:
    path = hourly_file(tmp_path, [0, 1, 4, 5])
    only = run_json("inspect", path)["files"][0]
    assert (only["coin"], only["quote"], only["interval_s"]) == ("BTC", "USDT", 3600)
    assert (only["rows"], only["candles"], only["usable"]) == (4, 4, False)
    assert (only["first_open_time"], only["last_open_time"]) == (
        "2024-01-01T00:00:00Z",
        "2024-01-01T05:00:00Z",
    )
    assert only["sha256"] == read_candles(path, repair=True).sha256
    finding = only["findings"][0]
    assert (finding["kind"], finding["count"], finding["first_row"]) == ("gap", 2, 3)
    assert finding["first_open_time"] == "2024-01-01T04:00:00Z"


def test_inspect_ends_with_3_when_a_file_needs_repair_unless_repair_is_stated(tmp_path: Path) -> None:
    path = hourly_file(tmp_path, [0, 1, 1])
    code, _, shown = run("inspect", path)
    assert code == exit_codes.BAD_DATA
    assert "duplicate: 1, first at row 3" in " ".join(shown.split())
    assert run("inspect", path, "--repair")[0] == exit_codes.OK


def test_inspect_goes_on_after_a_hopeless_file_and_ends_with_3(tmp_path: Path) -> None:
    hopeless, sound = tmp_path / "ETHUSDT-1h.npz", hourly_file(tmp_path, [0, 1])
    hopeless.write_bytes(b"rubbish")
    for more in ([], ["--repair"]):
        code, output, _ = run("inspect", hopeless, sound, *more, "--json")
        first, second = json.loads(output)["files"]
        assert code == exit_codes.BAD_DATA
        assert (first["usable"], second["usable"]) == (False, True)
        assert str(hopeless) in first["error"]


def test_inspect_shows_names_with_markup_characters_as_they_are(tmp_path: Path) -> None:
    path = hourly_file(tmp_path, [0], name="[red]x.csv")
    _, _, shown = run("inspect", path, "--name", "BTCUSDT-1h")
    assert "[red]x.csv" in shown


def test_resample_writes_closed_candles_only_and_says_what_was_missing(tmp_path: Path) -> None:
    source = hourly_file(tmp_path, [0, 1, 3, 4, 5, 6, 7, 8])
    target = tmp_path / "BTCUSDT-4h.npz"
    told = run_json("resample", source, target, "--to", "4h", "--repair")
    made = read_candles(target).candles
    assert (made.open.tolist(), made.close.tolist()) == ([2, 6], [4, 8])
    assert (told["candles"], told["missing_inside"], told["rows"]) == (2, 1, 8)
    assert told["content_sha256"] == content_sha256(made)


def test_people_are_told_what_was_written_what_was_missing_and_what_was_repaired(tmp_path: Path) -> None:
    source = hourly_file(tmp_path, [0, 1, 3, 3])
    _, output, shown = run("resample", source, tmp_path / "BTCUSDT-4h.csv", "--to", "4h", "--repair")
    words = " ".join(shown.split())
    assert output == ""
    assert "1 candles from 4 rows" in words
    assert "1 shorter candles were missing inside them" in words
    assert "duplicate: 1, first at row 4" in words


def test_people_are_told_why_a_file_holds_nothing(tmp_path: Path) -> None:
    hopeless = tmp_path / "ETHUSDT-1h.csv"
    hopeless.write_bytes(b"")
    code, _, shown = run("inspect", hopeless)
    assert code == exit_codes.BAD_DATA
    assert "is empty, must hold a header and candles" in " ".join(shown.split())


def test_resample_starts_weeks_on_the_day_asked_for(tmp_path: Path) -> None:
    source = hourly_file(tmp_path, list(range(24 * 15)))
    for day, first in (("monday", START_S), ("thursday", START_S + 3 * 86400)):
        target = tmp_path / day / "BTCUSDT-1w.csv"
        target.parent.mkdir()
        run("resample", source, target, "--to", "1w", "--week-start", day)
        assert read_candles(target).candles.open_time_s[0] == first


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet", "npz"])
def test_convert_keeps_every_candle_in_every_format(tmp_path: Path, suffix: str) -> None:
    source = hourly_file(tmp_path, list(range(9)), name="btcusdt-1h.csv")
    target = tmp_path / f"BTCUSDT-1h.{suffix}"
    code, output, shown = run("convert", source, target)
    assert (code, output) == (exit_codes.OK, "")
    assert "9 candles from 9 rows" in " ".join(shown.split())
    assert content_sha256(read_candles(target).candles) == content_sha256(read_candles(source).candles)


def test_convert_takes_a_foreign_file_when_its_unit_and_name_are_stated(tmp_path: Path) -> None:
    source = tmp_path / "download.csv"
    source.write_text(f"Timestamp,Open,High,Low,Close\n{START_S}000,2,3,1,2\n", encoding="utf-8")
    target = tmp_path / "BTCUSDT-1h.csv"
    told = run_json("convert", source, target, "--time-unit", "ms", "--name", "BTCUSDT-1h")
    assert target.read_text(encoding="utf-8") == f"{HEADER}\n{START_S},2.0,3.0,1.0,2.0,0.0\n"
    assert told["notes"] == ["there is no volume column, volumes count as 0"]


def test_convert_refuses_a_damaged_source_and_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "BTCUSDT-1h.npz"
    with pytest.raises(BadData, match="row 3"):
        run("convert", hourly_file(tmp_path, [0, 2, 1]), target)
    assert not target.exists()
    told = run_json("convert", hourly_file(tmp_path, [0, 2, 1]), target, "--repair")
    assert [finding["kind"] for finding in told["findings"]] == ["disorder"]
    assert len(read_candles(target).candles) == 3


def test_an_existing_target_is_replaced_only_when_asked(tmp_path: Path) -> None:
    source = hourly_file(tmp_path, [0, 1])
    target = tmp_path / "BTCUSDT-1h.npz"
    target.write_bytes(b"precious")
    with pytest.raises(ConfigError, match="exists; choose another name or state --overwrite"):
        run("convert", source, target)
    assert target.read_bytes() == b"precious"
    run("convert", source, target, "--overwrite")
    assert len(read_candles(target).candles) == 2


@pytest.mark.parametrize(
    "name", ["ETHUSDT-1h.csv", "BTCUSDT-4h.csv", "BTCEUR-1h.csv", "BTCUSDT-1h.txt", "x.csv"]
)
def test_a_target_whose_name_would_lie_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"must be called BTCUSDT-1h\.csv"):
        run("convert", hourly_file(tmp_path, [0, 1], name="btcusdt-1h.csv"), tmp_path / name)


@pytest.mark.parametrize(
    "options, expected",
    [
        (["--to", "3h"], "--to was '3h', must be one of"),
        (["--to", "1w", "--week-start", "noon"], "--week-start was"),
    ],
)
def test_wrong_options_are_named(tmp_path: Path, options: list[str], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        run("resample", hourly_file(tmp_path, [0, 1]), tmp_path / "BTCUSDT-4h.csv", *options)


def test_an_unknown_time_unit_is_wrong_usage(tmp_path: Path) -> None:
    code, _, _ = run("inspect", hourly_file(tmp_path, [0, 1]), "--time-unit", "minutes")
    assert code == exit_codes.USAGE


@pytest.mark.parametrize(
    "name, said", [("nope.csv", "does not exist"), ("BTCUSDT-1h.xlsx", "unknown format, must be one of .csv")]
)
def test_what_is_no_candle_file_at_all_is_said_first(
    tmp_path: Path, name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "BTCUSDT-1h.xlsx").write_bytes(b"PK")
    assert main(["candles", "inspect", str(tmp_path / name), "--json"]) == exit_codes.BAD_DATA
    assert said in json.loads(capsys.readouterr().out)["files"][0]["error"]
