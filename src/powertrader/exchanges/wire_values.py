"""What the replies of all venues have in common: numbers as JSON or text, and words to be shown."""

import math
from typing import Final

from powertrader.models.account import Quote

LONGEST_WORDS: Final = 200


def finite(field: object) -> float | None:
    """Give a number that was written as one or as text, None when it is none or not finite."""
    if isinstance(field, bool) or not isinstance(field, str | int | float):
        return None
    try:
        value = float(field)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def quote_from(bid_field: object, ask_field: object) -> Quote | None:
    """Give the best prices out of their fields, None unless both are above 0."""
    bid, ask = finite(bid_field), finite(ask_field)
    return Quote(bid, ask) if bid and ask and bid > 0 and ask > 0 else None


def plain(words: object, longest: int = LONGEST_WORDS) -> str:
    """Give a venue's words as one short line that can be printed; what is no text says nothing."""
    shown = words if isinstance(words, str) else ""
    return "".join(letter if letter.isprintable() else " " for letter in shown)[:longest]
