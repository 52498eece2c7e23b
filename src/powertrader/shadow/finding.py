"""One place where we would have done something else than the original, or it than we expected."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from powertrader.models.types import CoinSymbol


class Kind(StrEnum):
    """What differs."""

    SIGNAL = "signal"
    DECISION = "decision"
    TRADE = "trade"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the original has and what we have, in words, and why.

    deviation is the id of docs/DEVIATIONS.md that explains it, None when nothing does. at is the
    computer's time.
    """

    at: datetime
    kind: Kind
    coin: CoinSymbol
    original: str
    ours: str
    why: str
    deviation: str | None = None

    @property
    def sentence(self) -> str:
        """The whole as one line."""
        explained = f" ({self.deviation})" if self.deviation else ""
        return f"{self.coin} {self.kind}: original {self.original}; we {self.ours}; {self.why}{explained}"
