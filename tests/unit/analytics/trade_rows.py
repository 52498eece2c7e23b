"""Trades as columns, written down row by row."""

import math
from collections.abc import Sequence

import numpy as np

from powertrader.models.trade_columns import TradeColumns

COINS = ("BTC", "ETH")
REASONS = ("entry", "dca_hard_1", "trailing_exit")
Row = tuple[int, str, str, float, float, float, float]
"""Time, coin, reason, price, quantity, fee in the quote asset, profit (of a sale)."""


def trades(rows: Sequence[Row], *, maker: Sequence[bool] = ()) -> TradeColumns:
    """Give the columns of rows; what is sold by trailing_exit is a sale."""
    sales = [row[2] == "trailing_exit" for row in rows]
    price, quantity = (np.array([row[place] for row in rows], dtype=float) for place in (3, 4))
    return TradeColumns(
        coins=COINS,
        reasons=REASONS,
        time_s=np.array([row[0] for row in rows], dtype=np.int64),
        coin=np.array([COINS.index(row[1]) for row in rows], dtype=np.int64),
        is_sale=np.array(sales, dtype=np.bool_),
        price=price,
        quantity=quantity,
        value=price * quantity,
        fee=np.array([row[5] for row in rows], dtype=float),
        reason=np.array([REASONS.index(row[2]) for row in rows], dtype=np.int64),
        stage=np.zeros(len(rows), dtype=np.int64),
        gain_pct=np.full(len(rows), math.nan),
        realized=np.array([row[6] if sale else math.nan for row, sale in zip(rows, sales, strict=True)]),
        is_maker=np.array(maker or [False] * len(rows), dtype=np.bool_),
    )
