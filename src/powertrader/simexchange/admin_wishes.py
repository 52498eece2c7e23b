"""What an administrator of the local exchange may send."""

from decimal import Decimal
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from powertrader.simexchange.accounts import FeeAsset

_FARTHEST_S: Final = 10 * 366 * 86_400


class Wish(BaseModel):
    """What an administrator sends; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TimeWish(Wish):
    """Move market time ahead by seconds, or to a time."""

    advance_s: float | None = Field(None, gt=0, le=_FARTHEST_S)
    to: AwareDatetime | None = None


class AmountWish(Wish):
    """So much of an asset."""

    asset: str = Field(pattern=r"^[A-Z0-9]{1,20}$")
    quantity: Decimal = Field(gt=0, le=10**15, decimal_places=8)


class AccountWish(Wish):
    """Open an account, which begins with so much of the quote asset."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    quote: Decimal = Field(Decimal(0), ge=0, le=10**15, decimal_places=8)


class KeyWish(Wish):
    """Another key of an account: proven by a public key in PEM, or with a secret made here."""

    public_key: str | None = Field(None, max_length=10_000)


class FeesWish(Wish):
    """From which asset fees are taken: received, quote or bnb."""

    fee_asset: FeeAsset


class RightsWish(Wish):
    """What the keys of an account may do; what is left out is as a careful user sets it."""

    reading: bool = True
    trading: bool = True
    withdrawing: bool = False
    only_from_addresses: bool = True
    account_trades: bool = True
    ends_at: AwareDatetime | None = None


class SymbolWish(Wish):
    """What happens to a pair: halted or not; its next market order fills partly, its next ones late."""

    halted: bool | None = None
    expire_next: Decimal | None = Field(None, ge=0, le=1)
    slow_orders: int = Field(1, ge=1, le=1_000)
    slow_next_s: float | None = Field(None, gt=0, le=_FARTHEST_S)


class RulesWish(Wish):
    """Rules in the form of the YAML file."""

    rules: list[dict[str, object]]
