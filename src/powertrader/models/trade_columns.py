"""Finished orders as columns: the form in which every engine hands its trades to figures and reports."""

from dataclasses import dataclass

from powertrader.models.types import BoolArray, CoinSymbol, FloatArray, IntArray

_COLUMNS = (
    "coin",
    "is_sale",
    "price",
    "quantity",
    "value",
    "fee",
    "reason",
    "stage",
    "gain_pct",
    "realized",
    "is_maker",
)


@dataclass(frozen=True, slots=True, eq=False)
class TradeColumns:
    """Executed orders, oldest first, as equally long columns.

    coin and reason are positions in coins and reasons. price, value and fee are in the quote asset, value
    before the fee; the fee of a purchase was taken from the coins bought. stage: further purchases of the
    coin's position so far, this one included. gain_pct: price against the basis; realized: profit after
    costs; both NaN for a purchase. Raises ValueError when the columns differ in length.
    """

    coins: tuple[CoinSymbol, ...]
    reasons: tuple[str, ...]
    time_s: IntArray
    coin: IntArray
    is_sale: BoolArray
    price: FloatArray
    quantity: FloatArray
    value: FloatArray
    fee: FloatArray
    reason: IntArray
    stage: IntArray
    gain_pct: FloatArray
    realized: FloatArray
    is_maker: BoolArray

    def __post_init__(self) -> None:
        """Check the shape once."""
        for name in _COLUMNS:
            if len(getattr(self, name)) != len(self):
                msg = f"column {name} has {len(getattr(self, name))} rows, time_s has {len(self)}"
                raise ValueError(msg)

    def __len__(self) -> int:
        """Count the trades."""
        return len(self.time_s)

    def reason_counts(self) -> dict[str, int]:
        """Count the trades of each reason, by name."""
        named = [self.reasons[number] for number in self.reason.tolist()]
        return {name: named.count(name) for name in sorted(set(named))}
