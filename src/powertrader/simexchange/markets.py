"""The market behind the local exchange: past candles or a made-up one, at any speed, never the future."""

import logging
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from powertrader.core.clock import Clock, ScaledClock
from powertrader.market.replay import ReplayMarket
from powertrader.market.resample import Weekday, resample_counted, week_phase_s
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, Candles
from powertrader.models.costs import CostModel
from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)

_MADE_AHEAD: Final = timedelta(days=365)
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Which made-up market: its seed, where its candles begin, and how many seconds each lasts."""

    seed: int
    start: datetime
    interval_s: int = 3_600


@dataclass(frozen=True, slots=True)
class Window:
    """Which candles are wanted: their length, and between which open times, seconds since 1970."""

    interval_s: int
    week_start: Weekday
    since_s: float
    until_s: float


class MarketClock:
    """Market time that runs rate times as fast as the wall clock and can be moved ahead."""

    def __init__(self, wall: Clock, start: datetime, rate: float) -> None:
        """Start market time at start. Raises ValueError unless rate is above 0."""
        self._wall = wall
        self.rate = rate
        self._scaled = ScaledClock(wall, start, rate)

    def now(self) -> datetime:
        """Give the market time, aware, UTC."""
        return self._scaled.now()

    def sleep(self, seconds: float) -> None:
        """Let seconds of market time pass."""
        self._scaled.sleep(seconds)

    def wall(self) -> datetime:
        """Give the wall time, aware, UTC."""
        return self._wall.now()

    def move_to(self, moment: datetime) -> None:
        """Set the market time; it runs on from there. Raises ValueError when it would go back."""
        now = self.now()
        if moment < now:
            msg = f"market time is {now}, cannot go back to {moment}"
            raise ValueError(msg)
        self._scaled = ScaledClock(self._wall, moment, self.rate)


class CandleMarket:
    """Quotes and candles of several coins as they were known at the clock's time.

    The price is the close of the newest closed candle of the finest length. A made-up market never
    ends: candles are added before they are needed.
    """

    def __init__(
        self,
        candles: Mapping[CoinSymbol, Candles],
        clock: Clock,
        *,
        costs: CostModel,
        made_up: MadeUp | None = None,
    ) -> None:
        """Prepare the candles. Raises BadData when a coin has none."""
        self._clock = clock
        self._costs = costs
        self._made_up = made_up
        self._take(dict(candles))

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins, in the order they were given."""
        return tuple(self._candles)

    def quote(self, coin: CoinSymbol) -> Quote | None:
        """Give bid and ask of a coin, None while nobody trades it."""
        return self._present().quote(coin)

    def extremes(self, coin: CoinSymbol, since: datetime, until: datetime) -> tuple[float, float] | None:
        """Give lowest and highest price of the candles that closed after since and by until, None without."""
        self._present()
        candles = self._candles.get(coin)
        if candles is None:
            return None
        closes = self._closes_s[coin]
        start, stop = bisect_right(closes, since.timestamp()), bisect_right(closes, until.timestamp())
        if start >= stop:
            return None
        return float(candles.low[start:stop].min()), float(candles.high[start:stop].max())

    def volume(self, coin: CoinSymbol) -> float:
        """Give how many coins were traded in the newest closed candle, 0 while there is none."""
        self._present()
        stop = bisect_right(self._closes_s[coin], self._clock.now().timestamp())
        return self._candles[coin].volume.item(stop - 1) if stop else 0.0

    def day(self, coin: CoinSymbol) -> Candle | None:
        """Give the last 24 hours as one candle, None when nothing was traded."""
        now_s = self._clock.now().timestamp()
        candles = self._closed(coin)
        if candles is None:
            return None
        start = int(np.searchsorted(candles.open_time_s, now_s - _DAY_S, side="left"))
        return candles.between(start, len(candles)).joined(int(now_s) - _DAY_S)

    def candles(self, coin: CoinSymbol, window: Window) -> list[Candle]:
        """Give the candles that began inside a window, oldest first, with the running one if it did.

        Candles shorter than the finest ones, or no multiple of them, cannot be given. The running
        candle is made of what has closed since it began; where nothing has, it stands at the last price.
        """
        closed = self._closed(coin)
        if closed is None or window.interval_s % closed.interval_s:
            return []
        now_s = self._clock.now().timestamp()
        running = _running(closed, window, now_s)
        first = _start_of(max(window.since_s, 0), window)
        start = int(np.searchsorted(closed.open_time_s, first, side="left"))
        inside = closed.between(start, len(closed))
        joined = resample_counted(
            inside, window.interval_s, week_start=window.week_start, observed_until_s=now_s
        ).candles
        rows = _between(joined, window)
        if window.since_s <= running.open_time_s <= window.until_s:
            rows.append(running)
        return rows

    def _present(self) -> ReplayMarket:
        """Give the market, after adding candles when it is about to end."""
        if self._made_up is not None and self._clock.now() >= self._soon:
            self._extend(self._made_up)
        return self._replay

    def _extend(self, made_up: MadeUp) -> None:
        until = self._clock.now() + _MADE_AHEAD
        log.info("made-up market goes on", extra={"until": until.isoformat()})
        self._take(made_up_candles(self.coins, made_up, until))

    def _take(self, candles: dict[CoinSymbol, Candles]) -> None:
        self._candles = candles
        self._replay = ReplayMarket(
            candles,
            self._clock,
            spread_pct=self._costs.spread_pct,
            spread_tiers=self._costs.spread_tiers,
        )
        # two hundred coins of one length close at the same times: one list serves them all
        shared: dict[bytes, list[int]] = {}
        self._closes_s = {coin: _closes_of(columns, shared) for coin, columns in candles.items()}
        end = min((closes[-1] for closes in self._closes_s.values()), default=0)
        self._soon = utc_of(end) - timedelta(days=1)

    def _closed(self, coin: CoinSymbol) -> Candles | None:
        self._present()
        candles = self._candles.get(coin)
        if candles is None:
            return None
        stop = bisect_right(self._closes_s[coin], self._clock.now().timestamp())
        return candles.between(0, stop) if stop else None


def made_up_candles(
    coins: Iterable[CoinSymbol], made_up: MadeUp, until: datetime
) -> dict[CoinSymbol, Candles]:
    """Make the candles of a made-up market up to a time; more candles begin with the same ones."""
    count = max(1, int((until - made_up.start).total_seconds()) // made_up.interval_s)
    return {
        coin: synthetic_candles(
            coin, seed=made_up.seed, start=made_up.start, count=count, interval_s=made_up.interval_s
        )
        for coin in coins
    }


def usual_start(candles: Mapping[CoinSymbol, Candles]) -> datetime:
    """Give the time at 60 % of the candles, on a full hour: a past to train on, a future to trade in."""
    first = min(int(columns.open_time_s[0]) for columns in candles.values())
    last = max(int(columns.open_time_s[-1]) + columns.interval_s for columns in candles.values())
    moment = first + (last - first) * 6 // 10
    return utc_of(moment - moment % 3_600)


def _closes_of(candles: Candles, shared: dict[bytes, list[int]]) -> list[int]:
    closes = candles.open_time_s + candles.interval_s
    key = closes.tobytes()
    if key not in shared:
        shared[key] = closes.tolist()
    return shared[key]


def _between(candles: Candles, window: Window) -> list[Candle]:
    """Give the candles that began inside a window."""
    start = int(np.searchsorted(candles.open_time_s, window.since_s, side="left"))
    stop = int(np.searchsorted(candles.open_time_s, window.until_s, side="right"))
    inside = candles.between(start, max(start, stop))
    columns = (inside.open_time_s, inside.open, inside.high, inside.low, inside.close, inside.volume)
    # whole columns at once: ten times as fast as one candle after another
    return [Candle(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _running(closed: Candles, window: Window, now_s: float) -> Candle:
    begin = _start_of(now_s, window)
    start = int(np.searchsorted(closed.open_time_s, begin, side="left"))
    last = float(closed.close[-1])
    return closed.between(start, len(closed)).joined(begin) or Candle(begin, last, last, last, last)


def _start_of(time_s: float, window: Window) -> int:
    """Give when the candle of a window's length began that runs at a time, seconds since 1970."""
    phase = week_phase_s(window.interval_s, window.week_start)
    return int((time_s - phase) // window.interval_s) * window.interval_s + phase
