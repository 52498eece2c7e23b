"""What a venue remembers: after an ordinary end, after being killed, and after a hundred thousand orders."""

import sqlite3
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.core.exceptions import BadData
from powertrader.models.order import OrderType, Side
from powertrader.simexchange.accounts import FeeAsset
from powertrader.simexchange.orders import Order, OrderKey, Query, Status, TimeInForce
from powertrader.simexchange.state import STATE_FILE, Changes, VenueState
from tests.unit.simexchange.test_venue_resting import SALE_PAIR
from tests.unit.simexchange.venue_stage import ACCOUNT, BTC, START, Stage, hand_market, stage

pytestmark = pytest.mark.money

ORDERS = 100_000


def test_a_restarted_venue_gives_the_same_answers(tmp_path: Path) -> None:
    market = hand_market()
    desk = stage(market, tmp_path, USDT="1000", BTC="2")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.QUOTE)
    desk.market_order("BUY", "0.5")
    desk.limit("BUY", "1", "90")
    placed = desk.pair(**SALE_PAIR)
    desk.venue.slow_next(BTC, 1, 60)
    desk.market_order("SELL", "0.1")
    desk.venue.halt("ETHUSDT")
    before = _answers(desk)
    desk.venue.close()

    again = stage(market, tmp_path)

    assert _answers(again) == before
    assert again.venue.order_list(ACCOUNT, OrderKey("", placed.order_list.list_id)) == placed
    assert again.venue.halted() == {"ETHUSDT"}
    assert again.venue.fee_asset(ACCOUNT) is FeeAsset.QUOTE


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    market = hand_market()
    desk = stage(market, tmp_path, USDT="1000")
    first = desk.market_order("BUY", "0.5")
    desk.venue.close()

    second = stage(market, tmp_path).market_order("BUY", "0.5")

    assert second.order.order_id > first.order.order_id
    assert second.trades[0].trade_id > first.trades[-1].trade_id


def test_the_market_that_passed_while_the_venue_was_down_meets_the_orders(tmp_path: Path) -> None:
    market = hand_market()
    desk = stage(market, tmp_path, USDT="1000")
    order = desk.limit("BUY", "1", "90").order
    desk.venue.close()
    market.move(low=80, high=101, close=100)

    assert stage(market, tmp_path).order(order).status is Status.FILLED


def test_an_order_that_was_answered_survives_a_killed_process(tmp_path: Path) -> None:
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from tests.unit.simexchange.venue_stage import stage
        desk = stage(folder=Path({str(tmp_path)!r}), USDT="1000")
        placed = desk.market_order("BUY", "2")
        print(placed.order.client_order_id, flush=True)
        import time
        while True:
            time.sleep(60)
        """
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root
    ) as killed:
        assert killed.stdout is not None
        client_order_id = killed.stdout.readline().strip()
        killed.kill()

    desk = stage(folder=tmp_path)

    order = desk.venue.order(ACCOUNT, OrderKey(BTC, client_order_id=client_order_id))
    assert (order.status, desk.free("USDT")) == (Status.FILLED, Decimal(800))
    assert len(desk.venue.trades(ACCOUNT, Query(BTC))) == 1


@pytest.mark.load
def test_a_hundred_thousand_old_orders_do_not_have_to_be_read_to_start(tmp_path: Path) -> None:
    state = VenueState(tmp_path)
    state.save(Changes(orders={number: _old_order(number) for number in range(1, ORDERS + 1)}))
    state.close()

    desk = stage(folder=tmp_path, USDT="1000")

    assert desk.market_order("BUY", "1").order.order_id == ORDERS + 1
    assert desk.venue.open_orders(ACCOUNT) == ()
    assert len(desk.venue.orders(ACCOUNT, Query(BTC, limit=1_000))) == 1_000
    assert desk.venue.order(ACCOUNT, OrderKey(BTC, client_order_id="id-17")).order_id == 17


def test_what_cannot_be_written_is_not_half_written(tmp_path: Path) -> None:
    state = VenueState(tmp_path)
    good, broken = _old_order(1), _old_order(2)
    object.__setattr__(broken, "symbol", object())

    with pytest.raises(sqlite3.Error):
        state.save(Changes(orders={1: good, 2: broken}))

    assert state.orders(ACCOUNT, Query(BTC)) == ()


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be read as one" * 20, b""])
def test_a_file_that_is_no_memory_is_named_and_an_empty_one_is_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATE_FILE).write_bytes(content)

    if content:
        with pytest.raises(BadData, match=r"venue\.sqlite cannot be read .* move it away"):
            VenueState(tmp_path)
    else:
        assert VenueState(tmp_path).open_orders() == ()


def test_a_memory_of_another_format_is_left_alone(tmp_path: Path) -> None:
    rows = sqlite3.connect(tmp_path / STATE_FILE)
    rows.execute("PRAGMA user_version = 99")
    rows.close()

    with pytest.raises(BadData, match="format 99, this version writes 1"):
        VenueState(tmp_path)


def _answers(desk: Stage) -> tuple[object, ...]:
    venue = desk.venue
    return (
        venue.balances(ACCOUNT),
        venue.open_orders(ACCOUNT),
        venue.orders(ACCOUNT, Query(BTC)),
        venue.trades(ACCOUNT, Query(BTC)),
        venue.totals(),
    )


def _old_order(number: int) -> Order:
    return Order(
        account=ACCOUNT,
        symbol=BTC,
        order_id=number,
        client_order_id=f"id-{number}",
        side=Side.BUY,
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.GTC,
        quantity=Decimal(1),
        created=START,
        updated=START,
        status=Status.FILLED,
        executed=Decimal(1),
    )
