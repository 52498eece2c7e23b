"""One trader for each account, and none kept out by a folder that cannot be used."""

import logging
from pathlib import Path

import pytest

from powertrader.core.account_claim import claim_account
from powertrader.core.exceptions import ConfigError


def test_the_second_trader_of_an_account_is_refused_and_that_of_another_is_not(tmp_path: Path) -> None:
    lock = tmp_path / "accounts" / "live-11223344.lock"
    with claim_account(lock):
        with pytest.raises(ConfigError, match="another home trades account live-11223344 already"):
            claim_account(lock).__enter__()
        with claim_account(lock.with_name("live-55667788.lock")):
            pass
    with claim_account(lock):
        pass


def test_a_lock_that_cannot_be_made_is_told_of_and_keeps_nobody_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "accounts"
    blocked.write_text("a file in its place", encoding="utf-8")
    done = False
    with caplog.at_level(logging.WARNING), claim_account(blocked / "live-11223344.lock"):
        done = True
    assert done
    assert len(caplog.records) == 1
    assert "goes unnoticed" in caplog.records[0].message
