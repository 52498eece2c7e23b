"""When something counts as a difference: files of the original are seconds old, prices of another moment."""

from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 2
"""A signal differs when so many publications in a row do."""
LONGEST_DELAY_S: Final = 5.0
LONGEST_PRICE_WINDOW_S: Final = 20.0
LONGEST_TRADE_WINDOW_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class ShadowTiming:
    """The tolerance, in seconds of the wall clock.

    settle_s: after a candle closed or a training ended the original may know either; nothing is compared
    for so long, which should be two of its sweeps or more. stale_s: what it published longer ago is not
    compared.
    """

    settle_s: float = 120.0
    stale_s: float = 300.0

    @property
    def delay_s(self) -> float:
        """How long a publication waits until it is judged, so that later prices and candles are known."""
        return min(LONGEST_DELAY_S, self.settle_s / 4)

    @property
    def price_window_s(self) -> float:
        """How long before it published the original may have asked for its price."""
        return min(LONGEST_PRICE_WINDOW_S, self.settle_s / 2)

    @property
    def trade_window_s(self) -> float:
        """How far apart a decision and its trade may be."""
        return min(LONGEST_TRADE_WINDOW_S, self.settle_s / 2)
