"""What the market does to orders of a paper account, when they come and while they rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from powertrader.core.fills import (
    Depth,
    Fill,
    PriceSpan,
    RestingOutcome,
    limit_fill,
    market_fill,
    resting_fill,
    takes_at_once,
    worse_leg_is_above,
)
from powertrader.exchanges.paper_orders import PaperOrder, fee_asset_of, moves_of
from powertrader.models.account import Quote
from powertrader.models.candle import Candle
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.money import ZERO
from powertrader.models.order import OrderState, OrderType, Side
from powertrader.models.types import CoinSymbol


class Traded(Protocol):
    """Knows what was traded of a coin."""

    def __call__(self, coin: CoinSymbol, since: datetime, until: datetime) -> tuple[Candle, datetime] | None:
        """Give the candles that opened at since or later and closed by until, as one, and its close.

        None when there is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the market; without traded, what rests meets the quotes."""

    now: datetime
    quotes: Mapping[CoinSymbol, Quote]
    instruments: Mapping[str, Instrument]
    costs: CostModel
    quote_asset: str
    traded: Traded | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Orders as they are now, and what moves of each asset.

    seen_only: they were looked at and nothing happened, which need not be saved.
    """

    orders: tuple[PaperOrder, ...]
    moves: tuple[tuple[str, Decimal], ...] = ()
    seen_only: bool = False


def taken(order: PaperOrder, quote: Quote, look: Look, volume: float | None) -> Change:
    """Execute a new order as far as the present quote does, and let the rest wait or expire."""
    intent = order.intent
    depth = _depth(order, look, volume)
    if intent.terms.order_type is OrderType.MARKET:
        fill = market_fill(intent.side, intent.quantity, quote, look.costs, depth)
        after = order.executed(fill, fee_asset_of(intent, look.quote_asset)).ended(OrderState.EXPIRED)
        return Change((after,), moves_of(intent, fill, look.quote_asset))
    if takes_at_once(intent.side, intent.terms, quote):
        return _executed((order,), limit_fill(order.resting, quote, look.costs, depth), look)
    return Change((order,))


def matched(orders: Sequence[PaperOrder], look: Look) -> Iterator[Change]:
    """Give what the market did to each open order, or pair of orders, since it was last looked at."""
    by_id = {order.client_order_id: order for order in orders}
    while by_id:
        order = by_id.pop(next(iter(by_id)))
        other = by_id.pop(order.other_leg, None)
        legs = (order,) if other is None else (order, other)
        yield from _met(legs, look)


def _met(legs: tuple[PaperOrder, ...], look: Look) -> Iterator[Change]:
    deadlines = [leg.deadline for leg in legs if leg.deadline is not None]
    until = min([look.now, *deadlines])
    span, seen_until = _span(legs[0], until, look)
    if span is not None:
        seen = tuple([replace(leg, seen_until=seen_until) for leg in legs])
        change = _after(seen, span, look)
        yield change
        legs = tuple([leg for leg in change.orders if leg.is_open])
    if deadlines and look.now >= min(deadlines) and legs:
        yield Change(tuple([leg.ended(OrderState.CANCELED) for leg in legs]))


def _after(legs: tuple[PaperOrder, ...], span: PriceSpan, look: Look) -> Change:
    """Give what a span of prices did; of two legs that it reached, the one counts that costs us more."""
    outcomes = [(leg, resting_fill(leg.resting, span, look.costs)) for leg in legs]
    reached = [(leg, outcome) for leg, outcome in outcomes if _is_reached(leg, outcome)]
    if not reached:
        return Change(legs, seen_only=True)
    reached.sort(
        key=lambda pair: pair[0].intent.terms.first_price, reverse=worse_leg_is_above(legs[0].intent.side)
    )
    leg, outcome = reached[0]
    others = tuple([one.ended(OrderState.CANCELED) for one in legs if one is not leg])
    awake = replace(leg, triggered=outcome.triggered)
    if outcome.fill is None:
        return Change((awake, *others))
    return _executed((awake, *others), outcome.fill, look)


def _executed(orders: tuple[PaperOrder, ...], fill: Fill, look: Look) -> Change:
    order, *others = orders
    after = order.executed(fill, fee_asset_of(order.intent, look.quote_asset))
    return Change((after, *others), moves_of(order.intent, fill, look.quote_asset))


def _is_reached(leg: PaperOrder, outcome: RestingOutcome) -> bool:
    return outcome.fill is not None or outcome.triggered is not leg.triggered


def _span(order: PaperOrder, until: datetime, look: Look) -> tuple[PriceSpan | None, datetime]:
    """Give the prices that an order meets on its side of the market, and until when they are."""
    quote = look.quotes.get(order.intent.coin)
    buys = order.intent.side is Side.BUY
    if look.traded is None:
        if quote is None or until < look.now:
            return None, order.seen_until
        best = quote.ask if buys else quote.bid
        return PriceSpan(best, best, best, _depth(order, look, None)), until
    found = look.traded(order.intent.coin, order.seen_until, until)
    if found is None:
        return None, order.seen_until
    candle, closed_at = found
    side = 1.0
    if quote is not None:
        side = (quote.ask if buys else quote.bid) / ((quote.ask + quote.bid) / 2)
    low, high = min(candle.low, candle.open) * side, max(candle.high, candle.open) * side
    depth = _depth(order, look, candle.volume or None)
    return PriceSpan(candle.open * side, low, high, depth), closed_at


def _depth(order: PaperOrder, look: Look, volume: float | None) -> Depth:
    instrument = look.instruments.get(order.intent.symbol)
    return Depth(volume, ZERO if instrument is None else instrument.lot_step)
