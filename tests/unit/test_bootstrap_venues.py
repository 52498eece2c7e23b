"""Which settings lead to which venue, budget and account."""

from pathlib import Path
from typing import Final

import pytest

from powertrader.bootstrap_venues import (
    VenueContext,
    broker_account,
    budget_of,
    market_client,
    market_clock_of,
    quote_source,
)
from powertrader.core.clock import SystemClock
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError, RetryLater
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.exchanges.binance_market import BinanceMarketClient
from powertrader.exchanges.ccxt_exchange import CcxtMarketClient
from powertrader.exchanges.kucoin import KuCoinMarketClient
from powertrader.models.types import Environment

KEY: Final = "made-up-key-of-a-test"
WALL: Final = SystemClock()


def context(root: Path, mode: str = "paper", **exchange: str) -> VenueContext:
    config = TradingConfig.model_validate({"trading": {"mode": mode}, "exchange": exchange})
    return VenueContext(config, HomePaths(root), WALL, WALL, Redactor())


def budgets(root: Path) -> set[str]:
    return {path.name for path in (root / "data" / "budget").glob("*.json")}


def test_candles_and_prices_come_from_the_venues_of_the_settings(tmp_path: Path) -> None:
    usual = context(tmp_path)
    assert isinstance(market_client(usual), KuCoinMarketClient)
    assert isinstance(quote_source(usual), BinanceMarketClient)
    other = context(tmp_path, candles_from="binance", broker="ccxt:kraken")
    assert isinstance(market_client(other), BinanceMarketClient)
    assert isinstance(quote_source(other), CcxtMarketClient)


@pytest.mark.parametrize(
    "venue, mode, url, name",
    [
        ("binance", "paper", "", "binance.json"),
        ("ccxt:binance", "live", "", "binance.json"),
        ("binance", "testnet", "", "binance-testnet.json"),
        ("binance", "live", "http://127.0.0.1:8787", "binance-local.json"),
        ("ccxt:kraken", "paper", "", "kraken.json"),
    ],
)
def test_whatever_asks_one_host_shares_one_budget(
    tmp_path: Path, venue: str, mode: Environment, url: str, name: str
) -> None:
    budget_of(venue, context(tmp_path, url=url), mode).acquire(1)
    assert budgets(tmp_path) == {name}


def test_a_venue_that_ccxt_does_not_know_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"krakn.*kraken"):
        market_client(context(tmp_path, candles_from="ccxt:krakn"))


def test_an_account_has_a_name_that_tells_nothing_of_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("BINANCE_API_KEY", "BINANCE_API_SECRET", "CCXT_KRAKEN_API_KEY", "CCXT_KRAKEN_SECRET"):
        monkeypatch.setenv(variable, KEY)
    names = {
        broker_account(context(tmp_path, "live", broker=broker)).name for broker in ("binance", "ccxt:kraken")
    }
    assert len(names) == 1
    assert KEY not in names.pop()
    assert broker_account(context(tmp_path, "testnet")).client is not None


@pytest.mark.parametrize(
    "mode, broker, reason",
    [
        ("paper", "binance", "has no keys"),
        ("testnet", "ccxt:kraken", "has none; set exchange.broker=binance"),
    ],
)
def test_a_mode_without_an_account_is_refused(tmp_path: Path, mode: str, broker: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        broker_account(context(tmp_path, mode, broker=broker))


def test_market_time_is_that_of_the_computer_unless_a_local_exchange_has_its_own(tmp_path: Path) -> None:
    assert market_clock_of(context(tmp_path).config, WALL) is WALL
    with pytest.raises(RetryLater, match="does not answer"):
        market_clock_of(context(tmp_path, url="http://127.0.0.1:9").config, WALL)
