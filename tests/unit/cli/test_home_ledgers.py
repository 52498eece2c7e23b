"""The ledgers of a home, read beside their writers."""

from pathlib import Path

import pytest

from powertrader.cli.home_ledgers import home_ledgers
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.hub.trades_view import LedgerName
from powertrader.persistence.ledger_file import open_ledger
from tests.unit.analytics.ledgers import Trader


def test_an_open_ledger_is_read_whole_and_then_what_is_new(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    trader = Trader()
    trader.buy("BTC", "1", "100")
    feed, whose = home_ledgers(paths), LedgerName("testnet", "second", "USDT")
    with open_ledger(paths.ledger("testnet", "second"), FileStore()) as ledger:
        ledger.append_all(trader.events)
        first = feed.read(whose)
        stored = len(trader.events)
        trader.sell("BTC", "1", "90")
        ledger.append_all(trader.events[stored:])
        second = feed.read(whose)
    assert first is not None
    assert second is not None
    assert (len(first), len(second)) == (1, 2)
    assert feed.read(whose) is None


def test_a_mode_that_no_trader_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'dream' has no ledger"):
        home_ledgers(HomePaths(tmp_path)).read(LedgerName("dream", "a", "USDT"))
