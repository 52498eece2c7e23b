"""What trading costs beside the price."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CostModel:
    """Fees, spread and slippage of one venue, all in percent; the same object everywhere.

    maker_pct and taker_pct: fee of the amount traded. spread_pct: gap between bid and ask around
    the price. slippage_pct: how much worse than the best price a market order fills.
    Raises ValueError when one is negative or 100 and above.
    """

    maker_pct: float = 0.1
    taker_pct: float = 0.1
    spread_pct: float = 0.02
    slippage_pct: float = 0.01

    def __post_init__(self) -> None:
        """Check the ranges once."""
        for name in ("maker_pct", "taker_pct", "spread_pct", "slippage_pct"):
            value = getattr(self, name)
            if not 0 <= value < 100:  # noqa: PLR2004  percent of a whole
                msg = f"{name} was {value}, must be >= 0 and < 100"
                raise ValueError(msg)
