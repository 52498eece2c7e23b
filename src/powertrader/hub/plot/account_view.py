"""What is seen of the account's history, and how that changes; draws itself as scenes."""

from dataclasses import dataclass
from typing import Final

from powertrader.hub.account_history import AccountHistory, Curve
from powertrader.hub.plot.account_scene import AccountChart, AccountLayout, account_layout, account_scene
from powertrader.hub.plot.crosshair import account_crosshair
from powertrader.hub.plot.marks import NO_MARKS
from powertrader.hub.plot.scene import Scene, Style

DAY_S: Final = 86400.0
SPANS_S: Final = (
    ("1h", 3600.0),
    ("1d", DAY_S),
    ("1w", 7 * DAY_S),
    ("1m", 30 * DAY_S),
    ("1y", 365 * DAY_S),
    ("all", None),
)
"""Names of spans, and their lengths in seconds; None: everything."""
LEAST_SPAN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class SpanChange:
    """How the account's value changed over what is seen, in the quote asset and in percent."""

    amount: float
    percent: float


class AccountView:
    """The account's value over a span that ends at the newest value, or stands where it was moved to."""

    def __init__(self) -> None:
        """Show everything, of nothing yet."""
        self.history = AccountHistory()
        self.marks = NO_MARKS
        self.title = ""
        self.note = ""
        self.quote = "USDT"
        self._start_span_s: float | None = None
        self._span_s: float | None = None
        self._end_s: float | None = None
        self._layout: AccountLayout | None = None
        self._curve: Curve | None = None

    def choose(self, span_s: float | None) -> None:
        """Show the newest so many seconds, None: everything."""
        self._start_span_s = self._span_s = span_s
        self._end_s = None

    @property
    def span(self) -> tuple[float, float]:
        """From when to when is seen, in seconds since 1970; nothing before the first value."""
        first_s, last_s = self.history.first_s or 0.0, self.history.last_s or 0.0
        end_s = last_s if self._end_s is None else min(self._end_s, last_s)
        start_s = first_s if self._span_s is None else max(end_s - self._span_s, first_s)
        return start_s, max(end_s, start_s + 1.0)

    def change(self) -> SpanChange | None:
        """Give how the value changed from the first to the last that is seen, None without two of them."""
        curve = self.history.between(*self.span)
        if len(curve) < 2:  # noqa: PLR2004  a change is between two values
            return None
        first, last = float(curve.values[0]), float(curve.values[-1])
        return SpanChange(last - first, (last - first) / first * 100)

    def scene(self, size: tuple[int, int], style: Style) -> Scene:
        """Give the drawing for a canvas of this size."""
        start_s, end_s = self.span
        self._curve = self.history.between(start_s, end_s)
        chart = AccountChart(
            self.title, self._curve, (start_s, end_s), self.marks, self.note, self.quote, size
        )
        self._layout = account_layout(chart, style)
        return account_scene(chart, self._layout, style)

    def cross(self, at: tuple[float, float], style: Style) -> Scene | None:
        """Give the lines and values under the pointer, None beside the chart."""
        layout, curve = self._layout, self._curve
        if layout is None or curve is None or not len(curve) or not layout.box.holds(*at):
            return None
        return account_crosshair(curve, layout, at, style)

    def zoom(self, factor: float, x: float | None) -> None:
        """Show a span factor times as long; the moment at x stays there, None: the end."""
        if not len(self.history):
            return
        start_s, end_s = self.span
        whole_s = max((self.history.last_s or 0.0) - (self.history.first_s or 0.0), LEAST_SPAN_S)
        span_s = min(max((end_s - start_s) * factor, LEAST_SPAN_S), whole_s)
        share = 1.0 if x is None or self._layout is None else self._layout.box.share(x)
        self._span_s = span_s
        self._end_at(start_s + (end_s - start_s) * share + span_s * (1 - share))

    def pan(self, pixels: float) -> None:
        """Move what is seen to the right by pixels."""
        if self._layout is not None and len(self.history):
            start_s, end_s = self.span
            self._span_s = end_s - start_s
            self._end_at(end_s + pixels / self._layout.box.width * (end_s - start_s))

    def reset(self) -> None:
        """Show the chosen span again, up to the newest value."""
        self.choose(self._start_span_s)

    def _end_at(self, end_s: float) -> None:
        """End at a moment, not before a whole span of values; at the newest value it follows."""
        first_s, last_s = self.history.first_s or 0.0, self.history.last_s or 0.0
        self._end_s = max(end_s, first_s + (self._span_s or 0.0))
        if self._end_s >= last_s:
            self._end_s = None
