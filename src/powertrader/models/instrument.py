"""What a venue allows to be ordered."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.types import CoinSymbol

FINEST_STEP: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Instrument:
    """The order rules of one trading pair, from the venue, for market orders.

    lot_step and min_quantity are in the coin, min_notional in the quote asset; 0 means no such
    rule. tradable is False while the venue has halted or delisted the pair.
    Raises ValueError when a step or minimum is negative or not finite.
    """

    symbol: str
    coin: CoinSymbol
    lot_step: Decimal = FINEST_STEP
    min_quantity: Decimal = FINEST_STEP
    max_quantity: Decimal | None = None
    min_notional: Decimal = Decimal(0)
    tradable: bool = True

    def __post_init__(self) -> None:
        """Check the rules once."""
        for name in ("lot_step", "min_quantity", "min_notional"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value < 0:
                msg = f"{name} of {self.symbol} was {value}, must be >= 0"
                raise ValueError(msg)
