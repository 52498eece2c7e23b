"""OriginalBooks: the original's ledger and history, also from the odd documents it tolerated."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.core.original_books import OriginalBooks, epoch, original_books_of, trade_times
from powertrader.core.original_ledger import fill_price, moment_of
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OriginalLedgerImported,
    OriginalTradesImported,
    PendingSettled,
)
from powertrader.models.order import OrderIntent, OrderState, Side

pytestmark = pytest.mark.money

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def order(name: str, side: Side, quantity: str, value: str, money: tuple[str, str]) -> list[JournalEvent]:
    reason = "entry" if side is Side.BUY else "trailing_exit"
    basis = None if side is Side.BUY else 100.0
    amount = Decimal(quantity)
    intent = OrderIntent(name, "BTC", "BTCUSDT", side, amount, quantity, reason, 110.0, basis, 9.0, "", NOW)
    return [
        OrderIntended(intent, Decimal(money[0]), NOW),
        OrderAccepted(name, f"id-{name}", NOW),
        OrderFilled(name, amount, Decimal(value), None, None, NOW),
        OrderClosed(name, OrderState.FILLED, Decimal(money[1]), NOW),
    ]


BUY = order("b", Side.BUY, "2", "200", ("1000", "800"))
SALE = order("s", Side.SELL, "0.5", "55", ("800", "855"))


def imported(document: object) -> OriginalBooks:
    text = document if isinstance(document, str) else json.dumps(document)
    return original_books_of([OriginalLedgerImported(text, NOW)])


def test_money_is_the_change_of_the_free_quote_asset_around_an_order() -> None:
    books = original_books_of([*BUY, *SALE])
    assert books.ledger["open_positions"] == {"BTC": {"usd_cost": 150.0, "qty": 1.5}}
    assert books.ledger["total_realized_profit_usd"] == 5.0
    bought, sold = books.trades
    assert (bought["buying_power_delta"], bought["position_cost_after_usd"]) == (-200.0, 200.0)
    assert (sold["realized_profit_usd"], sold["position_cost_used_usd"], sold["tag"]) == (
        5.0,
        50.0,
        "TRAIL_SELL",
    )
    assert sold["pnl_pct"] == pytest.approx(10.0)


def test_an_order_is_pending_from_its_acceptance_to_its_end() -> None:
    books = original_books_of(BUY[:3])
    assert list(books.pending) == ["id-b"]
    books.apply(OrderClosed("b", OrderState.CANCELED, None, NOW))
    assert (dict(books.pending), books.trades, books.writes) == ({}, [], 2)


def test_a_sale_without_numbers_is_written_at_the_expected_price_and_a_buy_without_price() -> None:
    blank_buy = order("b", Side.BUY, "2", "0", ("1000", "800"))
    blank_sale = order("s", Side.SELL, "2", "0", ("800", "1000"))
    bought, sold = original_books_of([*blank_buy, *blank_sale]).trades
    assert (bought["price"], sold["price"]) == (None, 110.0)


def test_an_account_that_did_not_answer_counts_as_empty() -> None:
    books = original_books_of([*BUY[:3], OrderClosed("b", OrderState.FILLED, None, NOW)])
    assert books.trades[0]["buying_power_after"] == 0.0


@pytest.mark.parametrize("document", ["{broken", "[]", "null", "7", ""])
def test_a_document_that_is_no_object_counts_as_an_empty_ledger(document: str) -> None:
    books = imported(document)
    assert (books.ledger["total_realized_profit_usd"], books.ledger["open_positions"]) == (0.0, {})
    assert books.pending == {}


def test_keys_of_a_wrong_type_stay_until_a_trade_needs_them() -> None:
    books = imported({"open_positions": [], "pending_orders": 3, "total_realized_profit_usd": None})
    assert (books.ledger["open_positions"], books.pending) == ([], {})
    for event in (*BUY, *SALE):
        books.apply(event)
    assert books.ledger["open_positions"] == {"BTC": {"usd_cost": 150.0, "qty": 1.5}}
    assert books.ledger["total_realized_profit_usd"] == 5.0


def test_a_position_that_is_no_object_counts_as_nothing_and_a_sale_uses_all_of_its_cost() -> None:
    books = imported({"open_positions": {"BTC": "many"}})
    for event in SALE:
        books.apply(event)
    assert books.ledger["open_positions"] == {}
    assert books.ledger["total_realized_profit_usd"] == 55.0


def test_a_settled_order_is_recorded_with_what_the_ledger_had_stored() -> None:
    entry = {
        "symbol": "BTCUSDT",
        "side": "buy",
        "buying_power_before": 500.0,
        "avg_cost_basis": 90.0,
        "tag": "DCA",
    }
    books = imported({"pending_orders": {"7": entry}})
    books.apply(PendingSettled("7", OrderState.FILLED, Decimal(1), Decimal(100), Decimal(400), NOW))
    line = books.trades[0]
    assert (line["order_id"], line["tag"], line["avg_cost_basis"], line["pnl_pct"]) == (
        "7",
        "DCA",
        90.0,
        None,
    )
    assert (books.has_trade(" 7 "), books.has_trade("8"), dict(books.pending)) == (True, False, {})


def test_the_history_gives_the_times_of_lines_that_have_them() -> None:
    lines = [
        '{"ts": 1700000000, "symbol": " btcusdt ", "side": "BUY", "tag": "DCA"}',
        "{damaged",
        "[1]",
        '{"ts": "1700000000", "symbol": "BTCUSDT", "side": "buy"}',
        '{"ts": 1e300, "symbol": "BTCUSDT", "side": "buy"}',
        '{"ts": true, "symbol": "BTCUSDT", "side": "buy"}',
        '{"ts": 1700000001.5, "symbol": "", "side": "buy"}',
        '{"ts": 1700000001.5, "symbol": "ETHUSDT", "side": "sell", "tag": 3}',
    ]
    books = original_books_of([OriginalTradesImported("\n".join(lines), NOW)])
    assert [(coin, side, tag, moment.timestamp()) for coin, side, tag, moment in trade_times(books)] == [
        ("BTC", "buy", "DCA", 1700000000.0),
        ("ETH", "sell", None, 1700000001.5),
    ]


def test_times_are_whole_numbers_where_they_can_be() -> None:
    assert repr(epoch(NOW)) == "1704067200"
    assert repr(epoch(datetime(2024, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC))) == "1704067200.5"
    assert moment_of(1704067200) == NOW
    assert moment_of(float("nan")) is None


def test_a_fill_without_quantity_or_value_has_no_price() -> None:
    assert fill_price(2.0, 100.0) == 50.0
    assert fill_price(0.0, 100.0) is None
    assert fill_price(2.0, 0.0) is None


@pytest.mark.parametrize(
    "lines, readable",
    [
        ('{"order_id": "7"}\n', ["7", "id-b", "id-s"]),
        ('{"order_id": "6"}\n{"order_id": "7"}', ["6", "id-s"]),
        ('{"order_id": "7"}\ndamaged', ["7", "id-s"]),
        ('{"order_id": "7"}\n  ', ["7", "id-b", "id-s"]),
    ],
)
def test_a_line_behind_an_unfinished_one_is_as_unreadable_as_that(lines: str, readable: list[str]) -> None:
    books = original_books_of([OriginalTradesImported(lines, NOW), *BUY, *SALE])
    assert [line["order_id"] for line in books.readable_trades()] == readable
    assert [line["order_id"] for line in books.trades][-2:] == ["id-b", "id-s"]
    assert books.has_trade("id-b") is ("id-b" in readable)


@pytest.mark.parametrize("text", ["{broken", "[" * 100_000, '{"a":' * 100_000])
def test_imported_files_that_are_no_json_are_as_if_they_were_empty(text: str) -> None:
    books = original_books_of([OriginalLedgerImported(text, NOW), OriginalTradesImported(f"{text}\n", NOW)])
    assert (books.pending, list(books.readable_trades())) == ({}, [])
