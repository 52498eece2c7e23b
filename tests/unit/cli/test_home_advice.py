"""Commands in advice: whoever takes one over acts on the home that was asked about."""

from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from powertrader.cli.home_advice import with_home
from powertrader.cli.main import main

ADVICE = "start `powertrader thinker`, or all with `powertrader up`; see `logs`"


def test_each_command_names_the_home() -> None:
    told = "start `powertrader thinker --home mine`, or all with `powertrader up --home mine`; see `logs`"
    assert with_home(ADVICE, Path("mine")) == told


def test_a_home_with_spaces_is_one_word_and_keeps_its_backslashes() -> None:
    home = cast("Path", PureWindowsPath(r"C:\my files\1"))
    assert with_home("`powertrader up`", home) == r'`powertrader up --home "C:\my files\1"`'


def test_the_usual_home_needs_no_name() -> None:
    assert with_home(ADVICE, None) == ADVICE


def test_the_status_of_a_named_home_advises_for_that_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["status", "--home", str(tmp_path), "--set", "coins=BTC"])
    assert f"`powertrader trainer BTC --home {tmp_path}` trains what is missing" in capsys.readouterr().err
