"""What a person is told before the trader's first step."""

from pathlib import Path

import pytest

from powertrader.cli.trader_view import other_ledgers
from powertrader.core.paths import HomePaths
from powertrader.trader.outlets import Identity

pytestmark = pytest.mark.money


def test_ledgers_of_the_same_mode_under_other_keys_are_named(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    ledger = paths.ledger("live", "new")
    for folder in (
        ledger,
        paths.ledger("live", "old"),
        paths.ledger("demo", "x"),
        paths.commands("live", "old"),
    ):
        folder.mkdir(parents=True)
    ledger.with_name("live-old.lock").touch()
    assert other_ledgers(ledger, Identity("live", "new", "USDT")) == ("live-old",)
