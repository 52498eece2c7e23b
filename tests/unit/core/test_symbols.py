"""How venues spell pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import ConfigError
from powertrader.core.symbols import coin_symbol, from_binance_symbol, to_binance_symbol, to_kucoin_symbol

coins = st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)


def test_pairs_are_spelled_as_the_venues_do() -> None:
    assert to_binance_symbol("BTC") == "BTCUSDT"
    assert to_binance_symbol("eth", "EUR") == "ETHEUR"
    assert to_kucoin_symbol("BTC") == "BTC-USDT"


@given(coin=coins, quote=st.sampled_from(["USDT", "EUR", "BTC"]))
def test_a_pair_gives_its_coin_back(coin: str, quote: str) -> None:
    assert from_binance_symbol(to_binance_symbol(coin, quote), quote) == coin


def test_a_pair_against_another_asset_is_refused() -> None:
    with pytest.raises(ConfigError, match="'BTCEUR' is not traded against USDT"):
        from_binance_symbol("BTCEUR")


@given(coin=coins)
def test_a_coin_is_read_without_regard_to_case_and_blanks(coin: str) -> None:
    assert coin_symbol(f" {coin.lower()}\n") == coin


@pytest.mark.parametrize("text", ["", "BTC/USDT", "BTC-X", "A" * 21, "\u0661", "B C"])
def test_what_is_no_coin_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError, match="1 to 20 letters and digits"):
        coin_symbol(text)
