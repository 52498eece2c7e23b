"""What every account of the local exchange holds, and where everything went that it does not hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from powertrader.models.account import Balance
from powertrader.models.money import ZERO
from powertrader.simexchange.replies import ApiError

BNB: Final = "BNB"


class FeeAsset(StrEnum):
    """Which asset fees are taken from.

    RECEIVED: what the trade brought. QUOTE: always the quote asset. BNB: that coin while there is
    enough of it, else what the trade brought.
    """

    RECEIVED = "received"
    QUOTE = "quote"
    BNB = "bnb"


@dataclass(frozen=True, slots=True)
class Totals:
    """Where an asset is: what was paid in, less what was paid out, is always the sum of the other three.

    market is what the other side of the trades gained, negative when it gave more than it got.
    """

    paid_in: Decimal = ZERO
    accounts: Decimal = ZERO
    fees: Decimal = ZERO
    market: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Move:
    """One trade as a move between an account, the market and the fees.

    given and got are positive; held is how much of given was locked for the order.
    """

    account: str
    given_asset: str
    given: Decimal
    got_asset: str
    got: Decimal
    held: Decimal


class Accounts:
    """The balances of all accounts. No amount ever falls below 0; what is too much is refused."""

    def __init__(
        self,
        balances: Mapping[str, Iterable[Balance]],
        totals: Mapping[str, Totals],
        fee_assets: Mapping[str, FeeAsset],
    ) -> None:
        """Go on from these balances."""
        self._balances = {name: {one.asset: one for one in held} for name, held in balances.items()}
        self._totals = defaultdict(Totals, totals)
        self._fee_assets = dict(fee_assets)
        self._changed: set[tuple[str, str]] = set()

    def names(self) -> tuple[str, ...]:
        """Give every account, in the order they were opened."""
        return tuple(self._balances)

    def balances(self, account: str) -> tuple[Balance, ...]:
        """Give what an account holds, in the order in which it first held them."""
        return tuple(self._balances.get(account, {}).values())

    def balance(self, account: str, asset: str) -> Balance:
        """Give what an account holds of an asset."""
        return self._balances.get(account, {}).get(asset) or Balance(asset, ZERO)

    def fee_asset(self, account: str) -> FeeAsset:
        """Give which asset the account's fees are taken from."""
        return self._fee_assets.get(account, FeeAsset.RECEIVED)

    def set_fee_asset(self, account: str, fee_asset: FeeAsset) -> None:
        """Take the account's fees from another asset from now on."""
        self._fee_assets[account] = fee_asset

    def totals(self) -> Mapping[str, Totals]:
        """Give where every asset is."""
        held: dict[str, Decimal] = defaultdict(Decimal)
        for balances in self._balances.values():
            for one in balances.values():
                held[one.asset] += one.free + one.locked
        return {
            asset: replace(self._totals[asset], accounts=held[asset])
            for asset in sorted({*held, *self._totals})
        }

    def kept_totals(self, assets: Iterable[str]) -> Mapping[str, Totals]:
        """Give what must be kept of some assets beside the balances."""
        return {asset: self._totals[asset] for asset in assets}

    def pay_in(self, account: str, asset: str, amount: Decimal) -> None:
        """Add a deposit, or take a withdrawal when the amount is negative."""
        self._add(account, asset, free=amount)
        total = self._totals[asset]
        self._totals[asset] = replace(total, paid_in=total.paid_in + amount)

    def lock(self, account: str, asset: str, amount: Decimal) -> None:
        """Bind an amount to an order, or free it again when the amount is negative."""
        self._add(account, asset, free=-amount, locked=amount)

    def trade(self, move: Move) -> None:
        """Give one asset for another: first what is locked for the order, then what is free."""
        self._add(move.account, move.given_asset, free=move.held - move.given, locked=-move.held)
        self._add(move.account, move.got_asset, free=move.got)
        for asset, gained in ((move.given_asset, move.given), (move.got_asset, -move.got)):
            total = self._totals[asset]
            self._totals[asset] = replace(total, market=total.market + gained)

    def charge(self, account: str, asset: str, fee: Decimal, held: Decimal = ZERO) -> None:
        """Take a fee, as much of it as held from what is locked for the order."""
        self._add(account, asset, free=held - fee, locked=-held)
        total = self._totals[asset]
        self._totals[asset] = replace(total, fees=total.fees + fee)

    @property
    def is_changed(self) -> bool:
        """Tell whether a balance changed since changes were last taken."""
        return bool(self._changed)

    def taken_changes(self) -> frozenset[tuple[str, str]]:
        """Give account and asset of every balance that changed since this was last asked."""
        changed = frozenset(self._changed)
        self._changed.clear()
        return changed

    def _add(self, account: str, asset: str, *, free: Decimal = ZERO, locked: Decimal = ZERO) -> None:
        before = self.balance(account, asset)
        after = Balance(asset, before.free + free, before.locked + locked)
        if after.free < 0 or after.locked < 0:
            raise ApiError(-2010, "Account has insufficient balance for requested action.")
        self._balances.setdefault(account, {})[asset] = after
        self._changed.add((account, asset))
