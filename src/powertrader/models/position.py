"""A coin the bot holds: what it paid, how often it averaged down, and its trailing exit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from powertrader.models.types import CoinSymbol, PriceLevel

NOTHING: Final = Decimal(0)


class Buy(NamedTuple):
    """A purchase that is still held at least in part, as the floats a basis is made of."""

    quantity: float
    price: PriceLevel
    adopted: bool = False


def average_price(newest_first: Iterable[tuple[float, float]], held: float) -> PriceLevel:
    """Give the average of the newest purchases that cover what is held, in the original's order.

    newest_first: pairs of quantity and price. What they do not cover counts as free.
    Source: golden/BEHAVIOUR.md 3.3.
    """
    remaining, cost = held, 0.0
    for quantity, price in newest_first:
        if remaining <= 0:
            break
        used = min(quantity, remaining)
        cost += used * price
        remaining -= used
    return cost / held if held > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Trail:
    """The trailing exit of one position: a line under the highest bid that only rises.

    line and peak are bids in the quote asset; peak is 0.0 before the first bid at or above the
    line. was_above: the bid of the last step stood at or above the line, so a fall below sells.
    """

    active: bool
    line: PriceLevel
    peak: PriceLevel
    was_above: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """What the engines read of a position: estimates, as floats, in the form of the hot path.

    quantity is in the coin. basis is the average price paid, 0.0 when unknown. stage counts the
    DCA buys of the open trade. trail is None until the first step that saw the position.
    """

    coin: CoinSymbol
    quantity: float
    basis: PriceLevel
    stage: int = 0
    trail: Trail | None = None
    dca_times: tuple[datetime, ...] | None = None
    last_sale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Everything the ledger says about one coin, also after it was sold.

    quantity is what fills left in the account, fees in the coin taken off. cost is the quote asset
    paid for it. bought and paid are the part of the buys still held before fees, so that paid over
    bought is the average price; buys holds them one by one, oldest first. adopted_basis comes from
    an order history instead. stage and dca_times are None until a trade, an adoption
    or a rebuilt window set them.
    """

    coin: CoinSymbol
    quantity: Decimal = NOTHING
    cost: Decimal = NOTHING
    bought: Decimal = NOTHING
    paid: Decimal = NOTHING
    adopted_basis: float | None = None
    stage: int | None = None
    trail: Trail | None = None
    dca_times: tuple[datetime, ...] | None = None
    last_sale_at: datetime | None = None
    entry_price: float | None = None
    buys: tuple[Buy, ...] = ()

    @property
    def avg_cost_basis(self) -> PriceLevel:
        """Average price paid per coin before fees, 0.0 when nothing is held.

        Added up as the original does, so that a gain of exactly 0 is none here either.
        """
        if len(self.buys) == 1 and self.buys[0].adopted:
            return self.buys[0].price
        newest_first = [(buy.quantity, buy.price) for buy in reversed(self.buys)]
        return average_price(newest_first, float(self.bought))

    @property
    def dca_count(self) -> int:
        """DCA buys of the open trade."""
        return self.stage or 0

    @property
    def dca_timestamps(self) -> tuple[datetime, ...]:
        """Times of the DCA buys that may still count for the daily limit."""
        return self.dca_times or ()

    @property
    def trailing_active(self) -> bool:
        """Tell whether the bid has reached the start line."""
        return self.trail is not None and self.trail.active

    @property
    def trailing_peak(self) -> PriceLevel:
        """Highest bid since the trail became active, 0.0 before."""
        return self.trail.peak if self.trail else 0.0

    @property
    def trailing_line(self) -> PriceLevel:
        """The line a fall below sells at, 0.0 before the first step with the position."""
        return self.trail.line if self.trail else 0.0

    def holding(self) -> Holding:
        """Give the floats a decision reads, with the average price paid as the basis."""
        return Holding(
            self.coin,
            float(self.quantity),
            self.avg_cost_basis,
            self.stage or 0,
            self.trail,
            self.dca_times,
            self.last_sale_at,
        )
