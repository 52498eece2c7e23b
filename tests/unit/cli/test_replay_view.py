"""A trade as one line for people."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.cli.replay_view import trade_line
from powertrader.models.decision import Gate
from powertrader.models.order import Side
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
