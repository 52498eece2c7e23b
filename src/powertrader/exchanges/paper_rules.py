"""The rules that a venue would hold an order against, with the same refusals."""

import re
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import FilterRejected, PairRefused, PostOnlyRejected, Rejected
from powertrader.core.fills import takes_at_once, triggers_at_once
from powertrader.models.account import Quote
from powertrader.models.instrument import Instrument
from powertrader.models.money import decimal_of, floor_to_step, product
from powertrader.models.order import OrderIntent, OrderType, Side

_QUANTITY_TEXT: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_UPPER_TYPES: Final = frozenset({OrderType.LIMIT_MAKER, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT})


def checked_order(
    intent: OrderIntent, instrument: Instrument | None, quote: Quote | None
) -> tuple[Instrument, Quote]:
    """Give the pair and its quote when an order keeps every rule of the pair.

    Raises PairRefused for a pair that does not exist, FilterRejected, PostOnlyRejected or Rejected, with
    the numbers.
    """
    if instrument is None:
        msg = f"{intent.symbol} is not traded here"
        raise PairRefused(msg)
    problem = _closed_problem(intent, instrument) or _size_problem(intent, instrument)
    if problem:
        raise FilterRejected(problem)
    if quote is None:
        msg = f"{intent.symbol} has no price"
        raise Rejected(msg)
    problem = _value_problem(intent, instrument, quote)
    if problem:
        raise FilterRejected(problem)
    _refuse_at_once(intent, quote)
    return instrument, quote


def refuse_no_pair(above: OrderIntent, below: OrderIntent) -> None:
    """Raise Rejected unless two orders can be the legs of which the first executed cancels the other."""
    same = (above.symbol, above.side, above.quantity) == (below.symbol, below.side, below.quantity)
    upper, lower = (above, below) if above.side is Side.SELL else (below, above)
    fits = upper.terms.order_type in _UPPER_TYPES and lower.terms.order_type.is_stop
    apart = (
        above.terms.first_price > below.terms.first_price and above.client_order_id != below.client_order_id
    )
    if not (same and fits and apart):
        msg = (
            f"{above.terms.order_type} {above.side} {above.quantity} {above.symbol} over "
            f"{below.terms.order_type} {below.side} {below.quantity} {below.symbol} is no pair: both must be "
            "of one symbol, side and quantity, one a stop and the other a limit maker or take-profit"
        )
        raise Rejected(msg)


def refuse_position(intent: OrderIntent, instrument: Instrument, held: Decimal) -> None:
    """Raise FilterRejected when a purchase would make the account hold more than the pair allows."""
    most = instrument.max_position
    if intent.side is Side.BUY and most is not None and held + intent.quantity > most:
        msg = f"{intent.symbol} would be {held + intent.quantity}, above the largest position of {most}"
        raise FilterRejected(msg)


def _closed_problem(intent: OrderIntent, instrument: Instrument) -> str | None:
    kinds = instrument.order_types
    if not instrument.tradable:
        return f"{intent.symbol} is not traded at present {instrument.status}".rstrip()
    if kinds and intent.terms.order_type.value not in kinds:
        return f"{intent.symbol} takes no {intent.terms.order_type} orders, only {', '.join(kinds)}"
    return None


def _size_problem(intent: OrderIntent, instrument: Instrument) -> str | None:
    if not _QUANTITY_TEXT.fullmatch(intent.quantity_text):
        return f"quantity {intent.quantity_text!r} must be digits with at most one point"
    quantity = Decimal(intent.quantity_text)
    if quantity != intent.quantity:
        return f"quantity {intent.quantity_text!r} of {intent.symbol} is not the {intent.quantity} meant"
    if quantity <= 0 or quantity < instrument.min_quantity:
        return f"quantity {quantity} of {intent.symbol} is below the minimum of {instrument.min_quantity}"
    if instrument.max_quantity is not None and quantity > instrument.max_quantity:
        return f"quantity {quantity} of {intent.symbol} is above the maximum of {instrument.max_quantity}"
    if floor_to_step(quantity, instrument.lot_step) != quantity:
        return f"quantity {quantity} of {intent.symbol} is no multiple of {instrument.lot_step}"
    return _tick_problem(intent, instrument)


def _tick_problem(intent: OrderIntent, instrument: Instrument) -> str | None:
    for name, price in (("price", intent.terms.price), ("stop price", intent.terms.stop_price)):
        if price is not None and floor_to_step(price, instrument.price_tick) != price:
            return f"{name} {price} of {intent.symbol} is no multiple of {instrument.price_tick}"
    return None


def _value_problem(intent: OrderIntent, instrument: Instrument, quote: Quote) -> str | None:
    terms = intent.terms
    market = decimal_of(quote.ask if intent.side is Side.BUY else quote.bid)
    notional = product(intent.quantity, terms.price or terms.stop_price or market)
    if notional < instrument.min_notional:
        return f"value {notional} of {intent.symbol} is below the minimum of {instrument.min_notional}"
    if instrument.max_notional is not None and notional > instrument.max_notional:
        return f"value {notional} of {intent.symbol} is above the maximum of {instrument.max_notional}"
    return None


def _refuse_at_once(intent: OrderIntent, quote: Quote) -> None:
    terms = intent.terms
    if terms.order_type is OrderType.LIMIT_MAKER and takes_at_once(intent.side, terms, quote):
        msg = (
            f"{intent.side} {intent.symbol} at {terms.price} would be executed at once: "
            f"the market is at {quote.bid} to {quote.ask}"
        )
        raise PostOnlyRejected(msg)
    if terms.stop_price is not None and triggers_at_once(intent.side, terms, quote):
        msg = (
            f"stop price {terms.stop_price} of {intent.symbol} would trigger at once: "
            f"the market is at {quote.bid} to {quote.ask}"
        )
        raise Rejected(msg)
