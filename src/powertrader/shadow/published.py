"""What the original's thinker says about a coin: its six files, read as one."""

from dataclasses import dataclass
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.original_signals import SignalTexts, parse_bounds, parse_level, parse_margin
from powertrader.models.signal import SignalView
from powertrader.shadow.install import read_text, stamps_of

_TRIES: Final = 4
_PAUSE_S: Final = 0.02
_QUIET_S: Final = 0.03
"""Nobody is in the middle of writing files that have not changed for so long; time stamps are coarse."""
_NS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Published:
    """One publication: levels, bounds by rank without placeholders, the margin in percent.

    written_s is when the last of the files was written, by the computer's time.
    """

    long: int
    short: int
    low_bounds: tuple[float, ...]
    high_bounds: tuple[float, ...]
    margin_pct: float | None
    written_s: float

    @property
    def view(self) -> SignalView:
        """The part a decision reads."""
        return SignalView(self.long, self.short, self.low_bounds)


def read_published(paths: CoinPaths, clock: Clock) -> Published | None:
    """Give the newest publication of a coin; None when there is none, or it is being written all the time.

    The level of SHORT is written last: while it is older than the bounds, the rest is yet to come.
    """
    files = (
        paths.bounds_low(),
        paths.bounds_high(),
        paths.profit_margin_long(),
        paths.profit_margin_short(),
        paths.signal_long(),
        paths.signal_short(),
    )
    for attempt in range(_TRIES):
        if attempt:
            clock.sleep(_PAUSE_S)
        before = stamps_of(files)
        last = before[-1]
        if last is None or before[-2] is None:
            return None
        newest_ns = max(stamp[0] for stamp in before if stamp is not None)
        if newest_ns > last[0] or abs(clock.now().timestamp() - newest_ns * _NS) < _QUIET_S:
            continue
        texts = [read_text(path) for path in files]
        if stamps_of(files) == before and "" not in texts:
            return _published(SignalTexts(*texts), last[0] * _NS)
    return None


def _published(texts: SignalTexts, written_s: float) -> Published:
    return Published(
        parse_level(texts.long_level),
        parse_level(texts.short_level),
        parse_bounds(texts.low_bounds),
        parse_bounds(texts.high_bounds),
        parse_margin(texts.long_margin),
        written_s,
    )
