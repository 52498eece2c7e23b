"""What a redraw of the window's charts costs on a real screen, from the numbers to the last pixel."""

import time
import tkinter as tk
from typing import Final

import numpy as np
import numpy.typing as npt

from powertrader.hub.account_history import AccountHistory
from powertrader.hub.plot.account_view import AccountView
from powertrader.hub.plot.candle_view import CandleView, Told
from powertrader.hub.plot.chart_canvas import ChartCanvas, Drawable
from powertrader.hub.plot.levels import Level, LevelKind
from powertrader.hub.plot.marks import Marks
from powertrader.hub.theme import Theme
from powertrader.models.candle import Candles

CANDLES: Final = 500
BOUNDS: Final = 7
POINTS: Final = 200_000
TRADES: Final = 2_000
SIZE: Final = (1300, 600)
HOUR_S: Final = 3600
_START_S: Final = 1_700_000_000
_WARM: Final = 5


def candle_redraws_s(root: tk.Tk, rounds: int) -> list[float]:
    """Time redraws of 500 candles with 19 lines, each a candle further: neither values nor places stay."""
    view = CandleView()
    view.begin(CANDLES)
    view.take(_candles(CANDLES + 10))
    view.told = Told("BTC (1hour)", _levels(42_000.0), _marks(12, 10 * HOUR_S))
    return _redraws_s(root, view, rounds)


def account_redraws_s(root: tk.Tk, rounds: int) -> list[float]:
    """Time redraws of an account of 200,000 points with 2,000 trades, each of a slightly longer span."""
    view = AccountView()
    chance = np.random.default_rng(1)
    values = 10_000 + np.cumsum(chance.normal(0, 2, POINTS))
    view.history = AccountHistory.of((_START_S + np.arange(POINTS) * 60.0).tolist(), values.tolist())
    view.marks = _marks(TRADES, POINTS * 60 // TRADES)
    view.title = "Account Value ($10,000.00)"
    return _redraws_s(root, view, rounds)


def drawn_by_the_baseline() -> dict[str, npt.NDArray[np.float64]]:
    """Give the numbers of both charts for somebody else to draw."""
    candles = _candles(CANDLES)
    chance = np.random.default_rng(1)
    values = 10_000 + np.cumsum(chance.normal(0, 2, POINTS))
    trades = np.arange(12.0) * 40 + 10
    at = (np.arange(TRADES) * (POINTS // TRADES)).astype(int)
    times = _START_S + np.arange(POINTS) * 60.0
    return {
        "candles": np.column_stack((candles.open, candles.high, candles.low, candles.close)),
        "lines": np.array([level.price for level in _levels(42_000.0)]),
        "trades": np.column_stack((trades, np.full(12, 42_000.0))),
        "times": times,
        "values": values,
        "account_trades": np.column_stack((times[at], values[at])),
    }


def _redraws_s(root: tk.Tk, view: Drawable, rounds: int) -> list[float]:
    canvas = ChartCanvas(root, Theme(root), view)
    canvas.widget.pack(fill="both", expand=True)
    root.geometry("x".join(map(str, SIZE)))
    root.update()
    taken = []
    for number in range(rounds + _WARM):
        view.pan(-3 if number % 2 else 3)
        view.zoom(0.999 if number % 2 else 1 / 0.999, None)
        begun_s = time.perf_counter()
        canvas.draw()
        root.update()
        taken.append(time.perf_counter() - begun_s)
    canvas.widget.destroy()
    return taken[_WARM:]


def _candles(count: int) -> Candles:
    chance = np.random.default_rng(2)
    close = 42_000 * np.exp(np.cumsum(chance.normal(0, 0.002, count)))
    opened = np.roll(close, 1)
    spread = 1 + np.abs(chance.normal(0, 0.001, count))
    low, high = np.minimum(opened, close) / spread, np.maximum(opened, close) * spread
    times = _START_S // HOUR_S * HOUR_S + np.arange(count, dtype=np.int64) * HOUR_S
    return Candles(times, opened, high, low, close, chance.gamma(2, 50, count), HOUR_S)


def _levels(price: float) -> tuple[Level, ...]:
    bounds = [
        Level(kind, price * (1 + sign * 0.002 * number), number)
        for kind, sign in ((LevelKind.LOW_BOUND, -1), (LevelKind.HIGH_BOUND, 1))
        for number in range(1, BOUNDS + 1)
    ]
    lines = (LevelKind.TRAIL, LevelKind.NEXT_DCA, LevelKind.AVERAGE, LevelKind.ASK, LevelKind.BID)
    return (*bounds, *[Level(kind, price * (1 + 0.001 * number)) for number, kind in enumerate(lines)])


def _marks(count: int, pause_s: float) -> Marks:
    numbers = np.arange(count, dtype=np.int64)
    times = (_START_S + (numbers + 1) * pause_s).astype(np.float64)
    return Marks(times, np.full(count, 42_000.0), numbers % 3, np.zeros(count, np.int64), ("BTC",))
