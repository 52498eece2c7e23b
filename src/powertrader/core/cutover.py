"""Which coins PowerTrader buys while the original still trades the others: the same ones every time.

A coin has a place between 0 and 100 that only its name and the salt give; the share takes every coin
below it. So a coin that belongs to 10 % belongs to 50 % as well.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from powertrader.core.config_cutover import WHOLE, CutoverSection
from powertrader.models.types import CoinSymbol

_PLACES: Final = 2**64
_PLACE_BYTES: Final = 8


def place_pct(coin: CoinSymbol, salt: str) -> float:
    """Give the place of a coin, from 0 to below 100; the same on every computer and in every version."""
    digest = hashlib.sha256(f"{salt}:{coin}".encode()).digest()
    # 53 bits are what a float holds: more could round up to 100
    return (int.from_bytes(digest[:_PLACE_BYTES], "big") >> 11) * (WHOLE / (_PLACES >> 11))


def is_ours(coin: CoinSymbol, section: CutoverSection) -> bool:
    """Tell whether the share gives this coin to PowerTrader."""
    return section.share_pct >= WHOLE or place_pct(coin, section.since) < section.share_pct


def left_to_original(coins: Iterable[CoinSymbol], section: CutoverSection) -> dict[CoinSymbol, str]:
    """Name the coins that the share leaves to the original, each with the reason in words."""
    return {
        coin: (
            f"left to the original: {coin} is at {place_pct(coin, section.since):.1f} %, "
            f"cutover.share_pct is {section.share_pct:g}"
        )
        for coin in coins
        if not is_ours(coin, section)
    }
