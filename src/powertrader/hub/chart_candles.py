"""The candles of the chart that is looked at: asked for in the background, kept while others are shown."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from powertrader.core.clock import Clock
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.background import Background
from powertrader.hub.plot.candle_view import NO_CANDLES
from powertrader.hub.ports import CandlesPort
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol

MOST_KEPT: Final = 20
"""So many charts show at once what they showed last."""
MOST_CANDLES: Final = 10_000
PAGE: Final = 500
"""So many older candles are asked for at a time."""
_NEWEST, _OLDER = "chart.newest", "chart.older"


@dataclass(frozen=True, slots=True)
class ChartKey:
    """Which chart: of a coin, in a timeframe."""

    coin: CoinSymbol
    timeframe: str


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What is known of a chart's candles.

    as_of: when they were asked for with success, None before that. problem says why the last question had
    no answer, empty when it had one. begins: the venue has nothing older.
    """

    candles: Candles = NO_CANDLES
    as_of: datetime | None = None
    problem: str = ""
    asking: bool = False
    begins: bool = False


class ChartCandles:
    """One chart's candles at a time. For the Tk thread; changed is called on it when something is new."""

    def __init__(
        self, port: CandlesPort, background: Background, wall: Clock, changed: Callable[[], None]
    ) -> None:
        """Ask nothing yet."""
        self._port = port
        self._background = background
        self._wall = wall
        self._changed = changed
        self._kept: OrderedDict[ChartKey, Loaded] = OrderedDict()
        self._key: ChartKey | None = None
        self._count = PAGE
        self._asked_at: datetime | None = None

    @property
    def loaded(self) -> Loaded:
        """What is known of the chosen chart."""
        return self._kept.get(self._key, _NOTHING) if self._key is not None else _NOTHING

    def choose(self, key: ChartKey, count: int) -> None:
        """Take another chart and ask for its newest candles."""
        self._key, self._count = key, count
        self._background.forget(_OLDER)
        self.refresh()

    def is_due(self, every_s: float) -> bool:
        """Tell whether so many seconds have passed since the newest candles were asked for."""
        at = self._asked_at
        return at is None or not 0 <= (self._wall.now() - at).total_seconds() < every_s

    def refresh(self) -> None:
        """Ask for the newest candles; nobody outside is asked unless one has closed since."""
        key, port, count = self._key, self._port, self._count
        if key is None:
            return
        self._asked_at = self._wall.now()
        self._put(key, replace(self.loaded, asking=True))
        self._background.ask(
            _NEWEST,
            lambda: port(key.coin, key.timeframe, count),
            lambda found: self._take(key, found),
            lambda error: self._fail(key, error),
        )

    def older(self) -> None:
        """Ask for what came before the oldest candle, unless that is under way or there is nothing."""
        key, port, known = self._key, self._port, self.loaded
        candles = known.candles
        if key is None or known.begins or known.asking or not 0 < len(candles) < MOST_CANDLES:
            return
        before = utc_of(int(candles.open_time_s[0]))
        self._put(key, replace(known, asking=True))
        self._background.ask(
            _OLDER,
            lambda: port(key.coin, key.timeframe, PAGE, before),
            lambda found: self._take_older(key, found),
            lambda error: self._fail(key, error),
        )

    def _take(self, key: ChartKey, found: Candles) -> None:
        known = self._kept.get(key, _NOTHING)
        joined = joined_candles(known.candles, found)
        begins = known.begins and len(joined) > len(found)
        self._put(key, Loaded(joined, self._wall.now(), begins=begins))
        self._changed()

    def _take_older(self, key: ChartKey, found: Candles) -> None:
        known = self._kept.get(key, _NOTHING)
        if not len(found):
            self._put(key, replace(known, asking=False, begins=True))
        else:
            self._put(key, replace(known, candles=joined_candles(found, known.candles), asking=False))
        self._changed()

    def _fail(self, key: ChartKey, error: PowerTraderError) -> None:
        self._put(key, replace(self._kept.get(key, _NOTHING), problem=str(error), asking=False))
        self._changed()

    def _put(self, key: ChartKey, loaded: Loaded) -> None:
        self._kept[key] = loaded
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


_NOTHING: Final = Loaded()


def joined_candles(older: Candles, newer: Candles) -> Candles:
    """Give the candles of both as one row, the newer ones' where they overlap.

    The newer ones alone when there is a gap between them that one of the two does not know of.
    """
    if not len(older) or not len(newer) or older.interval_s != newer.interval_s:
        return newer if len(newer) else older
    if int(older.open_time_s[-1]) + older.interval_s < int(newer.open_time_s[0]):
        return newer
    stop = int(np.searchsorted(older.open_time_s, newer.open_time_s[0]))
    old = older.between(0, stop)
    return Candles(
        np.concatenate((old.open_time_s, newer.open_time_s)),
        np.concatenate((old.open, newer.open)),
        np.concatenate((old.high, newer.high)),
        np.concatenate((old.low, newer.low)),
        np.concatenate((old.close, newer.close)),
        np.concatenate((old.volume, newer.volume)),
        newer.interval_s,
    )
