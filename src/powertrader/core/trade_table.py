"""Finished orders as the rows of a table, for spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from powertrader.models.moment import iso_text
from powertrader.models.trade import Trade

TRADE_COLUMNS: Final = (
    "time",
    "coin",
    "side",
    "quantity",
    "price",
    "value",
    "fees",
    "reason",
    "gain_pct",
    "realized_profit",
    "client_order_id",
    "config_hash",
)


def trades_csv(trades: Iterable[Trade]) -> str:
    """Give trades as CSV with a header; times are UTC, amounts in full decimals.

    Prices and percents are quotients of amounts, and on ten digits.
    """
    return csv_text(TRADE_COLUMNS, map(_row, trades))


def annotated_csv(
    trades: Iterable[Trade], columns: Iterable[str], said_of: Callable[[Trade], Iterable[str]]
) -> str:
    """Give trades as `trades_csv` does, with further columns that say something of each trade."""
    return csv_text((*TRADE_COLUMNS, *columns), ([*_row(trade), *said_of(trade)] for trade in trades))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Give a table as CSV with line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _row(trade: Trade) -> list[str]:
    fees = " + ".join(f"{_plain(amount)} {asset}" for asset, amount in trade.fees)
    return [
        iso_text(trade.timestamp),
        trade.coin,
        trade.side.value,
        _plain(trade.quantity),
        "" if trade.price is None else _short(trade.price),
        _plain(trade.value),
        fees,
        trade.reason,
        "" if trade.pnl_pct is None else _short(trade.pnl_pct),
        "" if trade.realized_profit is None else _plain(trade.realized_profit),
        trade.client_order_id,
        trade.config_hash,
    ]


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _short(number: float) -> str:
    return _plain(Decimal(f"{number:.10g}"))
