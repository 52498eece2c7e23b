"""The newest closed candles of a venue, asked for when one must have closed and not before.

The feed is a CandleSource like the venue behind it and answers from memory between two closes. A venue
that has not published a candle yet, or leaves it out because nothing was traded, is asked again a few
times with growing pauses. A venue that fails costs nothing while its last candles are good.
"""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.core.back_off import pause_s
from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, ExchangeError, RateLimitError, Rejected, RetryLater
from powertrader.core.market_client import CandleSource
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.moment import iso_text, utc_of
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)

REPEAT_PAUSES_S: Final[Sequence[float]] = (2.0, 5.0, 15.0, 60.0, 240.0)
"""Pauses of the wall clock before a candle that should have closed is asked for again."""
FIRST_BACK_OFF_S: Final = 5.0
LONGEST_BACK_OFF_S: Final = 300.0
REFUSED_BACK_OFF_S: Final = 900.0
"""A pair or address that a venue refuses is tried again that often: such a thing may be mended."""
TIME_SLICE_S: Final = 10.0
"""How long one step may ask the venue; what is left is asked in the next, and signals stay fresh."""
SET_BACK_S: Final = 1.0
"""A clock that shows a time so much earlier than before was moved."""
_DAY_S: Final = 86400
_NEVER: Final = -math.inf


@dataclass(slots=True)
class _Series:
    """The newest candle of one coin and timeframe, and when the next request makes sense.

    due_s is market time, repeat_s the wall clock's; whichever comes first counts.
    """

    candle: Candle | None = None
    due_s: float = _NEVER
    repeat_s: float = math.inf
    repeats: int = 0


@dataclass(slots=True)
class _Trouble:
    """Why a coin cannot be asked for now, how often in a row that was so, and until when it is left alone."""

    reason: str
    failures: int
    until_s: float


class CandleFeed:
    """A CandleSource that asks another one as seldom as the market allows.

    market: the time in which candles close. wall: the time in which requests are paced. begin_step is
    to be called before the questions of each step.
    """

    def __init__(self, source: CandleSource, market: Clock, wall: Clock) -> None:
        """Know nothing yet; nothing is asked."""
        self._source = source
        self._market = market
        self._wall = wall
        self._series: dict[tuple[CoinSymbol, Timeframe], _Series] = {}
        self._troubles: dict[CoinSymbol, _Trouble] = {}
        self._silent_until_s = _NEVER
        self._silence = ""
        self._slice_ends_s = math.inf
        self._stopping: Callable[[], bool] = lambda: False
        self._market_s = self._wall_s = _NEVER
        self.requests = 0
        """How many candles the venue was asked for."""

    def begin_step(self, slice_s: float = TIME_SLICE_S, stopping: Callable[[], bool] = lambda: False) -> None:
        """Let the questions of a step take slice_s of the wall clock, less when the process is stopping."""
        self._notice_moved_clocks()
        self._slice_ends_s = self._wall_s + slice_s
        self._stopping = stopping

    def _notice_moved_clocks(self) -> None:
        """Wait for no time that a clock which was set back reaches only much later."""
        before_s, wall_s = self._wall_s, self._wall.now().timestamp()
        market_before_s, market_s = self._market_s, self._market.now().timestamp()
        self._wall_s, self._market_s = wall_s, market_s
        if wall_s < before_s - SET_BACK_S:
            self._silent_until_s += wall_s - before_s
            for trouble in self._troubles.values():
                trouble.until_s += wall_s - before_s
        if wall_s < before_s - SET_BACK_S or market_s < market_before_s - SET_BACK_S:
            log.warning("a clock was set back: candles are asked for anew")
            self._series = {
                (coin, timeframe): _Series(_closed_by(market_s, series.candle, timeframe))
                for (coin, timeframe), series in self._series.items()
            }

    def forget(self, coin: CoinSymbol) -> None:
        """Keep nothing of a coin that is no longer looked at."""
        self._troubles.pop(coin, None)
        for timeframe in Timeframe:
            self._series.pop((coin, timeframe), None)

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles that training uses, from the venue itself."""
        return self._source.history(coin, timeframe)

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle that is known, after asking the venue when there may be a newer one.

        Raises RetryLater with the venue's reason when it cannot be asked and the known candle has been
        replaced for a whole timeframe, or none is known.
        """
        series = self._series.setdefault((coin, timeframe), _Series())
        market_s = self._market.now().timestamp()
        wall_s = self._wall.now().timestamp()
        if market_s < series.due_s and wall_s < series.repeat_s:
            return series.candle
        reason = self._obstacle(coin, wall_s) or self._ask(coin, timeframe, series)
        if reason and _is_overdue(series.candle, timeframe, market_s):
            raise RetryLater(reason)
        return series.candle

    def _obstacle(self, coin: CoinSymbol, wall_s: float) -> str:
        """Say why nothing is asked for this coin now, nothing when it may be."""
        trouble = self._troubles.get(coin)
        if trouble is not None and wall_s < trouble.until_s:
            return trouble.reason
        if wall_s < self._silent_until_s:
            return self._silence
        waits = wall_s >= self._slice_ends_s or self._stopping()
        return "its turn comes in the next step" if waits else ""

    def _ask(self, coin: CoinSymbol, timeframe: Timeframe, series: _Series) -> str:
        """Ask the venue and remember its answer; give the reason when there was none."""
        self.requests += 1
        # the time before asking: what closes while the answer is on its way is asked for again
        market_s = self._market.now().timestamp()
        try:
            found = self._source.latest_closed(coin, timeframe)
        except RateLimitError as error:
            self._silence = str(error)
            self._silent_until_s = self._wall.now().timestamp() + error.retry_after_s
            return self._silence
        except (BadData, ExchangeError) as error:
            refused = isinstance(error, Rejected)
            return self._note_failure(coin, series, str(error), REFUSED_BACK_OFF_S if refused else 0.0)
        if self._troubles.pop(coin, None) is not None:
            log.info("candles come again", extra={"coin": coin})
        _take(series, found, timeframe.seconds, market_s, self._wall.now().timestamp())
        return ""

    def _note_failure(self, coin: CoinSymbol, series: _Series, reason: str, least_s: float) -> str:
        now_s = self._wall.now().timestamp()
        failures = self._troubles[coin].failures + 1 if coin in self._troubles else 1
        if failures == 1:
            known = None if series.candle is None else iso_text(utc_of(series.candle.open_time_s))
            log.warning(
                "no new candles; those known stay in use until they are too old",
                extra={"coin": coin, "reason": reason, "newest_opened": known},
            )
        back_off_s = pause_s(failures, FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S)
        self._troubles[coin] = _Trouble(reason, failures, now_s + max(back_off_s, least_s))
        return reason


def _take(series: _Series, found: Candle | None, length_s: int, market_s: float, wall_s: float) -> None:
    """Remember what the venue gave, and when the next request makes sense."""
    if market_s >= series.due_s:
        series.repeats = 0
    if found is not None and (series.candle is None or found.open_time_s >= series.candle.open_time_s):
        series.candle = found
    series.due_s = _next_close_s(series.candle, length_s, market_s)
    series.repeat_s = math.inf
    if series.candle is not None and series.due_s == series.candle.open_time_s + 2 * length_s:
        series.repeats = 0
    elif series.repeats < len(REPEAT_PAUSES_S):
        series.repeat_s = wall_s + REPEAT_PAUSES_S[series.repeats]
        series.repeats += 1


def _closed_by(market_s: float, candle: Candle | None, timeframe: Timeframe) -> Candle | None:
    """Give a candle unless it closes only later than that."""
    return candle if candle is not None and candle.open_time_s + timeframe.seconds <= market_s else None


def _next_close_s(candle: Candle | None, length_s: int, now_s: float) -> float:
    """Give when the next candle closes: whole lengths after a known one, as weeks begin where a venue likes.

    Without one the next day counts, because every longer candle begins with a day.
    """
    first_s, step_s = (0, min(length_s, _DAY_S)) if candle is None else (candle.open_time_s, length_s)
    return first_s + ((now_s - first_s) // step_s + 1) * step_s


def _is_overdue(candle: Candle | None, timeframe: Timeframe, market_s: float) -> bool:
    """Tell whether a whole timeframe has gone by since the candle should have been replaced."""
    return candle is None or market_s >= candle.open_time_s + 3 * timeframe.seconds
