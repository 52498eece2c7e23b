"""Trades as CSV: what a spreadsheet and a person find in it."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.core.trade_table import trades_csv
from powertrader.models.order import Side
from powertrader.models.trade import Trade

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def row_of(trade: Trade) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(trades_csv([trade])))
    return row


@pytest.mark.parametrize(
    "price, told",
    [(2299.9499723502304, "2299.949972"), (0.0000123456789012, "0.0000123456789"), (36447.3, "36447.3")],
)
def test_an_average_price_has_no_digits_that_a_quotient_made_up(price: float, told: str) -> None:
    trade = Trade(
        "BTC", Side.SELL, price, Decimal("0.0217"), Decimal("49.90891440"), "trailing_exit", NOW, 1 / 3
    )
    row = row_of(trade)
    assert (row["price"], row["gain_pct"]) == (told, "0.3333333333")
    assert (row["quantity"], row["value"]) == ("0.0217", "49.90891440")


def test_what_is_unknown_is_empty() -> None:
    row = row_of(Trade("BTC", Side.BUY, None, Decimal(1), Decimal(0), "entry", NOW))
    assert (row["price"], row["gain_pct"], row["realized_profit"]) == ("", "", "")
