"""A signal as the original's six text files: written byte for byte, read as leniently as it did.

low_bound_prices.html and high_bound_prices.html hold prices by rank, joined by comma and blank;
futures_long_profit_margin.txt and futures_short_profit_margin.txt a percentage;
long_dca_signal.txt and short_dca_signal.txt a level. None ends with a newline.
Source: golden/BEHAVIOUR.md sections 2.2, 2.4 and 3.1 (Q24, Q43).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from powertrader.core.constants import SENTINEL_INACTIVE
from powertrader.models.signal import HIGHEST_LEVEL, Signal, SignalView

LOW_TOKEN: Final = 0.01
HIGH_TOKEN: Final = 99999999999999999
_DECORATION: Final = str.maketrans("", "", "'\"[]")


@dataclass(frozen=True, slots=True)
class SignalTexts:
    """Whole contents of the six files; None stands for a file that does not exist."""

    low_bounds: str | None = None
    high_bounds: str | None = None
    long_margin: str | None = None
    short_margin: str | None = None
    long_level: str | None = None
    short_level: str | None = None


UNTRAINED: Final = SignalTexts(long_margin="0.25", short_margin="0.25", long_level="0", short_level="0")
"""What the original writes for a coin without a fresh training; it leaves the bounds alone (Q32)."""


def bounds_text(bounds: Iterable[float]) -> str:
    """Spell bounds; an inactive one, infinity in memory, becomes the original's token."""
    return ", ".join([str(HIGH_TOKEN) if bound == SENTINEL_INACTIVE else repr(bound) for bound in bounds])


def export_signal(signal: Signal) -> SignalTexts:
    """Give the contents of the six files; placeholders fill the bounds up to seven."""
    lows = (*signal.long_bounds, *[LOW_TOKEN] * (HIGHEST_LEVEL - len(signal.long_bounds)))
    highs = (*signal.short_bounds, *[SENTINEL_INACTIVE] * (HIGHEST_LEVEL - len(signal.short_bounds)))
    return SignalTexts(
        bounds_text(lows),
        bounds_text(highs),
        repr(signal.long_profit_margin_pct),
        repr(signal.short_profit_margin_pct),
        str(signal.long_level),
        str(signal.short_level),
    )


def parse_level(text: str | None) -> int:
    """Read a level as the original's trader does: cut towards zero, 0 on any failure (Q43)."""
    try:
        return 0 if text is None else int(float(text))
    except (ValueError, OverflowError):
        return 0


def parse_margin(text: str | None) -> float | None:
    """Read a margin in percent; None when it is missing or no finite number."""
    margin = _number(text)
    return margin if margin is not None and math.isfinite(margin) else None


def parse_bounds(text: str | None) -> tuple[float, ...]:
    """Read bounds in the order of the file, without placeholders and what is no price.

    Both spellings of a placeholder are known: the original's tokens, and infinity.
    """
    numbers = [_number(part) for part in (text or "").translate(_DECORATION).replace(",", " ").split()]
    return tuple([number for number in numbers if number is not None and _is_price(number)])


def parse_view(texts: SignalTexts) -> SignalView:
    """Read the part of the files that a decision needs."""
    lows = parse_bounds(texts.low_bounds)
    return SignalView(parse_level(texts.long_level), parse_level(texts.short_level), lows)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _is_price(number: float) -> bool:
    return math.isfinite(number) and number not in (LOW_TOKEN, float(HIGH_TOKEN))
