"""The price lines of a coin: what it was bought at, where it is traded next, and the neural levels."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.models.signal import Signal
from powertrader.models.status import PositionStatus

HIGHEST_PRICE: Final = 9e15
"""What is not below this is a placeholder, as the original writes for a timeframe without a bound."""


class LevelKind(StrEnum):
    """What a line means, by the palette's name of its colour; the lowest of a drawing come first."""

    LOW_BOUND = "low_bound"
    HIGH_BOUND = "high_bound"
    TRAIL = "trail"
    NEXT_DCA = "next_dca"
    AVERAGE = "average"
    ASK = "ask"
    BID = "bid"


LABELLED: Final = (
    LevelKind.ASK,
    LevelKind.BID,
    LevelKind.AVERAGE,
    LevelKind.NEXT_DCA,
    LevelKind.TRAIL,
)
"""Those with a box on the right, in the original's order: ASK, BID, AVG, DCA, SELL."""
BOUNDS: Final = (LevelKind.LOW_BOUND, LevelKind.HIGH_BOUND)


@dataclass(frozen=True, slots=True)
class Level:
    """A price with its meaning; number counts the bounds of one kind from the market outwards, from 1 on."""

    kind: LevelKind
    price: float
    number: int = 0


def levels_of(signal: Signal | None, position: PositionStatus | None) -> tuple[Level, ...]:
    """Give the lines of a coin; what has no price is left out."""
    found = (*_bounds(signal), *_lines(position))
    return tuple([level for level in found if 0 < level.price < HIGHEST_PRICE])


def _bounds(signal: Signal | None) -> Iterator[Level]:
    if signal is None:
        return
    for kind, prices in zip(BOUNDS, (signal.long_bounds, signal.short_bounds), strict=True):
        for number, price in enumerate(prices, start=1):
            yield Level(kind, price, number)


def _lines(position: PositionStatus | None) -> Iterator[Level]:
    if position is None:
        return
    held = position.quantity > 0
    yield Level(LevelKind.TRAIL, position.trail_line if held else 0.0)
    yield Level(LevelKind.NEXT_DCA, position.dca_line if held else 0.0)
    yield Level(LevelKind.AVERAGE, position.basis)
    yield Level(LevelKind.ASK, position.ask)
    yield Level(LevelKind.BID, position.bid)
