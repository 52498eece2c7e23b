"""Tables for tax programs: the columns they ask for, every fee, and amounts that are exact."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

from powertrader.core.tax_table import TaxLayout, TaxNames, tax_csv
from powertrader.models.order import Side
from powertrader.models.trade import Trade

NOON = datetime(2024, 3, 1, 12, 30, 5, tzinfo=UTC)
NAMES = TaxNames("USDT", "Binance", "live-default")
BUY = Trade(
    "BTC",
    Side.BUY,
    50000.0,
    Decimal("0.00200"),
    Decimal("100.000"),
    "entry",
    NOON,
    fees=(("BTC", Decimal("0.000002")),),
    client_order_id="o1",
)
SALE = Trade(
    "BTC",
    Side.SELL,
    55000.0,
    Decimal("0.002"),
    Decimal(110),
    "trailing_exit",
    NOON,
    fees=(("USDT", Decimal("0.11")), ("BNB", Decimal("0.0001"))),
    client_order_id="o2",
)
UNPRICED = Trade("ETH", Side.BUY, None, Decimal(1), Decimal(0), "entry", NOON, client_order_id="o3")


def rows(layout: TaxLayout, *trades: Trade) -> list[dict[str, str]]:
    table = tax_csv(trades, layout, NAMES, lambda trade: f"because {trade.reason}")
    return list(csv.DictReader(io.StringIO(table)))


def test_cointracking_gets_what_was_bought_what_was_sold_and_every_fee() -> None:
    buy, sale, fee = rows(TaxLayout.COINTRACKING, BUY, SALE)
    assert list(buy.values()) == [
        "Trade",
        "0.00200",
        "BTC",
        "100.000",
        "USDT",
        "0.000002",
        "BTC",
        "Binance",
        "live-default",
        "because entry",
        "01.03.2024 12:30:05",
        "o1",
    ]
    assert (sale["Buy"], sale["Buy Currency"], sale["Sell"], sale["Sell Currency"]) == (
        "110",
        "USDT",
        "0.002",
        "BTC",
    )
    assert (sale["Fee"], sale["Fee Currency"]) == ("0.11", "USDT")
    assert (fee["Type"], fee["Sell"], fee["Sell Currency"], fee["Tx-ID"]) == (
        "Other Fee",
        "0.0001",
        "BNB",
        "o2-fee1",
    )


def test_koinly_gets_what_was_sent_what_was_received_and_every_fee() -> None:
    buy, sale, fee = rows(TaxLayout.KOINLY, BUY, SALE)
    assert list(buy.values()) == [
        "2024-03-01 12:30:05 UTC",
        "100.000",
        "USDT",
        "0.00200",
        "BTC",
        "0.000002",
        "BTC",
        "100.000",
        "USDT",
        "",
        "because entry",
        "o1",
    ]
    assert (sale["Sent Amount"], sale["Received Amount"]) == ("0.002", "110")
    assert (fee["Sent Amount"], fee["Sent Currency"], fee["Label"]) == ("0.0001", "BNB", "cost")


def test_trades_without_a_value_are_left_out_and_no_trades_give_the_header() -> None:
    for layout in TaxLayout:
        assert rows(layout, UNPRICED) == []
        assert tax_csv((), layout, NAMES, str).count("\n") == 1
