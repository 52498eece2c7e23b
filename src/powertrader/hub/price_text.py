"""Prices, amounts and percents as the window writes them; what is unknown is N/A.

The rules for prices and quantities are the original's: design/HUB.md section 6.
"""

import math
from decimal import Decimal
from typing import Final, TypeAlias, TypeGuard

from powertrader.core.constants import DOLLARS

Number: TypeAlias = float | Decimal | None

UNKNOWN: Final = "N/A"
_DECIMALS: Final = ((1000.0, 2), (100.0, 3), (1.0, 4), (0.1, 5), (0.01, 6), (0.001, 7))
_FINEST: Final = 8
_MONEY_DECIMALS: Final = 2
_COIN_DECIMALS: Final = 8


def price_text(price: Number, quote: str = "USDT") -> str:
    """Give a price with as many decimals as its size asks for, such as $98,123.45 or $0.00001234."""
    if not _is_known(price):
        return UNKNOWN
    size = abs(float(price))
    decimals = next((count for limit, count in _DECIMALS if size >= limit), _FINEST)
    return _of(trimmed(price, decimals), quote)


def money_text(amount: Number, quote: str = "USDT", *, signed: bool = False) -> str:
    """Give an amount of the quote asset, such as $1,234.50; signed also writes the plus of a gain."""
    if not _is_known(amount):
        return UNKNOWN
    decimals = _MONEY_DECIMALS if quote in DOLLARS else _COIN_DECIMALS
    number = f"{amount:{'+' if signed else ''},.{decimals}f}"
    # nothing, and what is rounded to it, is neither a gain nor a loss
    return _of(number if any(digit in number for digit in "123456789") else number.lstrip("+-"), quote)


def percent_text(percent: Number) -> str:
    """Give a percent with its sign, such as +2.50%."""
    return f"{percent:+.2f}%" if _is_known(percent) else UNKNOWN


def quantity_text(quantity: Number) -> str:
    """Give a quantity of a coin with at most 8 decimals, such as 0.00012."""
    return trimmed(quantity, _COIN_DECIMALS).replace(",", "") if _is_known(quantity) else UNKNOWN


def trimmed(number: float | Decimal, decimals: int) -> str:
    """Give a number with at most so many decimals and commas between thousands, without zeros at its end."""
    text = f"{number:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_known(number: Number) -> TypeGuard[float | Decimal]:
    return number is not None and math.isfinite(number)


def _of(number: str, quote: str) -> str:
    if quote not in DOLLARS:
        return f"{number} {quote}"
    sign = number[0] if number[0] in "+-" else ""
    return f"{sign}${number.removeprefix(sign)}"
