"""How venues spell a pair, and what counts as a coin."""

import re
from typing import Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import ConfigError
from powertrader.models.types import CoinSymbol

_COIN: Final = re.compile(r"[A-Z0-9]{1,20}")


def coin_symbol(text: str) -> CoinSymbol:
    """Give a coin's symbol in upper case.

    Raises ConfigError unless it is 1 to 20 letters and digits, so that it can name a folder safely.
    """
    symbol = text.strip().upper()
    if not _COIN.fullmatch(symbol):
        msg = f"coin {text[:40]!r} must be 1 to 20 letters and digits, such as BTC"
        raise ConfigError(msg)
    return symbol


def is_coin(text: str) -> bool:
    """Tell whether a text is a coin's symbol as we write it."""
    return _COIN.fullmatch(text) is not None


def to_binance_symbol(coin: CoinSymbol, quote: str = QUOTE_ASSET) -> str:
    """Give the pair as Binance spells it: BTC becomes BTCUSDT."""
    return coin_symbol(coin) + quote


def from_binance_symbol(symbol: str, quote: str = QUOTE_ASSET) -> CoinSymbol:
    """Give the coin of a pair as Binance spells it. Raises ConfigError when quote is another asset."""
    coin = symbol.removesuffix(quote)
    if coin == symbol:
        msg = f"pair {symbol!r} is not traded against {quote}"
        raise ConfigError(msg)
    return coin_symbol(coin)


def to_kucoin_symbol(coin: CoinSymbol, quote: str = QUOTE_ASSET) -> str:
    """Give the pair as KuCoin spells it: BTC becomes BTC-USDT."""
    return f"{coin_symbol(coin)}-{quote}"
