"""Compiled money: the roundings of models.money and core.fills on whole units of 1e-8.

An amount is an int64 count of 1e-8, at most LARGEST_UNITS, so that its float is exact. What a float's
shortest text shows, and every factor, is a pair of floats: the float and the rest that it leaves out.
Their products are exact to 30 digits; a product within NEAR of a whole unit counts as that unit.
"""

import math
from typing import Final, TypeAlias

from numba import njit

Pair: TypeAlias = tuple[float, float]

UNIT: Final = 1e8
LARGEST_UNITS: Final = 2**52
NEAR: Final = 1e-11
_SPLITTER: Final = 134217729.0
_POWERS: Final = tuple(float(10**power) for power in range(23))
_LARGEST_EXACT: Final = 22
_SEVENTEEN_DIGITS: Final = 1e16
_EIGHTEEN_DIGITS: Final = 1e17
_WHOLE_FROM: Final = 1e15


@njit(cache=True)
def product(left: float, right: float) -> Pair:
    """Multiply two floats without losing a bit (Dekker 1971)."""
    whole = left * right
    scaled = left * _SPLITTER
    left_high = scaled - (scaled - left)
    left_low = left - left_high
    scaled = right * _SPLITTER
    right_high = scaled - (scaled - right)
    right_low = right - right_high
    rest = left_low * right_low - (
        ((whole - left_high * right_high) - left_low * right_high) - left_high * right_low
    )
    return whole, rest


@njit(cache=True)
def normal(high: float, low: float) -> Pair:
    """Give the same sum with a rest below half a bit of the first."""
    whole = high + low
    part = whole - high
    return whole, (high - (whole - part)) + (low - part)


@njit(cache=True)
def times(left: Pair, right: Pair) -> Pair:
    """Multiply two pairs."""
    whole, rest = product(left[0], right[0])
    return normal(whole, rest + (left[0] * right[1] + left[1] * right[0]))


@njit(cache=True)
def over(left: Pair, right: Pair) -> Pair:
    """Divide two pairs."""
    first = left[0] / right[0]
    whole, rest = product(first, right[0])
    left_over = ((left[0] - whole) - rest) + (left[1] - first * right[1])
    return normal(first, left_over / right[0])


@njit(cache=True)
def plus(left: Pair, right: Pair) -> Pair:
    """Add two pairs."""
    whole, rest = normal(left[0], right[0])
    return normal(whole, rest + (left[1] + right[1]))


@njit(cache=True)
def text_of(amount: float) -> Pair:
    """Give the decimal number that the shortest text of a float >= 0 shows, as decimal_of does.

    Among the decimals that round to the float it is one with the fewest digits, the nearest of them.
    """
    if amount <= 0.0 or amount >= _WHOLE_FROM:
        return amount, 0.0
    power = 16 - math.floor(math.log10(amount))
    power = _seventeen_digits(amount, power)
    scaled, rest = _scaled(amount, power)
    _, exponent = math.frexp(amount)
    half_bit = _scaled(math.ldexp(0.5, exponent - 53), power)[0]
    whole = int(scaled)
    unit = 1000
    while True:
        above = float(whole % unit) + rest
        gap = unit * math.floor(above / unit + 0.5) - above
        if abs(gap) <= half_bit or unit == 1:
            break
        unit //= 10
    if power <= _LARGEST_EXACT:
        return amount, gap / _POWERS[power]
    return amount, gap / _POWERS[_LARGEST_EXACT] / _POWERS[power - _LARGEST_EXACT]


@njit(cache=True)
def _seventeen_digits(amount: float, power: int) -> int:
    """Correct a power of ten by which an amount has 17 digits before the point."""
    scaled = _scaled(amount, power)[0]
    if scaled < _SEVENTEEN_DIGITS:
        return power + 1
    return power - 1 if scaled >= _EIGHTEEN_DIGITS else power


@njit(cache=True)
def _scaled(amount: float, power: int) -> Pair:
    whole, rest = product(amount, _POWERS[min(power, _LARGEST_EXACT)])
    if power <= _LARGEST_EXACT:
        return whole, rest
    return times((whole, rest), (_POWERS[power - _LARGEST_EXACT], 0.0))


@njit(cache=True)
def rounded_down(amount: Pair) -> int:
    """Give the whole units in an amount of units."""
    whole = math.floor(amount[0])
    rest = (amount[0] - whole) + amount[1]
    return int(whole) + math.floor(rest + NEAR)


@njit(cache=True)
def rounded_up(amount: Pair) -> int:
    """Give the units that cover an amount of units."""
    whole = math.floor(amount[0])
    rest = (amount[0] - whole) + amount[1]
    return int(whole) + math.ceil(rest - NEAR)


@njit(cache=True)
def is_less(left: Pair, right: Pair) -> bool:
    """Tell whether one amount of units is less than another."""
    return (left[0] - right[0]) + (left[1] - right[1]) < -NEAR


@njit(cache=True)
def lots_of(amount: float, lot_units: int) -> int:
    """Give the units of the largest whole number of lots in an amount; -1 when it is too large to count.

    As order_quantity does it: the amount's shortest text reaches a multiple of the lot exactly when the
    float reaches the multiple's float, for up to LARGEST_UNITS no two multiples have the same one.
    """
    if amount * UNIT >= LARGEST_UNITS:
        return -1
    units = math.floor(amount * UNIT / lot_units) * lot_units
    while (units + lot_units) / UNIT <= amount:
        units += lot_units
    while units > 0 and units / UNIT > amount:
        units -= lot_units
    return units
