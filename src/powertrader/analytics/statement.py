"""The true profit of a ledger: an account of its money that adds up, with open losses in it.

deposits + brought in + realised + unrealised - fees - written off = equity, where equity is cash and
what the held coins are worth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from powertrader.analytics.profit import CoinSums, LedgerSums
from powertrader.core.constants import DOLLARS
from powertrader.models.money import decimal_of, product
from powertrader.models.position import NOTHING
from powertrader.models.types import CoinSymbol

CENT: Final = Decimal("0.01")
FINEST: Final = Decimal("0.00000001")
_PCT: Final = 100


@dataclass(frozen=True, slots=True)
class CoinProfit:
    """One coin: its sums, what it is worth, and what came of it.

    price is the one it was valued at, None where there is none; is_old tells that it is that of the last
    trade, because nobody told a newer one. Without any price what is held counts as its cost.
    """

    sums: CoinSums
    price: Decimal | None
    is_old: bool
    value: Decimal

    @property
    def unrealised(self) -> Decimal:
        """What is held is worth so much more than it cost, before fees."""
        return self.value - self.sums.cost

    @property
    def net(self) -> Decimal:
        """What came of the coin in all: realised and unrealised, less fees and losses."""
        sums = self.sums
        return sums.realised + self.unrealised - sums.fees - sums.written_off

    @property
    def return_pct(self) -> float | None:
        """The net result in percent of what was put into the coin, None when nothing was."""
        put_in = self.sums.spent + self.sums.brought_in
        return float(self.net / put_in) * _PCT if put_in else None


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of a ledger's money, in its quote asset, exact.

    brought_in are coins handed over at their basis, and fees paid with other assets. dust is the part of
    the holdings that sales left over. coins are in order of their names.
    """

    sums: LedgerSums
    coins: tuple[CoinProfit, ...]

    @property
    def deposits(self) -> Decimal:
        """What came in as money, less what went out."""
        return self.sums.deposits

    @property
    def brought_in(self) -> Decimal:
        """What came in otherwise."""
        return self.sums.from_beside + _sum(one.sums.brought_in for one in self.coins)

    @property
    def realised(self) -> Decimal:
        """What sales brought above the cost of what they sold, before fees."""
        return _sum(one.sums.realised for one in self.coins)

    @property
    def unrealised(self) -> Decimal:
        """What is held is worth so much more than it cost, before fees."""
        return _sum(one.unrealised for one in self.coins)

    @property
    def fees(self) -> Decimal:
        """All fees that were paid."""
        return _sum(one.sums.fees for one in self.coins)

    @property
    def written_off(self) -> Decimal:
        """The cost of coins that left the account without an order."""
        return _sum(one.sums.written_off for one in self.coins)

    @property
    def net(self) -> Decimal:
        """The true profit: realised and unrealised, less fees and losses."""
        return _sum(one.net for one in self.coins)

    @property
    def holdings(self) -> Decimal:
        """What the held coins are worth."""
        return _sum(one.value for one in self.coins)

    @property
    def dust(self) -> Decimal:
        """What those of them are worth that sales left over."""
        return _sum(one.value for one in self.coins if one.sums.is_rest)

    @property
    def equity(self) -> Decimal:
        """Cash and holdings."""
        return self.sums.cash + self.holdings

    @property
    def open_loss(self) -> Decimal:
        """The sum of what held coins are worth less than they cost; 0 or below."""
        return _sum(min(one.unrealised, NOTHING) for one in self.coins)

    @property
    def put_in(self) -> Decimal:
        """Everything that came into the account, as money or otherwise."""
        return self.deposits + self.brought_in

    @property
    def net_pct(self) -> float | None:
        """The true profit in percent of all that ever came in, withdrawn or not; None while nothing did."""
        came = self.sums.from_beside + _sum(flow.amount for flow in self.sums.flows if flow.amount > 0)
        return float(self.net / came) * _PCT if came > 0 else None

    @property
    def unpriced(self) -> tuple[CoinSymbol, ...]:
        """Held coins that nobody told a price of lately."""
        return tuple([one.sums.coin for one in self.coins if one.sums.quantity and one.is_old])

    @property
    def unit(self) -> Decimal:
        """The least amount that is told: a cent, or the finest part of an asset that is no dollar."""
        return CENT if self.sums.quote_asset in DOLLARS else FINEST

    def bridge(self) -> tuple[tuple[str, Decimal], ...]:
        """Give the steps from what came in to the equity, rounded so that they add up to it rounded."""
        steps = (
            ("deposits", self.deposits),
            ("brought_in", self.brought_in),
            ("realised", self.realised),
            ("unrealised", self.unrealised),
            ("fees", -self.fees),
            ("written_off", -self.written_off),
        )
        rounded = in_units([part for _, part in steps], self.unit)
        return tuple(zip([name for name, _ in steps], rounded, strict=True))


def statement_of(sums: LedgerSums, prices: Mapping[CoinSymbol, float]) -> Statement:
    """Value what a ledger holds at the prices a sale gets now, in the quote asset."""
    return Statement(
        sums, tuple([_valued(sums.coins[coin], prices.get(coin)) for coin in sorted(sums.coins)])
    )


def in_units(parts: Iterable[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Round amounts so that they add up to their rounded sum; each is at most a unit off its own rounding."""
    exact, told, rounded = NOTHING, NOTHING, []
    for part in parts:
        exact += part
        step = exact.quantize(unit, ROUND_HALF_EVEN) - told
        told += step
        rounded.append(step)
    return rounded


def _valued(sums: CoinSums, price: float | None) -> CoinProfit:
    known = decimal_of(price) if price is not None else sums.last_price
    if not sums.quantity:
        return CoinProfit(sums, known, price is None, NOTHING)
    if known is None:
        return CoinProfit(sums, None, is_old=True, value=sums.cost)
    return CoinProfit(sums, known, price is None, product(sums.quantity, known))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
