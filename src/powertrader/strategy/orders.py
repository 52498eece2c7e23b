"""How an example strategy orders what it wants to hold."""

from dataclasses import asdict, dataclass, fields
from typing import Final

_DECIMALS: Final = 8
_WHOLE_PCT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Orders:
    """Spend a share of the free money or buy a fixed quantity, at the market or at a price that rests.

    quantity: coins to buy each time, instead of share_pct. limit_offset_pct: rest that far below the bid to
    buy, above the ask to sell; None orders at the market. lives_hours: how long an order may rest, None for
    as long as the strategy wants the same.
    Raises ValueError when a number is out of range or says nothing beside the others.
    """

    share_pct: float = 95.0
    quantity: float | None = None
    limit_offset_pct: float | None = None
    lives_hours: float | None = None

    def __post_init__(self) -> None:
        """Check the ranges once."""
        quantity, offset, lives = self.quantity, self.limit_offset_pct, self.lives_hours
        checks = (
            ("share_pct", 0 < self.share_pct <= _WHOLE_PCT, "> 0 and <= 100"),
            ("quantity", quantity is None or _is_countable(quantity), "> 0 with at most 8 decimals"),
            ("limit_offset_pct", offset is None or 0 <= offset < _WHOLE_PCT, ">= 0 and < 100"),
            ("lives_hours", lives is None or lives > 0, "> 0"),
            ("share_pct", quantity is None or "share_pct" not in self.given, "left out beside quantity"),
            ("lives_hours", lives is None or offset is not None, "left out without limit_offset_pct"),
        )
        for name, fits, expected in checks:
            if not fits:
                msg = f"{name} was {getattr(self, name):.15g}, must be {expected}"
                raise ValueError(msg)

    @property
    def given(self) -> dict[str, float]:
        """What is not as usual, by name."""
        usual = {each.name: each.default for each in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


def _is_countable(quantity: float) -> bool:
    return quantity > 0 and round(quantity, _DECIMALS) == quantity
