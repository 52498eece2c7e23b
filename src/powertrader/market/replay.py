"""A market made of recorded candles that cannot show one before it has closed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData
from powertrader.market.resample import Weekday, resample_counted
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory, Candles
from powertrader.models.costs import CostTier
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol, FloatArray, IntArray

_HALF_PCT: Final = 200
_HOUR_S: Final = 3600


class _Series:
    """Candles of one coin and length with their close times; the newest value made is kept for reuse."""

    __slots__ = ("_latest", "_latest_stop", "candles", "closes_s")

    def __init__(self, candles: Candles, closes_s: list[int]) -> None:
        self.candles = candles
        self.closes_s = closes_s
        self._latest_stop = 0
        self._latest: Candle | None = None

    def latest(self, now_s: float) -> Candle | None:
        stop = bisect_right(self.closes_s, now_s)
        if stop != self._latest_stop:
            self._latest_stop = stop
            self._latest = self.candles.at(stop - 1) if stop else None
        return self._latest


@dataclass(frozen=True, slots=True, eq=False)
class _Prices:
    """Bid and ask after each of a coin's finest candles, and how long a price lasts."""

    closes_s: list[int]
    bid: FloatArray
    ask: FloatArray
    interval_s: int

    def at(self, now_s: float) -> Quote | None:
        position = bisect_right(self.closes_s, now_s) - 1
        if position < 0 or now_s >= self.closes_s[position] + self.interval_s:
            return None
        return Quote(self.bid.item(position), self.ask.item(position))


class ReplayMarket:
    """Candles and prices of several coins as they were known at the clock's time, nothing newer.

    A candle is seen from the moment it closes. The price of a coin is the close of its newest
    finest candle plus and minus half the spread, until the next one is due; a coin without a candle
    there has no price. Answers depend on the clock alone, in whatever order they are asked.
    """

    def __init__(
        self,
        candles: Mapping[CoinSymbol, Candles],
        clock: Clock,
        *,
        spread_pct: float = 0.0,
        spread_tiers: Sequence[CostTier] = (),
        week_start: Weekday = Weekday.MONDAY,
    ) -> None:
        """Prepare the prices of every coin; a timeframe is made when it is first asked for.

        spread_pct: gap between bid and ask in percent of the price. spread_tiers: how much wider it is
        where less than a limit of the quote asset is traded in an hour, limits growing; a volume of 0
        counts as not told. Raises ValueError unless spreads are at least 0 and below 200, BadData when
        a coin has no candle.
        """
        for spread in (spread_pct, *(spread_pct + tier.extra_pct for tier in spread_tiers)):
            if not 0 <= spread < _HALF_PCT:
                msg = f"spread_pct was {spread}, must be >= 0 and < {_HALF_PCT}"
                raise ValueError(msg)
        self._clock = clock
        self._week_start = week_start
        self._shared: dict[bytes, list[int]] = {}
        self._finest: dict[CoinSymbol, _Series] = {}
        self._prices: dict[CoinSymbol, _Prices] = {}
        self._made: dict[tuple[CoinSymbol, Timeframe], _Series] = {}
        for coin, given in candles.items():
            if not len(given):
                msg = f"{coin} has no candles, must have at least one"
                raise BadData(msg)
            finest = _series(_read_only(given), self._shared)
            half = _half_spreads(finest.candles, spread_pct, spread_tiers)
            close = finest.candles.close
            self._finest[coin] = finest
            self._prices[coin] = _Prices(
                finest.closes_s, close * (1 - half), close * (1 + half), given.interval_s
            )

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins, in the order they were given."""
        return tuple(self._finest)

    def timeframes(self, coin: CoinSymbol) -> tuple[Timeframe, ...]:
        """Give the timeframes that the coin's candles can make, shortest first; none for an unknown coin."""
        finest = self._finest.get(coin)
        if finest is None:
            return ()
        return tuple([one for one in TIMEFRAMES if one.seconds % finest.candles.interval_s == 0])

    def steps(self, start: datetime, stop: datetime) -> IntArray:
        """Give the times from start to stop, both included, at which a finest candle of any coin closes.

        Seconds since 1970, UTC, rising, each once. Both ends must be aware.
        """
        every = closes_of(series.candles for series in self._finest.values())
        return every[(every >= start.timestamp()) & (every <= stop.timestamp())]

    def now(self) -> datetime:
        """Give the time at which the market is looked at."""
        return self._clock.now()

    def quote(self, coin: CoinSymbol) -> Quote | None:
        """Give the coin's bid and ask, None while it has no price."""
        prices = self._prices.get(coin)
        return None if prices is None else prices.at(self._now_s())

    def past_prices(self, coin: CoinSymbol, times_s: IntArray) -> tuple[FloatArray, FloatArray]:
        """Give the coin's close and its ask at each of these times, rising, in seconds since 1970.

        Both are NaN where the coin had no price, and after the clock's time.
        """
        series, prices = self._finest[coin], self._prices[coin]
        closes_s = series.candles.open_time_s + prices.interval_s
        rows = np.searchsorted(closes_s, times_s, side="right") - 1
        known = (rows >= 0) & (times_s < closes_s[rows] + prices.interval_s) & (times_s <= self._now_s())
        closes, asks = series.candles.close[rows], prices.ask[rows]
        return np.where(known, closes, np.nan), np.where(known, asks, np.nan)

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes; a coin without a price is left out."""
        now_s = self._now_s()
        quotes = ((coin, self._prices[coin].at(now_s)) for coin in coins if coin in self._prices)
        return {coin: quote for coin, quote in quotes if quote is not None}

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle, None when there is none."""
        series = self._series(coin, timeframe)
        return None if series is None else series.latest(self._now_s())

    def closed_candles(self, coin: CoinSymbol, timeframe: Timeframe) -> Candles:
        """Give the candles closed so far as read-only views; possibly none yet.

        Raises BadData when the coin is unknown or its candles cannot make the timeframe.
        """
        series = self._series(coin, timeframe)
        if series is None:
            known = ", ".join(self.timeframes(coin)) or f"nothing; the coins are {', '.join(self.coins)}"
            msg = f"there are no candles of {coin} for {timeframe}, its candles make {known}"
            raise BadData(msg)
        return series.candles.between(0, bisect_right(series.closes_s, self._now_s()))

    def volume(self, coin: CoinSymbol) -> float | None:
        """Give how many coins were traded in the newest finest candle, None when no file says so."""
        series = self._finest.get(coin)
        newest = None if series is None else series.latest(self._now_s())
        return None if newest is None or not newest.volume else newest.volume

    def traded(self, coin: CoinSymbol, since: datetime, until: datetime) -> tuple[Candle, datetime] | None:
        """Give the finest candles that opened at since or later and closed by until, as one candle.

        With it comes the time at which the last of them closed. None when there is none.
        """
        series = self._finest.get(coin)
        if series is None:
            return None
        interval_s = series.candles.interval_s
        start = bisect_left(series.closes_s, since.timestamp() + interval_s)
        stop = bisect_right(series.closes_s, min(until.timestamp(), self._now_s()))
        joined = series.candles.between(start, max(start, stop)).joined()
        return None if joined is None else (joined, utc_of(series.closes_s[stop - 1]))

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles as a download at this moment would, one running row beside them.

        Raises BadData when there is no closed candle.
        """
        closed = self.closed_candles(coin, timeframe)
        if not len(closed):
            msg = f"{coin} has no closed candle of {timeframe} at {self._clock.now()}"
            raise BadData(msg)
        return CandleHistory.of(closed)

    def _series(self, coin: CoinSymbol, timeframe: Timeframe) -> _Series | None:
        """Give the candles of a timeframe, None where there are none.

        Whether the last one has closed is the clock's matter, not the file's.
        """
        made = self._made.get((coin, timeframe))
        if made is None and timeframe in self.timeframes(coin):
            joined = resample_counted(
                self._finest[coin].candles,
                timeframe.seconds,
                week_start=self._week_start,
                observed_until_s=np.inf,
            )
            made = self._made[coin, timeframe] = _series(_read_only(joined.candles), self._shared)
        return made

    def _now_s(self) -> float:
        return self._clock.now().timestamp()


def closes_of(candles: Iterable[Candles]) -> IntArray:
    """Give the times at which any of these candles closes, rising, each once, in seconds since 1970."""
    closes = (columns.open_time_s + columns.interval_s for columns in candles)
    distinct = list({times.tobytes(): times for times in closes}.values())
    if len(distinct) == 1:
        return distinct[0]
    every = np.sort(np.concatenate([*distinct, np.empty(0, dtype=np.int64)]))
    # np.unique does the same and imports numpy.ma, which takes as long as a short walk
    return every[np.diff(every, prepend=every[:1] - 1) > 0]


def _half_spreads(candles: Candles, spread_pct: float, tiers: Sequence[CostTier]) -> FloatArray:
    """Give half the spread of each candle as a fraction of its price, (N,)."""
    turnover = candles.volume * candles.close * (_HOUR_S / candles.interval_s)
    spreads = np.array([*(spread_pct + tier.extra_pct for tier in tiers), spread_pct])
    thin = np.searchsorted([tier.limit for tier in tiers], turnover, side="right")
    return np.asarray(spreads[np.where(turnover > 0, thin, len(tiers))] / _HALF_PCT)


def _series(candles: Candles, shared: dict[bytes, list[int]]) -> _Series:
    """Pair candles with their close times; coins with the same times share one list."""
    closes = candles.open_time_s + candles.interval_s
    return _Series(candles, shared.setdefault(closes.tobytes(), closes.tolist()))


def _read_only(candles: Candles) -> Candles:
    """Give views of the candles through which nobody can change what others will see."""
    views = candles.between(0, len(candles))
    for column in (views.open_time_s, views.open, views.high, views.low, views.close, views.volume):
        column.setflags(write=False)
    return views
