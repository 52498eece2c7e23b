"""The thinker's rules in plain Python, one number at a time: slow, obvious, and written apart.

Follows golden/BEHAVIOUR.md sections 2.3 and 2.4 by the letter, with lists and the interpreter's own
sorting, so that the compiled rules have something independent to be compared with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LOW: Final = 0.01
HIGH: Final = 99999999999999999
NAMES: Final = ("1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week")


class Hang(Exception):
    """The original never comes back from here."""


@dataclass(frozen=True)
class Entry:
    """One memory: None stands for a text that is no number."""

    body: float | None
    close: float | None
    high: float | None
    low: float | None
    weight: float | None = 1.0
    weight_high: float | None = 1.0
    weight_low: float | None = 1.0


@dataclass(frozen=True)
class Predicted:
    """active, inactive or issue, with the mean high and low move as fractions when active."""

    word: str
    high: float = 0.0
    low: float = 0.0


@dataclass
class Swept:
    """The state after a sweep."""

    sides: list[str]
    margins: list[float]
    mean: float
    low: list[float]
    high: list[float]
    ranked_low: list[float]
    ranked_high: list[float]


def gap(a: float, b: float) -> float:
    """The distance of section 0.2."""
    half = (a + b) / 2
    if half == 0:
        return 0.0
    return abs((abs(a - b) / half) * 100)


def mean(values: Sequence[float]) -> float:
    """Left to right from 0, then by the count."""
    total: float = 0
    for value in values:
        total = total + value
    return total / len(values)


def collect(products: list[float], move: float | None, unit: int, weight: float | None) -> None:
    """Add the product of a move and its weight, unless the weight is 0."""
    assert move is not None
    assert weight is not None
    if weight != 0:
        products.append((move / unit) * weight)


def predict(body: float, threshold: float, entries: Sequence[Entry]) -> Predicted:
    """Step 4 of section 2.3, entry by entry."""
    closes: list[float] = []
    highs: list[float] = []
    lows: list[float] = []
    for entry in entries:
        if entry.body is None:
            return Predicted("issue")
        if not gap(body, entry.body) <= threshold:
            continue
        fields = (entry.close, entry.high, entry.low, entry.weight, entry.weight_high, entry.weight_low)
        if None in fields:
            return Predicted("issue")
        collect(closes, entry.close, 1, entry.weight)
        collect(highs, entry.high, 100, entry.weight_high)
        collect(lows, entry.low, 100, entry.weight_low)
    if not closes or not highs or not lows:
        return Predicted("inactive")
    return Predicted("active", mean(highs), mean(lows))


def sweep(
    old_low: Sequence[float],
    old_high: Sequence[float],
    predicted: Sequence[tuple[float, float, bool]],
    ask: float,
) -> Swept:
    """Section 2.4; predicted holds low price, high price and whether it is active, by timeframe."""
    lb = list(old_low) + [LOW] * (7 - len(old_low))
    hb = list(old_high) + [HIGH] * (7 - len(old_high))
    sides: list[str] = []
    margins: list[float] = []
    for i, (lp, hp, _) in enumerate(predicted):
        if ask > hb[i] and hp != lp:
            sides.append("short")
            margins.append(((hp - ask) / abs(ask)) * 100)
        elif ask < lb[i] and hp != lp:
            sides.append("long")
            margins.append(((lp - ask) / abs(ask)) * 100)
        else:
            sides.append("none")
            margins.append(0.0)
    lows: list[float] = [lp - lp * 0.005 if active else LOW for lp, _, active in predicted]
    highs: list[float] = [hp + hp * 0.005 if active else HIGH for _, hp, active in predicted]
    sorted_low, sorted_high = sorted(lows, reverse=True), sorted(highs)
    low_places = [lows.index(value) for value in sorted_low]
    high_places = [highs.index(value) for value in sorted_high]
    space(sorted_low, sorted_high)
    used = [margin for margin in margins if margin != 0]
    average = mean(used) if used else 0.25
    return Swept(
        sides,
        margins,
        max(average, 0.25),
        [sorted_low[low_places.index(i)] for i in range(7) if i in low_places],
        [sorted_high[high_places.index(i)] for i in range(7) if i in high_places],
        sorted_low,
        sorted_high,
    )


def apart(a: float, b: float) -> float:
    """The difference of neighbouring levels, in percent of their mean."""
    try:
        return (abs(a - b) / ((a + b) / 2)) * 100
    except ZeroDivisionError:
        return 0.0


def space(low: list[float], high: list[float]) -> None:
    """Step 6: pushes neighbours apart in place. Raises Hang once a state comes back."""
    j = 0
    extra = 0.0
    while j < 6:
        if low[j] == LOW or low[j + 1] == LOW or high[j] == HIGH or high[j + 1] == HIGH:
            j, extra = j + 1, extra + 0.25
            continue
        before = (low[j + 1], high[j + 1])
        if apart(low[j], low[j + 1]) < 0.25 + extra or low[j + 1] > low[j]:
            low[j + 1] = low[j + 1] - (low[j + 1] * 0.0005)
        elif apart(high[j], high[j + 1]) < 0.25 + extra or high[j + 1] < high[j]:
            high[j + 1] = high[j + 1] + (high[j + 1] * 0.0005)
        else:
            j, extra = j + 1, extra + 0.25
            continue
        if (low[j + 1], high[j + 1]) == before:
            raise Hang
