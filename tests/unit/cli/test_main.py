"""The door of the command line: exit codes, plain errors, and a help that costs nothing."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import exit_code_of, main
from powertrader.core.exceptions import (
    BadData,
    ConfigError,
    DataCorruptionError,
    InsufficientFundsError,
    OrderUnknown,
    PowerTraderError,
    RetryLater,
    StorageError,
)

SLOW_IMPORTS = ("numba", "pydantic", "rich", "yaml", "numpy", "pyarrow", "keyring")


@pytest.mark.parametrize(
    "error, expected",
    [
        (ConfigError("x"), exit_codes.USAGE),
        (BadData("x"), exit_codes.BAD_DATA),
        (DataCorruptionError("x"), exit_codes.BAD_DATA),
        (StorageError("x"), exit_codes.BAD_DATA),
        (RetryLater("x"), exit_codes.VENUE),
        (InsufficientFundsError("x"), exit_codes.VENUE),
        (OrderUnknown("x"), exit_codes.VENUE),
        (PowerTraderError("x"), exit_codes.DIFFERENT),
    ],
)
def test_every_error_has_the_exit_code_of_its_reaction(error: PowerTraderError, expected: int) -> None:
    assert exit_code_of(error) == expected


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_every_command_and_succeeds(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == exit_codes.OK
    shown = capsys.readouterr().out
    for command in ("replay", "train", "think", "compare", "config", "candles"):
        assert f"  {command}" in shown


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["repaly"], "repaly"),
        (["replay", "--nonsense"], "--nonsense"),
        (["replay", "--to", "someday"], "'someday' is no date"),
        (["think", "--at", "0001-01-01T00:00+14:00"], "'0001-01-01T00:00+14:00' is no date"),
        (["replay", "--home", "~nobody-of-this-name/x"], "cannot be found"),
        (["replay", "--coins", " , "], "name at least one coin"),
        (["replay", "--coins", "../BTC"], "must be 1 to 20 letters and digits"),
        (["replay", "--config", "not-there.yaml"], "'not-there.yaml' does not exist"),
        (["replay", "--set", "trade_start_leve=3"], "trade_start_level"),
        (["replay", "--set", "trade_start_level=9"], "9"),
        (["replay", "--train-until", "1999-01-01"], "must lie within the candles"),
        (["compare", "--vectors", "here", "--compat", "new"], "must be original or safe"),
        (["backtest", "--engine", "turbo"], "for '--engine': 'turbo' is not one of 'auto', 'event'"),
    ],
)
def test_wrong_usage_says_what_is_wrong_and_exits_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == exit_codes.USAGE
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert not captured.out


def test_a_venue_that_does_not_answer_is_told_with_what_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # nothing listens on the port of a socket that was never opened for it
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code = main(["trader", "--once", "--home", str(tmp_path), "--set", f"exchange.url={url}"])
    assert code == exit_codes.VENUE
    said = capsys.readouterr().err
    assert f"the local exchange at {url} does not answer" in said
    assert "online" not in said
    assert said.endswith("runs there: `powertrader exchange serve` starts one\n")


def test_a_missing_candle_folder_exits_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--candles", "not-there", "--coins", "BTC"]) == exit_codes.BAD_DATA
    assert "not-there" in capsys.readouterr().err


def test_help_imports_nothing_slow() -> None:
    program = (
        "import json, sys; from powertrader.cli.main import main; main(['--help']);"
        f"print(json.dumps([name for name in {SLOW_IMPORTS!r} if name in sys.modules]))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(shown.splitlines()[-1]) == []


def test_the_program_starts_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "powertrader"], capture_output=True, text=True, check=False)
    assert done.returncode == exit_codes.OK
    assert "powertrader [OPTIONS] COMMAND" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a device of Linux")
def test_a_full_standard_output_is_one_sentence() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device
        command = [sys.executable, "-m", "powertrader", "config", "hash", "--json"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == exit_codes.BAD_DATA
    assert ended.stderr.decode() == "powertrader: standard output cannot be used: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise on Windows")
def test_a_closed_pipe_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "powertrader", "config", "docs"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert ended.returncode == exit_codes.DIFFERENT
    assert ended.stderr == b""
