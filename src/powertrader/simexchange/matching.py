"""What an order gets from the book or from the prices since it was last looked at: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from powertrader.core.fills import Depth, Fill, PriceSpan, RestingOrder, no_worse, priced_fill, resting_fill
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.money import ZERO, floor_to_step, rounded_down
from powertrader.models.order import Side
from powertrader.simexchange.depth import Level, outward, traded_price
from powertrader.simexchange.orders import Order
from powertrader.simexchange.symbol_rules import SymbolRules


@dataclass(frozen=True, slots=True)
class Execution:
    """One trade before it is booked; the fee is in the asset that it brings."""

    price: Decimal
    fill: Fill
    fee_pct: float
    is_maker: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """What a span of prices did to a resting order: whether it is awake, and what was executed if any."""

    awake: bool
    execution: Execution | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Lowest and highest price since the last look, the price then, the quote now, and the coins traded.

    first is None when the price then is not known: the worse end counts.
    """

    low: float
    high: float
    quote: Quote
    volume: float
    first: float | None = None

    def for_side(self, side: Side, step: Decimal) -> PriceSpan:
        """Give the prices that an order of a side meets, half a spread off the middle."""
        middle = (self.quote.bid + self.quote.ask) / 2
        factor = (self.quote.ask if side is Side.BUY else self.quote.bid) / middle
        worse = self.high if side is Side.BUY else self.low
        first = worse if self.first is None else min(max(self.first, self.low), self.high)
        low, high = self.low * factor, self.high * factor
        return PriceSpan(first * factor, low, high, Depth(self.volume, step))


def walked(order: Order, levels: Iterable[Level], costs: CostModel, tick: Decimal) -> tuple[Execution, ...]:
    """Give the trades of an order that takes what is offered, no worse than its limit if it has one."""
    left, executions = order.remaining, []
    for level in levels:
        if not left or (order.price and _is_worse(order.side, level.price, order.price)):
            break
        price = traded_price(order.side, level.price, costs, tick)
        if order.price:
            price = no_worse(order.side, price, order.price)
        taken = min(left, level.quantity)
        left -= taken
        executions.append(
            Execution(price, priced_fill(order.side, taken, price, costs.taker_pct), costs.taker_pct)
        )
    return tuple(executions)


def quantity_for(
    side: Side, budget: Decimal, levels: Iterable[Level], costs: CostModel, rules: SymbolRules
) -> Decimal:
    """Give how much of the coin an amount of the quote asset buys, or must be sold for it, on the step."""
    left, total = budget, ZERO
    for level in levels:
        price = traded_price(side, level.price, costs, rules.price.step)
        there = min(level.quantity, floor_to_step(rounded_down(left / price), rules.step))
        total += there
        left -= priced_fill(side, there, price, 0.0).quote_quantity
        if there < level.quantity:
            break
    return total


def met(order: Order, span: Span, costs: CostModel, rules: SymbolRules) -> Met:
    """Tell what the prices since the last look did to a resting order."""
    resting = RestingOrder(
        order.side, order.terms, order.remaining, triggered=order.order_type.has_trigger and order.working
    )
    prices = span.for_side(order.side, rules.step)
    outcome = resting_fill(resting, prices, costs)
    awake = outcome.triggered or not order.order_type.has_trigger
    if outcome.fill is None:
        return Met(awake)
    is_maker = bool(order.price) and order.working
    fee_pct = costs.maker_pct if is_maker else costs.taker_pct
    price = order.price if is_maker else _price_of(order, outcome.fill, rules.price.step)
    fill = priced_fill(order.side, outcome.fill.quantity, price, fee_pct)
    return Met(awake, Execution(price, fill, fee_pct, is_maker))


def _price_of(order: Order, fill: Fill, tick: Decimal) -> Decimal:
    """Give the price of a fill on the tick, no worse than the order's limit."""
    price = outward(order.side, fill.quote_quantity / fill.quantity, tick)
    return no_worse(order.side, price, order.price) if order.price else price


def _is_worse(side: Side, price: Decimal, than: Decimal) -> bool:
    return price > than if side is Side.BUY else price < than
