"""What an order gets where no real venue fills it: paper, replay, backtest and the local exchange.

Where the prices leave a doubt, the answer is the one that is worse for us.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.money import decimal_of, floor_to_step, product, rounded_down, rounded_up
from powertrader.models.order import OrderTerms, Side

_WHOLE_PCT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution.

    quote_quantity is paid or received before the fee; a purchase pays its fee in the coin, a sale in
    the quote asset, as Binance takes them.
    """

    quantity: Decimal
    quote_quantity: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Depth:
    """How much there is to trade with: the coins of a candle's volume, None when nobody says.

    step: what is filled of an order in part is a multiple of it; 0 rounds nothing.
    """

    volume: float | None = None
    step: Decimal = Decimal(0)

    def at_most(self, wanted: Decimal, costs: CostModel) -> Decimal:
        """Give how much of a wanted quantity can be had."""
        if self.volume is None:
            return wanted
        share = decimal_of(costs.largest_share_pct) / _WHOLE_PCT
        there = floor_to_step(rounded_down(product(decimal_of(self.volume), share)), self.step)
        return min(wanted, there)

    def share_pct(self, quantity: Decimal) -> float:
        """Give how much of the volume a quantity is, in percent; 0 when the volume is not known."""
        if self.volume is None or not quantity:
            return 0.0
        return float(quantity) / self.volume * 100.0 if self.volume > 0 else math.inf


ENDLESS: Final = Depth()


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """What an order could trade at since the last look: the ask for a purchase, the bid for a sale.

    first is the earliest price; depth is what was traded meanwhile.
    Raises ValueError unless low <= first <= high and all are above 0.
    """

    first: float
    low: float
    high: float
    depth: Depth = ENDLESS

    def __post_init__(self) -> None:
        """Check the order once."""
        if not 0 < self.low <= self.first <= self.high < math.inf:
            msg = f"first {self.first} must lie between low {self.low} and high {self.high}, all above 0"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class RestingOrder:
    """What is left of an order in the book; triggered tells whether its stop price was reached before."""

    side: Side
    terms: OrderTerms
    remaining: Decimal
    triggered: bool = False


@dataclass(frozen=True, slots=True)
class RestingOutcome:
    """What a span of prices did to a resting order: whether it is awake, and what was executed if any."""

    triggered: bool
    fill: Fill | None = None


def priced_fill(side: Side, quantity: Decimal, price: Decimal, fee_pct: float) -> Fill:
    """Execute a quantity at a price, every rounding to 8 decimals against us."""
    fee_rate = decimal_of(fee_pct) / _WHOLE_PCT
    if side is Side.BUY:
        return Fill(quantity, rounded_up(product(quantity, price)), rounded_up(product(quantity, fee_rate)))
    received = rounded_down(product(quantity, price))
    return Fill(quantity, received, rounded_up(product(received, fee_rate)))


def market_price(side: Side, best: Decimal, costs: CostModel, share_pct: float = 0.0) -> Decimal:
    """Give what a market order pays or gets: worse than the best price by the slippage.

    share_pct: how much of a candle's volume the order takes, in percent.
    """
    slippage = decimal_of(costs.slippage_at(share_pct)) / _WHOLE_PCT
    return product(best, 1 + slippage if side is Side.BUY else 1 - slippage)


def market_fill(
    side: Side, quantity: Decimal, quote: Quote, costs: CostModel, depth: Depth = ENDLESS
) -> Fill:
    """Fill a market order worse than the best price by the slippage, with the taker fee.

    The fill is smaller than the order when there is no more to be had, and may be of 0.
    """
    executed = depth.at_most(quantity, costs)
    price = market_price(side, _best(side, quote), costs, depth.share_pct(executed))
    return priced_fill(side, executed, price, costs.taker_pct)


def takes_at_once(side: Side, terms: OrderTerms, quote: Quote) -> bool:
    """Tell whether a limit order would be executed at the present quote; then a post-only one is refused."""
    if terms.price is None or terms.order_type.has_trigger:
        return False
    best = _best(side, quote)
    return terms.price >= best if side is Side.BUY else terms.price <= best


def triggers_at_once(side: Side, terms: OrderTerms, quote: Quote) -> bool:
    """Tell whether the present quote has already reached the stop price; a venue refuses such an order."""
    if terms.stop_price is None:
        return False
    best = quote.ask if side is Side.BUY else quote.bid
    return _reached(side, terms, PriceSpan(best, best, best), touched=True)


def limit_fill(order: RestingOrder, quote: Quote, costs: CostModel, depth: Depth = ENDLESS) -> Fill:
    """Execute a limit order that takes at once: as a market order, never worse than its limit."""
    side = order.side
    executed = depth.at_most(order.remaining, costs)
    price = market_price(side, _best(side, quote), costs, depth.share_pct(executed))
    if order.terms.price is not None:
        price = no_worse(side, price, order.terms.price)
    return priced_fill(side, executed, price, costs.taker_pct)


def resting_fill(order: RestingOrder, span: PriceSpan, costs: CostModel) -> RestingOutcome:
    """Tell what a span of prices did to an order in the book.

    A limit must be crossed, not touched, and is filled at its own price with the maker fee. A stop is
    triggered by a touch and fills at the worse of stop price and first price, with slippage and the taker
    fee; a take-profit must be crossed and fills at its stop price with slippage. One with a limit fills no
    worse than it, and rests there when the market has already gone past. At most the volume is filled.
    """
    quantity = span.depth.at_most(order.remaining, costs)
    if order.terms.order_type.has_trigger and not order.triggered:
        if not _reached(order.side, order.terms, span, touched=order.terms.order_type.is_stop):
            return RestingOutcome(triggered=False)
        return _awakened(order, quantity, span, costs)
    price = order.terms.price
    if price is None:
        # a triggered market order of which something was left: it goes on as one
        best = decimal_of(span.high if order.side is Side.BUY else span.low)
        rest_price = market_price(order.side, best, costs, span.depth.share_pct(quantity))
        return RestingOutcome(triggered=True, fill=_some(order.side, quantity, rest_price, costs.taker_pct))
    crossed = decimal_of(span.low) < price if order.side is Side.BUY else decimal_of(span.high) > price
    fill = _some(order.side, quantity, price, costs.maker_pct) if crossed else None
    return RestingOutcome(order.triggered, fill)


def worse_leg_is_above(side: Side) -> bool:
    """Tell which of two legs counts when one span of prices reached both: the one that costs us more."""
    return side is Side.BUY


def no_worse(side: Side, price: Decimal, limit: Decimal) -> Decimal:
    """Give a price, or the limit of its order where that is better for whoever ordered."""
    return min(price, limit) if side is Side.BUY else max(price, limit)


def _awakened(order: RestingOrder, quantity: Decimal, span: PriceSpan, costs: CostModel) -> RestingOutcome:
    """Execute what its trigger turned into a market order, or into a limit order that may take at once."""
    side, terms = order.side, order.terms
    stop = terms.stop_price or Decimal(0)
    reached = _worse(side, stop, decimal_of(span.first)) if terms.order_type.is_stop else stop
    price = market_price(side, reached, costs, span.depth.share_pct(quantity))
    if terms.price is not None:
        if _worse(side, reached, terms.price) != terms.price:
            return RestingOutcome(triggered=True)
        price = no_worse(side, price, terms.price)
    return RestingOutcome(triggered=True, fill=_some(side, quantity, price, costs.taker_pct))


def _reached(side: Side, terms: OrderTerms, span: PriceSpan, *, touched: bool) -> bool:
    stop = terms.stop_price or Decimal(0)
    upwards = (side is Side.BUY) is terms.order_type.is_stop
    extreme = decimal_of(span.high if upwards else span.low)
    if extreme == stop:
        return touched
    return extreme > stop if upwards else extreme < stop


def _best(side: Side, quote: Quote) -> Decimal:
    return decimal_of(quote.ask if side is Side.BUY else quote.bid)


def _worse(side: Side, one: Decimal, other: Decimal) -> Decimal:
    return max(one, other) if side is Side.BUY else min(one, other)


def _some(side: Side, quantity: Decimal, price: Decimal, fee_pct: float) -> Fill | None:
    return priced_fill(side, quantity, price, fee_pct) if quantity > 0 else None
