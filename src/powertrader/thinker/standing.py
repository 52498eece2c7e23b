"""One line for people: how many coins have a signal, and which are the strongest."""

from collections.abc import Iterable
from typing import Final

from powertrader.thinker.session import ThinkerStep

SHOWN: Final = 3
"""So many coins are named on each side."""


def standing_of(step: ThinkerStep) -> str:
    """Give such as "signals for 2 of 3 coins; LONG: BTC 5, ETH 1; SHORT: none"."""
    signals = list(step.signals.values())
    total = len(signals) + len(step.reasons)
    long = _strongest((one.coin, one.long_level) for one in signals)
    short = _strongest((one.coin, one.short_level) for one in signals)
    return f"signals for {len(signals)} of {total} coins; LONG: {long}; SHORT: {short}"


def _strongest(levels: Iterable[tuple[str, int]]) -> str:
    """Name the coins with the highest levels above 0, and how many more there are."""
    found = sorted([(coin, level) for coin, level in levels if level], key=lambda one: -one[1])
    named = ", ".join(f"{coin} {level}" for coin, level in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{named}{more}" or "none"
