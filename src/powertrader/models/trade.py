"""A finished order as a trader reads it: what, how much, why, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.models.order import Side
from powertrader.models.types import CoinSymbol

ENTRY: Final = "entry"
TRAILING_EXIT: Final = "trailing_exit"
MANUAL_EXIT: Final = "manual_exit"
_DCA: Final = "dca_"


def is_dca(reason: str) -> bool:
    """Tell whether an order's reason is a DCA buy, for example dca_hard_3 or dca_neural_5."""
    return reason.startswith(_DCA)


def tag_of(reason: str) -> str | None:
    """Give the tag the original wrote for a reason: DCA, TRAIL_SELL, or None for an opening buy."""
    if is_dca(reason):
        return "DCA"
    return "TRAIL_SELL" if reason == TRAILING_EXIT else None


@dataclass(frozen=True, slots=True)
class Trade:
    """One order that executed at least in part.

    price is the average in the quote asset, None when the venue gave none; quantity is in the coin
    and value in the quote asset, both before fees. pnl_pct and realized_profit belong to sales.
    fee_values are what fees in a third asset were worth in the quote asset, by that asset.
    """

    coin: CoinSymbol
    side: Side
    price: float | None
    quantity: Decimal
    value: Decimal
    reason: str
    timestamp: datetime
    pnl_pct: float | None = None
    realized_profit: Decimal | None = None
    fees: tuple[tuple[str, Decimal], ...] = ()
    client_order_id: str = ""
    config_hash: str = ""
    fee_values: tuple[tuple[str, Decimal], ...] = ()

    @property
    def tag(self) -> str | None:
        """The original's tag of the reason."""
        return tag_of(self.reason)
