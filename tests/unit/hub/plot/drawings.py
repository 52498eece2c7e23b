"""Candles, trades and a style for tests of charts, and means to look into a scene."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np

from powertrader.hub.palettes import CLASSIC
from powertrader.hub.plot.marks import MarkBook, Marks
from powertrader.hub.plot.scene import Scene, Style
from powertrader.hub.trades_view import TradesView
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.order import Side
from powertrader.models.trade import ENTRY, TRAILING_EXIT, Trade

HOUR_S = 3600
START_S = 1_700_000_000 // HOUR_S * HOUR_S
STYLE = Style(CLASSIC, lambda words, _font: 7 * len(words), lambda _font: 15)
Kind = TypeVar("Kind")


def candles(count: int, start_s: int = START_S, price: float = 100.0) -> Candles:
    """Candles of an hour that rise and fall by turns, between price and price + 4."""
    opened = start_s + np.arange(count, dtype=np.int64) * HOUR_S
    rising = np.arange(count) % 2 == 0
    low, high = np.full(count, price), np.full(count, price + 4)
    opens, closes = np.where(rising, price + 1, price + 3), np.where(rising, price + 3, price + 1)
    return Candles(opened, opens, high, low, closes, np.arange(1, count + 1, dtype=np.float64), HOUR_S)


def trade(number: int, coin: str = "BTC", reason: str = ENTRY, price: float | None = 102.0) -> Trade:
    """A trade ten minutes after the opening of a candle by its number."""
    side = Side.SELL if reason == TRAILING_EXIT else Side.BUY
    at = utc_of(START_S + number * HOUR_S) + timedelta(minutes=10)
    return Trade(coin, side, price, Decimal(1), Decimal(100), reason, at)


def marks_of(trades: TradesView) -> Marks:
    """The marks of all trades."""
    book = MarkBook()
    for _ in book.read(trades):
        pass
    return book.marks


def named(scene: Scene, kind: type[Kind], beginning: str = "") -> dict[str, Kind]:
    """The shapes of one kind by name, of those whose name begins so."""
    return {
        shape.name: shape
        for shape in scene.shapes
        if isinstance(shape, kind) and shape.name.startswith(beginning)
    }


def texts(scene: Scene, beginning: str) -> list[str]:
    """The texts of shapes whose name begins so, in their order."""
    found: list[Any] = [shape for shape in scene.shapes if shape.name.startswith(beginning)]
    return [shape.text for shape in found if hasattr(shape, "text")]
