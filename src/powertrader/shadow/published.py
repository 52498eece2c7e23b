"""What the original's thinker says about a coin: its six files, read as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.file_operations import Stamp
from powertrader.core.original_signals import SignalTexts, parse_bounds, parse_margin, parse_view
from powertrader.core.settled_files import read_settled
from powertrader.models.signal import SignalView
from powertrader.shadow.install import PATIENCE, read_text, stamps_of

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


@dataclass(frozen=True, slots=True)
class _Look:
    """The stamps of the files; their texts only when the publication is complete."""

    stamps: tuple[Stamp, ...]
    texts: list[str | None]


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

    def read() -> _Look:
        stamps = stamps_of(files)
        texts = [read_text(path) for path in files] if _is_complete(stamps, clock.now()) else []
        return _Look(stamps, texts)

    look, settled = read_settled(read, files, _is_whole, PATIENCE, clock)
    last = look.stamps[-1]
    return _published(SignalTexts(*look.texts), last[0] * _NS) if settled and last and look.texts else None


def _is_complete(stamps: Sequence[Stamp], now: datetime) -> bool:
    """Tell whether both levels are there, the last of them is the newest file, and all lie still."""
    before, last = stamps[-2:]
    newest_ns = max((stamp[0] for stamp in stamps if stamp is not None), default=0)
    if before is None or last is None or newest_ns > last[0]:
        return False
    return abs(now.timestamp() - newest_ns * _NS) >= _QUIET_S


def _is_whole(look: _Look) -> bool:
    """Tell whether there is nothing to wait for: all texts, or no publication."""
    is_absent = None in look.stamps[-2:]
    return is_absent or bool(look.texts and "" not in look.texts)


def _published(texts: SignalTexts, written_s: float) -> Published:
    view = parse_view(texts)
    return Published(
        view.long,
        view.short,
        view.low_bounds,
        parse_bounds(texts.high_bounds),
        parse_margin(texts.long_margin),
        written_s,
    )
