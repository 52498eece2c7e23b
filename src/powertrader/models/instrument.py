"""What a venue allows to be ordered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.types import CoinSymbol

FINEST_STEP: Final = Decimal("0.00000001")

USUAL_LOT_STEPS: Final[Mapping[CoinSymbol, Decimal]] = {
    "BTC": Decimal("0.00001"),
    "ETH": Decimal("0.0001"),
    "BNB": Decimal("0.001"),
    "SOL": Decimal("0.001"),
    "LTC": Decimal("0.001"),
    "XRP": Decimal("0.1"),
    "ADA": Decimal("0.1"),
    "DOGE": Decimal(1),
}
"""Usual order steps on Binance, for markets that no venue describes."""

USUAL_MIN_NOTIONAL: Final = Decimal(5)
"""Binance's usual minimum of an order in USDT."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """The order rules of one trading pair, from the venue.

    lot_step, min_quantity and max_quantity are in the coin and hold for market orders, the stricter of
    the venue's two rules; min_notional and max_notional are in the quote asset; 0, or None for a
    maximum, means no such rule. price_tick is the step of limit and stop prices, 0 when there is none.
    max_position is the most of the coin that the account may hold after a purchase. order_types are
    the venue's names, empty when it does not say. tradable is False while the venue has halted or
    delisted the pair; status is the venue's word for it.
    Raises ValueError when a step or minimum is negative or not finite.
    """

    symbol: str
    coin: CoinSymbol
    lot_step: Decimal = FINEST_STEP
    min_quantity: Decimal = FINEST_STEP
    max_quantity: Decimal | None = None
    min_notional: Decimal = Decimal(0)
    tradable: bool = True
    max_notional: Decimal | None = None
    max_position: Decimal | None = None
    price_tick: Decimal = Decimal(0)
    order_types: tuple[str, ...] = ()
    status: str = ""

    def __post_init__(self) -> None:
        """Check the rules once."""
        for name in ("lot_step", "min_quantity", "min_notional", "price_tick"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value < 0:
                msg = f"{name} of {self.symbol} was {value}, must be >= 0"
                raise ValueError(msg)
