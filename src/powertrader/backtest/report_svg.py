"""Drawings of a report as SVG text: axes, lines, bars and marks; colours come from the page's style."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from powertrader.models.moment import utc_of
from powertrader.models.types import FloatArray

WIDTH: Final = 960
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 36, 8, 24
_DAY_S: Final = 86400
_NICE: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_MONTH_DAYS: Final = 31
_YEAR_DAYS: Final = 366
_MOST_TIMES: Final = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing of a height in which values from low to high and x from first to last are to be seen."""

    height: int
    first: float
    last: float
    low: float
    high: float

    @property
    def floor(self) -> float:
        """Where the lowest value is drawn."""
        return self.height - _BOTTOM

    def x(self, value: float) -> float:
        """Give where something is drawn across."""
        return _LEFT + (value - self.first) / ((self.last - self.first) or 1) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Give where a value is drawn, downwards."""
        return self.floor - (value - self.low) / ((self.high - self.low) or 1) * (self.floor - _TOP)


def frame_around(height: int, xs: FloatArray, *values: FloatArray) -> Frame:
    """Give a frame that shows all values with a little air."""
    low = min(float(one.min()) for one in values if len(one))
    high = max(float(one.max()) for one in values if len(one))
    air = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
    return Frame(height, float(xs[0]), float(xs[-1]), low - air, high + air)


def drawing(frame: Frame, label: str, parts: Iterable[str]) -> str:
    """Put parts together; label says to those who cannot see it what is drawn."""
    head = f'<svg viewBox="0 0 {WIDTH} {frame.height}" role="img" aria-label="{escape(label)}">'
    return head + "".join(parts) + "</svg>"


def value_axis(frame: Frame, unit: str = "", *, whole: bool = False) -> Iterator[str]:
    """Draw a line and a number at round values, at whole ones alone where nothing else makes sense."""
    for value in round_values(frame.low, frame.high):
        if whole and value != round(value):
            continue
        y = frame.y(value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="end" x="{_LEFT - 6}" y="{y + 4:.1f}">{number_text(value)}{unit}</text>'


def across_axis(frame: Frame, unit: str) -> Iterator[str]:
    """Write numbers below the drawing."""
    for value in round_values(frame.first, frame.last, 8):
        x = frame.x(value)
        yield f'<text class="middle" x="{x:.1f}" y="{frame.height - 6}">{number_text(value)}{unit}</text>'


def time_axis(frame: Frame) -> Iterator[str]:
    """Write dates below the drawing; x counts seconds since 1970."""
    for time_s, text in _dates(frame.first, frame.last):
        x = frame.x(time_s)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{frame.floor:.1f}"/>'
        yield f'<text class="middle" x="{x:.1f}" y="{frame.height - 6}">{text}</text>'


def line(frame: Frame, xs: FloatArray, values: FloatArray, style: str) -> str:
    """Draw a line through values."""
    return f'<polyline class="{style}" points="{_points(frame, xs, values)}"/>'


def area(frame: Frame, xs: FloatArray, values: FloatArray, style: str) -> str:
    """Fill what lies between values and 0."""
    zero = frame.y(min(max(0.0, frame.low), frame.high))
    first, last = frame.x(float(xs[0])), frame.x(float(xs[-1]))
    points = _points(frame, xs, values)
    return f'<polygon class="{style}" points="{first:.1f},{zero:.1f} {points} {last:.1f},{zero:.1f}"/>'


def bar(frame: Frame, first: float, last: float, value: float, style: str) -> str:
    """Draw a bar from 0 to a value."""
    top, bottom = sorted((frame.y(value), frame.y(0.0)))
    left, right = frame.x(first), frame.x(last)
    return (
        f'<rect class="{style}" x="{left + 1:.1f}" y="{top:.1f}" width="{max(right - left - 2, 1):.1f}" '
        f'height="{bottom - top:.1f}"/>'
    )


def candle_bars(frame: Frame, half_width: float, rows: Iterable[Sequence[float]]) -> Iterator[str]:
    """Draw candles; rows: middle in x, open, high, low, close. half_width is in x as well."""
    half = max(frame.x(frame.first + half_width) - frame.x(frame.first), 0.5)
    for middle, opened, high, low, closed in rows:
        x = frame.x(middle)
        style = "up" if closed >= opened else "down"
        top, bottom = sorted((frame.y(opened), frame.y(closed)))
        wick = f"M{x:.1f} {frame.y(high):.1f}V{frame.y(low):.1f}"
        body = f"M{x - half:.1f} {top:.1f}h{2 * half:.1f}V{bottom:.1f}h{-2 * half:.1f}z"
        yield f'<path class="{style}" d="{wick}{body}"/>'


def mark(frame: Frame, x: float, value: float, said: str, *, up: bool) -> str:
    """Draw a triangle that points at a value: from below upwards, or from above downwards."""
    across, down = frame.x(x), frame.y(value)
    away = 9 if up else -9
    return (
        f'<path class="{"buy" if up else "sell"}" d="M{across:.1f} {down:.1f}l-5 {away}h10z">'
        f"<title>{escape(said)}</title></path>"
    )


def round_values(low: float, high: float, most: int = 6) -> list[float]:
    """Give round numbers from low to high, at most about so many."""
    span = high - low
    if not span > 0:
        return [low]
    rough = span / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * size for nice in _NICE if nice * size >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def number_text(value: float) -> str:
    """Write a number of an axis as short as it can be read."""
    size = abs(value)
    if size >= 1000 or value == round(value):  # noqa: PLR2004  from a thousand on nobody reads decimals
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _points(frame: Frame, xs: FloatArray, values: FloatArray) -> str:
    pairs = zip(xs.tolist(), values.tolist(), strict=True)
    return " ".join(f"{frame.x(x):.1f},{frame.y(value):.1f}" for x, value in pairs)


def _dates(first: float, last: float) -> Iterator[tuple[float, str]]:
    """Give times at which a year, month or day begins, and their names."""
    days = (last - first) / _DAY_S
    step = max(math.ceil(days / _MOST_TIMES), 1)
    start = math.ceil(first / _DAY_S)
    stop = math.floor(last / _DAY_S)
    if step <= _MONTH_DAYS // 2:
        for day in range(start, stop + 1, step):
            yield day * _DAY_S, f"{utc_of(day * _DAY_S):%d %b %y}"
        return
    months = next(count for count in (1, 2, 3, 6, 12, 24, 60, 120) if count * 30.4 >= step * 0.9)
    for day in range(start, stop + 1):
        moment = utc_of(day * _DAY_S)
        if moment.day == 1 and (moment.year * 12 + moment.month - 1) % months == 0:
            yield day * _DAY_S, f"{moment:%Y}" if months >= 12 else f"{moment:%b %Y}"  # noqa: PLR2004  a year
