"""What an account holds and what the market asks, as a venue tells it."""

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class Balance:
    """An asset in the account: free can be traded, locked is bound in open orders."""

    asset: CoinSymbol
    free: Decimal
    locked: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Account:
    """Every balance of the account, in the venue's order."""

    balances: tuple[Balance, ...]

    def free(self, asset: str) -> Decimal:
        """Give the tradable amount of an asset, 0 when the venue does not list it."""
        return next((entry.free for entry in self.balances if entry.asset == asset), Decimal(0))


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What an API key may do, None where the venue does not tell.

    account_trades is the account's own right. ends_at: when the right to trade ends by itself.
    """

    trading: bool | None
    withdrawing: bool | None = None
    only_from_addresses: bool | None = None
    account_trades: bool = True
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Best prices of one pair: bid is what a sale gets, ask what a purchase pays.

    Raises ValueError unless both are finite and above 0.
    """

    bid: float
    ask: float

    def __post_init__(self) -> None:
        """Check the prices once; a missing price is no Quote at all, never a zero."""
        if not (0 < self.bid < math.inf and 0 < self.ask < math.inf):
            msg = f"bid {self.bid} and ask {self.ask} must be above 0"
            raise ValueError(msg)
