"""What the compiled engines see of a market: one row for each step, one column for each coin."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.signal_arrays import NO_SIGNAL, SignalArrays
from powertrader.core.exceptions import BadData
from powertrader.exchanges.paper import default_instruments
from powertrader.models.candle import Candles
from powertrader.models.instrument import Instrument
from powertrader.models.types import CoinSymbol, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class MarketArrays:
    """Prices of several coins over the same steps.

    close_s (steps,): when each step is, seconds since 1970. close, volume (steps, coins): of the candle
    whose price counts in the step, NaN where there is none. interval_s (coins,): length of a candle.
    """

    instruments: Mapping[CoinSymbol, Instrument]
    close_s: IntArray
    close: FloatArray
    volume: FloatArray
    interval_s: IntArray

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins, in the order of the columns."""
        return tuple(self.instruments)


@dataclass(frozen=True, slots=True, eq=False)
class SignalTable:
    """Long and short levels (steps, coins), NO_SIGNAL where there is none."""

    long: NDArray[np.int8]
    short: NDArray[np.int8]


def market_of(
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    quote_asset: str,
    instruments: Mapping[CoinSymbol, Instrument] | None = None,
) -> MarketArrays:
    """Give the steps of a span: every close of any coin's candles after its start, until its stop.

    A price counts until the next one is due, as ReplayMarket has it. instruments: order rules by coin,
    without them the usual ones. Raises BadData when no candle closes in the span.
    """
    closes = {coin: columns.open_time_s + columns.interval_s for coin, columns in candles.items()}
    every = np.unique(np.concatenate(list(closes.values()))) if closes else np.empty(0, dtype=np.int64)
    steps = every[(every > span.start.timestamp()) & (every <= span.stop.timestamp())]
    if not len(steps):
        msg = f"no candle closes after {span.start:%Y-%m-%d %H:%M} and by {span.stop:%Y-%m-%d %H:%M}"
        raise BadData(msg)
    close = np.full((len(steps), len(candles)), np.nan)
    volume = np.full((len(steps), len(candles)), np.nan)
    for place, (coin, columns) in enumerate(candles.items()):
        rows, known = _newest(closes[coin], steps, columns.interval_s)
        close[known, place] = columns.close[rows]
        volume[known, place] = columns.volume[rows]
    if instruments is None:
        usual = default_instruments(tuple(candles), quote_asset)
        instruments = {coin: usual[coin + quote_asset] for coin in candles}
    intervals = np.array([columns.interval_s for columns in candles.values()], dtype=np.int64)
    return MarketArrays(instruments, steps, close, volume, intervals)


def signal_table(market: MarketArrays, signals: Mapping[CoinSymbol, SignalArrays]) -> SignalTable:
    """Lay signals out as the market is; a step that they do not have has no signal."""
    shape = market.close.shape
    long = np.full(shape, NO_SIGNAL, dtype=np.int8)
    short = np.full(shape, NO_SIGNAL, dtype=np.int8)
    for place, coin in enumerate(market.coins):
        given = signals.get(coin)
        if given is None or not len(given.close_s):
            continue
        rows, known = _newest(given.close_s, market.close_s, 1)
        long[known, place] = given.long[rows]
        short[known, place] = given.short[rows]
    return SignalTable(long, short)


def _newest(closes_s: IntArray, steps: IntArray, interval_s: int) -> tuple[IntArray, IntArray]:
    """Give the rows that count in some of the steps, and which steps these are."""
    rows = np.searchsorted(closes_s, steps, side="right") - 1
    known = np.flatnonzero((rows >= 0) & (steps < closes_s[rows] + interval_s))
    return rows[known], known
