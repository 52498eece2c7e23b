"""What the name of a candle file says: BTCUSDT-1h.csv.gz is BTC in USDT, one hour per candle."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from powertrader.core.exceptions import BadData
from powertrader.models.types import CoinSymbol

SUFFIXES: Final = (".csv", ".csv.gz", ".parquet", ".npz")
INTERVALS_S: Final[Mapping[str, int]] = {
    "1m": 60,
    "5m": 300,
    "15m": 900,
    "30m": 1800,
    "1h": 3600,
    "2h": 7200,
    "4h": 14400,
    "8h": 28800,
    "12h": 43200,
    "1d": 86400,
    "1w": 604800,
}
KNOWN_QUOTES: Final = (
    "FDUSD",
    "USDT",
    "USDC",
    "BUSD",
    "TUSD",
    "USD",
    "EUR",
    "GBP",
    "TRY",
    "BTC",
    "ETH",
    "BNB",
)
_LONGEST_FIRST: Final = tuple(sorted(KNOWN_QUOTES, key=len, reverse=True))
_PATTERN: Final = re.compile(
    r"(?P<pair>[A-Z0-9]{2,30}|[A-Z0-9]{1,20}[-_][A-Z0-9]{1,10})-(?P<interval>[0-9]+[mhdw])"
)


@dataclass(frozen=True, slots=True)
class CandleName:
    """Whose candles a file holds: coin, quote asset, and seconds per candle."""

    coin: CoinSymbol
    quote: str
    interval_s: int

    @classmethod
    def parse(cls, text: str, quotes: Sequence[str] = KNOWN_QUOTES) -> Self:
        """Read BTCUSDT-1h, BTC-USDT-1h or BTC_USDT-1h, with or without a file suffix.

        quotes: assets that a pair may end with; the longest one that fits wins.
        Raises BadData naming the text and what was expected.
        """
        found = _PATTERN.fullmatch(_upper_pair(without_suffix(text)))
        if found is None or found["interval"] not in INTERVALS_S:
            msg = (
                f"{text!r} does not say whose candles it holds, must look like BTCUSDT-1h with one of "
                f"{', '.join(INTERVALS_S)}; rename it or state its name with --name BTCUSDT-1h"
            )
            raise BadData(msg)
        coin, quote = _split_pair(text, found["pair"], quotes)
        return cls(coin, quote, INTERVALS_S[found["interval"]])

    def __str__(self) -> str:
        """Give the shortest name that parse reads back: BTCUSDT-1h, or BTC-FOO-1h where that is unclear."""
        interval = next(name for name, seconds in INTERVALS_S.items() if seconds == self.interval_s)
        longest = next(
            (quote for quote in _LONGEST_FIRST if f"{self.coin}{self.quote}".endswith(quote)), None
        )
        return f"{self.coin}{'' if longest == self.quote else '-'}{self.quote}-{interval}"


def format_of(path: Path) -> str | None:
    """Give the suffix of a candle file in lower case, None when it is no format we read."""
    name = path.name.lower()
    return next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(suffix)), None)


def without_suffix(text: str) -> str:
    """Give a file name without the suffix of a candle format."""
    suffix = format_of(Path(text))
    return text if suffix is None else text[: -len(suffix)]


def _upper_pair(text: str) -> str:
    pair, dash, interval = text.rpartition("-")
    return f"{pair.upper()}{dash}{interval}"


def _split_pair(text: str, pair: str, quotes: Sequence[str]) -> tuple[str, str]:
    divided = re.split("[-_]", pair)
    if len(divided) == 2:  # noqa: PLR2004  coin and quote
        return divided[0], divided[1]
    for quote in sorted(quotes, key=len, reverse=True):
        if pair.endswith(quote) and len(pair) > len(quote):
            return pair.removesuffix(quote), quote
    known = ", ".join(quotes)
    msg = f"{text!r}: {pair} must end with a quote asset, one of {known}, or be written COIN-QUOTE"
    raise BadData(msg)
