"""A trade as one line for people."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from powertrader.cli.replay_view import show_open_positions, trade_line
from powertrader.cli.trader_view import held_text
from powertrader.models.book import Book
from powertrader.models.decision import Gate
from powertrader.models.order import Side
from powertrader.models.position import Position
from powertrader.models.trade import Trade

AT = datetime(2022, 1, 4, 19, tzinfo=UTC)
GATES = (
    Gate("long", passed=True, value=4.0, limit=3.0, text="long 4 >= 3"),
    Gate("short", passed=True, value=0.0, limit=0.0, text="short 0, must be 0"),
    Gate("funds", passed=True, value=50.0, limit=100.0, text="funds 50 <= 100"),
    Gate("dca level", passed=False, value=-1.0, limit=-2.5, text="-1.00 % against level -2.50 %"),
)


def _trade(side: Side, price: float | None) -> Trade:
    reason = "entry" if side is Side.BUY else "trailing_exit"
    return Trade("BTC", side, price, Decimal("0.00211"), Decimal("96.54"), reason, AT)


def test_a_purchase_says_which_gates_let_it_pass() -> None:
    line = trade_line(_trade(Side.BUY, 45751.84), "USDT", GATES)
    assert line.startswith("2022-01-04 19:00 buy ")
    assert "0.00211 BTC at 45,751.84 =     96.54 USDT" in line
    assert line.endswith("entry: long 4 >= 3, short 0, must be 0")


def test_a_sale_says_what_came_of_it() -> None:
    sale = replace(_trade(Side.SELL, 2969.29), pnl_pct=4.094, realized_profit=Decimal("-120.5349"))
    assert trade_line(sale, "USDT").endswith(
        "trailing_exit: price +4.09 % from the basis, profit -120.53 after costs"
    )


@pytest.mark.parametrize(
    "price, shown", [(None, "at         ? ="), (0.07215, "at   0.07215 ="), (1234567.8, "1,234,567.80")]
)
def test_every_price_can_be_read(price: float | None, shown: str) -> None:
    assert shown in trade_line(_trade(Side.BUY, price), "USDT")


def _sold_but(left: str) -> Book:
    """A book that holds ETH, and of BTC what a sale of 0.00211 has left."""
    book = Book()
    book.positions = {"BTC": Position("BTC", quantity=Decimal(left)), "ETH": Position("ETH", Decimal(2))}
    book.close(_trade(Side.BUY, 45000.0))
    book.close(_trade(Side.SELL, 46000.0))
    return book


@pytest.mark.parametrize("left, is_rest", [("0.00001", True), ("0.001", False)])
def test_what_a_sale_left_over_is_not_shown_as_held(left: str, is_rest: bool) -> None:
    book, written = _sold_but(left), StringIO()
    position = {"quantity": "1", "cost": "10", "stage": 0, "unrealized_profit": 1.0}
    summary = {"open_positions": dict.fromkeys(book.held, position)}
    show_open_positions(Console(file=written, width=100), summary, book)
    shown = written.getvalue()
    assert (f"Left over of sales: {left} BTC." in shown) is is_rest
    rows = [line.split()[0] for line in shown.splitlines() if line.split()[1:3] == ["1", "10.00"]]
    assert rows == (["ETH"] if is_rest else ["BTC", "ETH"])
    assert held_text(book) == ("ETH" if is_rest else "BTC, ETH")
    assert held_text(Book()) == "nothing"


def test_a_rest_that_is_bought_again_is_a_position() -> None:
    book = _sold_but("0.00001")
    assert list(book.rests) == ["BTC"]
    book.close(_trade(Side.BUY, 45000.0))
    assert book.rests == {}
