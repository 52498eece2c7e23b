"""The charts of a report: account, falls, prices with trades, distributions."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from powertrader.analytics.performance import drawdown_pct
from powertrader.analytics.trips import Trips
from powertrader.backtest.report_svg import (
    Frame,
    across_axis,
    area,
    bar,
    candle_bars,
    drawing,
    frame_around,
    line,
    mark,
    round_values,
    time_axis,
    value_axis,
)
from powertrader.backtest.result import BacktestResult, telling_places
from powertrader.market.resample import resample_counted
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import ChartTimeframe
from powertrader.models.types import CoinSymbol, FloatArray

POINTS: Final = 1200
BARS: Final = 740
MARKS: Final = 400
_HOUR_S: Final = 3600
_CLASSES: Final = 24


def equity_chart(result: BacktestResult, candles: Mapping[CoinSymbol, Candles]) -> str:
    """Draw the account beside the same money in the coins from the first step on."""
    places = telling_places(result.curve.equity, POINTS)
    xs = result.curve.time_s[places].astype(np.float64)
    equity = result.curve.equity[places]
    held = _held(candles, xs, result.growth.start_equity)
    frame = frame_around(280, xs, equity, held)
    lines = [line(frame, xs, held, "held"), line(frame, xs, equity, "equity")]
    return drawing(frame, "account value", [*value_axis(frame), *time_axis(frame), *lines])


def drawdown_chart(result: BacktestResult) -> str:
    """Draw how far the account lay below its highest value."""
    falls = -drawdown_pct(result.curve.with_start)[1:]
    places = telling_places(falls, POINTS)
    xs = result.curve.time_s[places].astype(np.float64)
    frame = frame_around(150, xs, falls[places], np.zeros(1))
    parts = [*value_axis(frame, " %"), *time_axis(frame), area(frame, xs, falls[places], "fall")]
    return drawing(frame, "fall from the highest value so far", parts)


def price_chart(result: BacktestResult, coin: CoinSymbol, candles: Candles) -> str:
    """Draw a coin's candles with every purchase and sale; with very many trades, the latest of them."""
    bars = _bars(candles, result)
    if not len(bars):
        return ""
    xs = np.asarray(bars.open_time_s + bars.interval_s / 2, dtype=np.float64)
    span = result.curve.time_s[[0, -1]].astype(np.float64)
    frame = frame_around(300, span, bars.low, bars.high)
    columns = (xs, bars.open, bars.high, bars.low, bars.close)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    drawn = candle_bars(frame, bars.interval_s * 0.35, rows)
    parts = [*value_axis(frame), *time_axis(frame), *drawn, *_marks(result, coin, frame)]
    return drawing(frame, f"price of {coin} with trades", parts)


def profit_chart(trips: Trips) -> str:
    """Draw how many trips ended with which profit, in percent of what was spent."""
    return _histogram(
        trips.profit / np.where(trips.spent > 0, trips.spent, 1.0) * 100, "profit of a trip", " %"
    )


def hold_chart(trips: Trips) -> str:
    """Draw how many trips took how long, in hours."""
    return _histogram(trips.held_s / _HOUR_S, "length of a trip", " h")


def _histogram(values: FloatArray, label: str, unit: str) -> str:
    if not len(values):
        return ""
    edges = _edges(values)
    counts = np.histogram(values, edges)[0]
    frame = Frame(180, edges[0], edges[-1], 0.0, max(float(counts.max()), 4.0) * 1.05)
    bars = [
        bar(frame, edges[place], edges[place + 1], float(count), "gain" if edges[place] >= 0 else "loss")
        for place, count in enumerate(counts.tolist())
        if count
    ]
    axes = [*value_axis(frame, whole=True), *across_axis(frame, unit)]
    return drawing(frame, label, [*axes, *bars])


def _edges(values: FloatArray) -> list[float]:
    """Give borders of classes that are round, one of them 0 when values lie on both sides of it."""
    marks = round_values(float(values.min()), float(values.max()), _CLASSES)
    step = marks[1] - marks[0] if len(marks) > 1 else max(abs(marks[0]) * 0.1, 0.1)
    first = np.floor(values.min() / step)
    last = np.floor(values.max() / step) + 1
    return [float(number * step) for number in np.arange(first, last + 1)]


def _held(candles: Mapping[CoinSymbol, Candles], xs: FloatArray, start: float) -> FloatArray:
    """Give what the same money in all coins would have been worth."""
    values = []
    for columns in candles.values():
        closes_s = columns.open_time_s + columns.interval_s
        places = np.searchsorted(closes_s, xs, side="right") - 1
        if len(columns) and places[0] >= 0:
            values.append(columns.close[places] / columns.close[places[0]])
    return np.asarray(np.mean(values, axis=0) * start) if values else np.full(len(xs), start)


def _bars(candles: Candles, result: BacktestResult) -> Candles:
    """Give the candles of the span, joined to longer ones until they can be told apart."""
    times = result.curve.time_s
    start, stop = np.searchsorted(candles.open_time_s, [times[0] - candles.interval_s, times[-1]])
    shown = candles.between(int(start), int(stop))
    lengths = [one.seconds for one in ChartTimeframe if one.seconds % candles.interval_s == 0]
    fitting = [length for length in lengths if len(shown) * candles.interval_s / length <= BARS]
    length = fitting[0] if fitting else lengths[-1]
    joined = resample_counted(shown, length, observed_until_s=np.inf)
    return joined.candles


def _marks(result: BacktestResult, coin: CoinSymbol, frame: Frame) -> Iterator[str]:
    trades = result.trades
    for place in np.flatnonzero(trades.coin == trades.coins.index(coin))[-MARKS:].tolist():
        price, quantity = float(trades.price[place]), float(trades.quantity[place])
        time_s = int(trades.time_s[place])
        is_sale = bool(trades.is_sale[place])
        word = "sold" if is_sale else "bought"
        reason = trades.reasons[int(trades.reason[place])]
        said = f"{utc_of(time_s):%Y-%m-%d %H:%M} {word} {quantity:.8g} at {price:,.8g}: {reason}"
        yield mark(frame, time_s, price, said, up=not is_sale)
