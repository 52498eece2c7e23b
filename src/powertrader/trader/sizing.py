"""From an amount or a position to the quantity that is sent, or the reason why nothing is sent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.decision import Gate
from powertrader.models.instrument import Instrument
from powertrader.models.money import OrderQuantity, decimal_of, floor_to_step, order_quantity, order_within

BELOW_MIN_QUANTITY: Final = "below_min_quantity"
BELOW_MIN_NOTIONAL: Final = "below_min_notional"
OVER_FUNDS: Final = "over_funds"


@dataclass(frozen=True, slots=True)
class Sized:
    """What an order asks for, and the price it was sized with."""

    order: OrderQuantity
    price: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order is not sent, with the numbers; the venue was not asked."""

    reason: str
    gate: Gate | None = None


def size_as_original(raw: float, price: float, instrument: Instrument | None) -> Sized | Refusal:
    """Give what the original sends, which checks the minimum quantity only.

    instrument None: asking for it failed (Q68). Source: golden/BEHAVIOUR.md 3.5.
    """
    order = order_quantity(raw, instrument, "original")
    if order is None:
        return _refusal(BELOW_MIN_QUANTITY, raw, float(instrument.min_quantity) if instrument else 0.0)
    return Sized(order, price)


def size_purchase(amount: float, ask: float, instrument: Instrument, funds: float) -> Sized | Refusal:
    """Give the quantity an amount buys, floored to the venue's step; never enlarged.

    Refused below the venue's minimum quantity or notional, or above the funds.
    """
    order = order_quantity(amount / ask, instrument, "safe")
    if order is None:
        return _refusal(BELOW_MIN_QUANTITY, amount / ask, float(smallest_quantity(instrument)))
    cost = order.quantity * decimal_of(ask)
    if cost < instrument.min_notional:
        return _refusal(BELOW_MIN_NOTIONAL, float(cost), float(instrument.min_notional))
    if cost > decimal_of(funds):
        return _refusal(OVER_FUNDS, float(cost), funds)
    return Sized(order, ask)


def size_sale(owned: Decimal, free: Decimal, bid: float, instrument: Instrument) -> Sized | Refusal:
    """Give what can be sold of a position: what is owned and free, floored to the step.

    Refused below the venue's minimum quantity or notional; a larger sale is cut to its maximum.
    """
    wanted = min(owned, free)
    order = order_within(wanted, instrument)
    if order is None:
        return _refusal(BELOW_MIN_QUANTITY, float(wanted), float(smallest_quantity(instrument)))
    worth = order.quantity * decimal_of(bid)
    if worth < instrument.min_notional:
        return _refusal(BELOW_MIN_NOTIONAL, float(worth), float(instrument.min_notional))
    return Sized(order, bid)


def smallest_quantity(instrument: Instrument) -> Decimal:
    """Give the least that the venue lets be sold; a position below it is dust (Q61)."""
    whole = floor_to_step(instrument.min_quantity, instrument.lot_step)
    if whole < instrument.min_quantity:
        whole += instrument.lot_step
    return max(whole, instrument.lot_step)


def text_differs(raw: float, sized: Sized, instrument: Instrument) -> bool:
    """Tell whether the original would have sent another text for the same quantity (Q47)."""
    original = order_quantity(raw, instrument, "original")
    if original is None or original.quantity != sized.order.quantity:
        return False
    return original.text != sized.order.text


def _refusal(reason: str, value: float, limit: float) -> Refusal:
    text = f"{reason.replace('_', ' ')}: {value:g} against {limit:g}"
    return Refusal(reason, Gate(reason, passed=False, value=value, limit=limit, text=text))
