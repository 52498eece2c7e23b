"""Which part of a row of candles is seen, and how zooming and moving change that."""

from dataclasses import dataclass
from typing import Final, Self

FEWEST: Final = 10
"""Fewer candles than these are not zoomed into."""
ROOM: Final = 0.5
"""A candle reaches half its width to either side of its number."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """From the left edge, counted in candles, so many candles to the right; candle 0 is the oldest known."""

    left: float
    count: float

    @classmethod
    def newest(cls, shown: float, total: int) -> Self:
        """Give the newest candles, with room for so many also where there are fewer."""
        return cls(total - ROOM - shown, shown)

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.count

    def follows(self, total: int) -> bool:
        """Tell whether the newest candle is in sight."""
        return self.right >= total - ROOM - 1e-6

    def zoomed(self, factor: float, at: float, total: int) -> Self:
        """Show factor times as many candles; the place `at`, 0 at the left and 1 at the right, stays."""
        count = min(max(self.count * factor, min(FEWEST, self.count)), max(total, self.count))
        return type(self)(self.left + (self.count - count) * at, count).within(total)

    def moved(self, candles: float, total: int) -> Self:
        """Show what lies so many candles further to the right."""
        return type(self)(self.left + candles, self.count).within(total)

    def within(self, total: int) -> Self:
        """Give the nearest view that shows no empty room where candles could be."""
        highest = total - ROOM - self.count
        return type(self)(min(max(self.left, min(-ROOM, highest)), highest), self.count)

    def indexes(self, total: int) -> tuple[int, int]:
        """Give the first candle in sight, and the first behind the last one."""
        first = max(0, int(self.left + ROOM))
        return min(first, total), max(0, min(total, int(self.right + ROOM + 1 - 1e-9)))
