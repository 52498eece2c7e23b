"""Where estimates become money: the only place that turns a float into a Decimal and rounds it."""

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Final

from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.types import Compat

ZERO: Final = Decimal(0)
# Every product and quotient of two doubles' texts is exact within these digits, so that nothing
# but the rounding asked for ever happens; up to 28 digits it gives what the original got (section 5).
_EXACT_DIGITS: Final = 1500
_DECIMALS_WITHOUT_INSTRUMENT: Final = 8


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """How much of a coin to order, and the text that is sent for it, unchanged."""

    quantity: Decimal
    text: str


def decimal_of(amount: float) -> Decimal:
    """Give the decimal number that the shortest text of a float shows.

    Raises ValueError when the amount is not finite.
    """
    if not math.isfinite(amount):
        msg = f"amount was {amount}, money must be a finite number"
        raise ValueError(msg)
    return Decimal(repr(float(amount)))


def floor_to_step(amount: Decimal, step: Decimal) -> Decimal:
    """Give the largest whole number of steps that an amount >= 0 holds; step 0 rounds nothing."""
    if not step:
        return amount
    exact = Context(prec=_EXACT_DIGITS)
    return exact.multiply(exact.divide_int(amount, step), step)


def rounded_down(amount: Decimal) -> Decimal:
    """Give an amount on 8 decimals, never more than it was: for what we receive."""
    return amount.quantize(FINEST_STEP, ROUND_FLOOR, Context(prec=_EXACT_DIGITS))


def rounded_up(amount: Decimal) -> Decimal:
    """Give an amount on 8 decimals, never less than it was: for what we pay."""
    return amount.quantize(FINEST_STEP, ROUND_CEILING, Context(prec=_EXACT_DIGITS))


def product(left: Decimal, right: Decimal) -> Decimal:
    """Multiply without rounding."""
    return Context(prec=_EXACT_DIGITS).multiply(left, right)


def fixed_text(amount: Decimal) -> str:
    """Write an amount without exponent, as short as it goes, with at least one decimal as floats have."""
    text = format(amount.normalize(Context(prec=_EXACT_DIGITS)), "f")
    return text if "." in text else f"{text}.0"


def order_quantity(raw: float, instrument: Instrument | None, compat: Compat) -> OrderQuantity | None:
    """Round a quantity down to what the venue takes; None when it is too small to be ordered.

    original: the result is the text of a float, which may have an exponent (Q47); without an
    instrument, because asking for it failed, it is rounded to 8 decimals and may be anything (Q68).
    safe: the exact decimal number in fixed notation, at most the largest order; None without an
    instrument. A raw quantity that is not finite is never ordered.
    Source: golden/BEHAVIOUR.md section 3.5, lot rounding.
    """
    if not math.isfinite(raw):
        return None
    if compat == "original":
        return _original_quantity(raw, instrument)
    return order_within(decimal_of(raw), instrument) if instrument is not None else None


def order_within(wanted: Decimal, instrument: Instrument) -> OrderQuantity | None:
    """Give the largest order of at most this quantity, in fixed notation; None below the minimum."""
    if wanted <= 0:
        return None
    if instrument.max_quantity is not None:
        wanted = min(wanted, instrument.max_quantity)
    quantity = floor_to_step(wanted, instrument.lot_step)
    if quantity <= 0 or quantity < instrument.min_quantity:
        return None
    return OrderQuantity(quantity, fixed_text(quantity))


def _original_quantity(raw: float, instrument: Instrument | None) -> OrderQuantity | None:
    if instrument is None:
        rounded = round(float(raw), _DECIMALS_WITHOUT_INSTRUMENT)
    else:
        rounded = float(floor_to_step(decimal_of(raw), instrument.lot_step))
        if rounded < float(instrument.min_quantity):
            return None
    return OrderQuantity(decimal_of(rounded), repr(rounded))
