"""The journal's rows and filters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from powertrader.core.journal_notes import Note
from powertrader.core.original_trades import ORIGINAL_ORDER
from powertrader.hub.journal_rows import (
    KINDS,
    JournalFilter,
    journal_row,
    kind_of,
    reason_text,
    wanted_trades,
)
from powertrader.models.order import Side
from powertrader.models.trade import Trade

NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
SALE = Trade(
    "BTC",
    Side.SELL,
    110.0,
    Decimal("0.5"),
    Decimal(55),
    "trailing_exit",
    NOON,
    pnl_pct=10.0,
    realized_profit=Decimal("4.95"),
    fees=(("USDT", Decimal("0.05")), ("BNB", Decimal("0.0001"))),
    client_order_id="o1",
)
BUY = Trade("ETH", Side.BUY, 10.0, Decimal(2), Decimal(20), "dca_hard_3", NOON, client_order_id="o2")


def test_a_sale_has_its_profit_its_fees_and_the_first_line_of_its_note() -> None:
    row = journal_row(SALE, Note("too early\nsee the chart", ("news", "mistake")), "USDT")
    assert row.cells[1:] == (
        "BTC",
        "Sell",
        "Trailing exit",
        "0.5",
        "$110",
        "$55.00",
        "0.05 USDT + 0.0001 BNB",
        "+10.00%",
        "+$4.95",
        "news, mistake",
        "too early",
    )
    assert row.cells[0] == f"{NOON.astimezone():%Y-%m-%d %H:%M:%S}"
    assert (row.key, row.tag, len(row.order)) == ("o1", "gain", len(row.cells))


def test_a_buy_has_no_profit_and_trades_of_the_original_are_marked() -> None:
    row = journal_row(BUY, Note(), "USDT")
    assert (row.cells[3], row.cells[8:], row.tag) == ("DCA 3", ("", "", "", ""), "")
    theirs = replace(BUY, client_order_id=f"{ORIGINAL_ORDER}7", price=None, value=Decimal(0))
    assert journal_row(theirs, Note(), "USDT").cells[3:7] == ("DCA 3 *", "2", "N/A", "$0.00")


@pytest.mark.parametrize(
    "reason, kind, words",
    [
        ("entry", "entry", "Entry"),
        ("dca_neural_5", "dca", "DCA 5 (N)"),
        ("dca_original", "dca", "DCA buy"),
        ("manual_exit", "manual_exit", "By hand"),
        ("stop_loss", "other", "stop_loss"),
    ],
)
def test_every_reason_has_a_kind_and_words(reason: str, kind: str, words: str) -> None:
    assert (kind_of(reason), reason_text(reason)) == (kind, words)
    assert kind in KINDS


@pytest.mark.parametrize(
    "wanted, orders",
    [
        (JournalFilter(), ["o2", "o1"]),
        (JournalFilter(coin="BTC"), ["o1"]),
        (JournalFilter(side="BUY"), ["o2"]),
        (JournalFilter(kind="trailing_exit"), ["o1"]),
        (JournalFilter(tag="news"), ["o1"]),
        (JournalFilter(since=NOON + timedelta(seconds=1)), []),
        (JournalFilter(since=NOON, coin="ETH", side="SELL"), []),
    ],
)
def test_a_filter_lets_through_what_fits_all_of_it(wanted: JournalFilter, orders: list[str]) -> None:
    notes = {"o1": Note("", ("news",)), "o2": Note()}
    found = wanted_trades((BUY, SALE), wanted, lambda trade: notes[trade.client_order_id])
    assert [trade.client_order_id for trade in found] == orders
