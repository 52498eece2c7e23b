"""Trades in columns: each looked at once, of every coin, whatever its reason."""

import math
from datetime import UTC, datetime

import pytest

from powertrader.core.original_trades import trades_in
from powertrader.hub.plot.marks import AT_ONCE, Kind, MarkBook, Marks
from powertrader.hub.trades_view import TradeLog, TradesView
from powertrader.models.trade import TRAILING_EXIT
from tests.unit.hub.plot.drawings import marks_of, trade


def read(book: MarkBook, trades: TradesView) -> Marks:
    for _ in book.read(trades):
        pass
    return book.marks


@pytest.mark.parametrize(
    "reason, kind",
    [("entry", Kind.BUY), ("dca_neural_5", Kind.DCA), (TRAILING_EXIT, Kind.SELL)],
)
def test_a_trade_is_a_buy_a_dca_or_a_sale(reason: str, kind: Kind) -> None:
    assert marks_of(TradesView.of((trade(0, reason=reason),))).kinds.tolist() == [kind]


def test_what_was_added_joins_what_was_known() -> None:
    log = TradeLog([trade(0), trade(3, "ETH", price=None)])
    book = MarkBook()
    before = read(book, TradesView(log=log, length=2))
    log.add(trade(5))
    after = read(book, TradesView(log=log, length=3))
    assert (len(before), len(after)) == (2, 3)
    assert after.names == ("BTC", "ETH")
    assert len(after.of("BTC")) == 2
    assert math.isnan(after.of("ETH").prices[0])
    assert len(after.of("XRP")) == 0


def test_many_trades_are_read_in_steps_and_one_who_was_overtaken_stops() -> None:
    trades = TradesView.of([trade(number) for number in range(3 * AT_ONCE)])
    book = MarkBook()
    slow = book.read(trades)
    next(slow)
    assert len(read(book, trades)) == 3 * AT_ONCE
    assert len([*slow]) == 0
    assert len(read(book, trades)) == 3 * AT_ONCE


def test_another_ledger_begins_anew() -> None:
    book = MarkBook()
    read(book, TradesView.of((trade(0), trade(1))))
    log = TradeLog([trade(2, "ETH")])
    assert read(book, TradesView(generation=1, log=log, length=1)).names == ("ETH",)


def test_marks_are_in_the_order_of_time() -> None:
    marks = marks_of(TradesView.of((trade(9), trade(2), trade(5))))
    assert marks.times_s.tolist() == sorted(marks.times_s.tolist())


def test_defect_2_a_trade_of_the_original_under_its_binance_symbol_has_a_dot() -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
    line = f'{{"ts": {at}, "side": "buy", "tag": "DCA", "symbol": "BTCUSDT", "qty": 1.0, "price": 100.0}}'
    found = [*trades_in(line, "USDT")]
    marks = marks_of(TradesView.of(found)).of("BTC")
    assert marks.kinds.tolist() == [Kind.DCA]
    assert marks.times_s.tolist() == [at]
