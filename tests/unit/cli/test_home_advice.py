"""Commands in advice: whoever takes one over acts on the home that was asked about."""

import re
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from powertrader.cli.home_advice import exclusive_in, with_home
from powertrader.cli.main import main
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage_lock import is_held

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


def test_who_is_refused_because_of_a_lock_is_told_where_to_look(tmp_path: Path) -> None:
    lock = tmp_path / "trader.lock"
    with exclusive_in(tmp_path, lock):
        assert is_held(lock)
        with (
            pytest.raises(ConfigError, match=re.escape(f"`powertrader status --home {tmp_path}` shows")),
            exclusive_in(tmp_path, lock),
        ):
            pytest.fail("the lock was held twice")
    error = ConfigError("correct it, then `powertrader up`")
    with pytest.raises(ConfigError) as caught, exclusive_in(tmp_path, lock):
        raise error
    # what goes wrong while the lock is held has words of its own
    assert caught.value is error
    assert not is_held(lock)
