"""The venues' settings: an address can only be this computer, a venue only one that is known."""

import pytest
from pydantic import ValidationError

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_exchange import ExchangeSection


def test_real_venues_are_the_default() -> None:
    section = ExchangeSection()
    assert (section.broker, section.candles_from, section.url) == ("binance", "kucoin", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.binance.com",
        "http://192.168.0.7:8787",
        "http://127.0.0.1.evil.example:80",
        "http://127.0.0.1",
        "https://127.0.0.1:8787",
        "127.0.0.1:8787",
        "http://user@example.com:80",
    ],
)
def test_orders_and_keys_never_go_to_an_address_that_somebody_typed(url: str) -> None:
    with pytest.raises(ValidationError, match="this computer"):
        ExchangeSection(url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8787/", "http://localhost:8787", "http://[::1]:8787"])
def test_an_address_on_this_computer_is_taken_without_its_last_slash(url: str) -> None:
    assert ExchangeSection(url=url).url == url.rstrip("/")


def test_orders_go_to_kucoin_through_ccxt_only() -> None:
    assert ExchangeSection(broker="ccxt:kucoin", candles_from="kucoin").broker == "ccxt:kucoin"
    with pytest.raises(ValidationError, match="ccxt:kucoin"):
        ExchangeSection(broker="kucoin")


@pytest.mark.parametrize("venue", ["", "kraken", "ccxt:", "ccxt:Kraken", "ccxt:a/b"])
def test_a_venue_that_is_not_known_is_refused(venue: str) -> None:
    with pytest.raises(ValidationError, match="no such venue"):
        ExchangeSection(candles_from=venue)


def test_where_orders_are_sent_changes_no_hash_but_whose_candles_are_learnt_does() -> None:
    plain = config_hash(TradingConfig())
    local = TradingConfig(exchange=ExchangeSection(url="http://127.0.0.1:8787", timeout_s=1.0))
    assert config_hash(local) == plain
    other = TradingConfig(exchange=ExchangeSection(candles_from="binance"))
    assert config_hash(other) != plain


def test_the_two_binances_are_two_markets_and_the_domain_says_nothing_of_other_venues() -> None:
    assert ExchangeSection(candles_from="binance").candle_market == "binance"
    assert ExchangeSection(candles_from="binance", tld="us").candle_market == "binance.us"
    assert ExchangeSection(candles_from="kucoin", tld="us").candle_market == "kucoin"
