"""What an administration may arrange, and what owners of accounts are told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from powertrader.simexchange.orders import OrderKey, Query, Status
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.user_events import (
    AccountPosition,
    BalanceUpdate,
    ExecutionReport,
    ListStatus,
    UserEvent,
)
from tests.unit.simexchange.test_venue_resting import SALE_PAIR
from tests.unit.simexchange.venue_stage import ACCOUNT, BTC, START, Stage, stage

pytestmark = pytest.mark.money


def test_a_scripted_order_is_executed_in_part_and_expires_and_the_next_one_is_not() -> None:
    desk = stage(USDT="1000")
    desk.venue.expire_next(BTC, Decimal("0.25"))

    first, second = desk.market_order("BUY", "2").order, desk.market_order("BUY", "2").order

    assert (first.status, first.executed) == (Status.EXPIRED, Decimal("0.5"))
    assert (second.status, second.executed) == (Status.FILLED, Decimal(2))
    assert desk.locked("USDT") == 0


def test_an_order_can_be_made_to_expire_without_any_execution() -> None:
    desk = stage(USDT="1000")
    desk.venue.expire_next(BTC, Decimal(0))

    placed = desk.market_order("BUY", "2")

    assert (placed.order.status, placed.trades, desk.free("USDT")) == (Status.EXPIRED, (), Decimal(1000))


def test_slow_orders_stay_open_with_their_money_locked_until_their_time_comes() -> None:
    desk = stage(USDT="1000")
    desk.venue.slow_next(BTC, 1, 30)

    slow, quick = desk.market_order("BUY", "2").order, desk.market_order("BUY", "1").order
    assert (slow.status, quick.status, desk.locked("USDT")) == (Status.NEW, Status.FILLED, Decimal(200))

    desk.clock.sleep(29)
    assert desk.order(slow).status is Status.NEW
    desk.clock.sleep(1)
    assert desk.order(slow).status is Status.FILLED
    assert (desk.locked("USDT"), desk.free("USDT")) == (Decimal(0), Decimal(700))


def test_a_slow_order_that_became_too_dear_expires() -> None:
    desk = stage(USDT="200")
    desk.venue.slow_next(BTC, 1, 3_600)
    order = desk.market_order("BUY", "2").order

    desk.market.move(low=100, high=150, close=150)

    assert desk.order(order).status is Status.EXPIRED
    assert (desk.free("USDT"), desk.locked("USDT")) == (Decimal(200), Decimal(0))


def test_a_slow_order_can_be_canceled_before_its_time() -> None:
    desk = stage(USDT="1000")
    desk.venue.slow_next(BTC, 1, 30)
    order = desk.market_order("BUY", "2").order

    desk.venue.cancel(ACCOUNT, OrderKey(BTC, order.order_id))
    desk.clock.sleep(60)

    assert (desk.order(order).status, desk.free("USDT")) == (Status.CANCELED, Decimal(1000))


def test_a_halted_pair_refuses_orders_and_executes_nothing_until_it_is_traded_again() -> None:
    desk = stage(USDT="1000")
    order = desk.limit("BUY", "1", "90").order
    desk.venue.halt(BTC)

    desk.market.move(low=80, high=101, close=100)
    assert desk.order(order).status is Status.NEW
    assert desk.venue.halted() == {BTC}
    with pytest.raises(ApiError, match=r"^Market is closed\.$"):
        desk.market_order("BUY", "1")

    desk.venue.resume(BTC)
    assert desk.order(order).status is Status.NEW
    desk.market.move(low=80, high=101, close=100)
    assert desk.order(order).status is Status.FILLED


def test_deposits_and_withdrawals_move_what_is_free_and_no_more_than_that() -> None:
    desk = stage(USDT="1000")
    desk.limit("BUY", "1", "90")

    with pytest.raises(ApiError, match="insufficient balance"):
        desk.venue.withdraw(ACCOUNT, "USDT", Decimal(911))
    desk.venue.withdraw(ACCOUNT, "USDT", Decimal(910))

    assert desk.free("USDT") == 0
    assert desk.venue.totals()["USDT"].paid_in == 90


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
def test_an_amount_that_moves_nothing_is_refused(amount: str) -> None:
    desk = stage(USDT="1000")

    with pytest.raises(ValueError, match="must be above 0"):
        desk.venue.deposit(ACCOUNT, "USDT", Decimal(amount))
    with pytest.raises(ValueError, match="must be above 0"):
        desk.venue.withdraw(ACCOUNT, "USDT", Decimal(amount))


def test_arrangements_that_make_no_sense_are_refused() -> None:
    desk = stage()

    with pytest.raises(ValueError, match="must be >= 0 and < 1"):
        desk.venue.expire_next(BTC, Decimal(1))
    with pytest.raises(ValueError, match="must be >= 0"):
        desk.venue.slow_next(BTC, -1, 1)
    with pytest.raises(ApiError, match="Invalid symbol"):
        desk.venue.halt("NOPE")
    with pytest.raises(ApiError, match="Invalid symbol"):
        desk.venue.slow_next("NOPE", 1, 1)


def test_accounts_are_those_that_held_something() -> None:
    desk = stage(USDT="1000")
    desk.venue.deposit("second", "BTC", Decimal(1))

    assert desk.venue.accounts() == (ACCOUNT, "second")
    assert desk.venue.balances("nobody") == ()


def test_the_owner_is_told_of_an_order_of_each_trade_and_of_the_balances_in_that_order() -> None:
    desk, told = _listened()

    placed = desk.market_order("BUY", "2")

    kinds = [(one.execution.value, one.trade) for one in told if isinstance(one, ExecutionReport)]
    assert kinds == [("NEW", None), ("TRADE", placed.trades[0])]
    assert isinstance(told[-1], AccountPosition)
    assert {one.asset: one.free for one in told[-1].balances} == {
        "USDT": Decimal(800),
        "BTC": Decimal("1.996"),
    }


def test_the_owner_is_told_of_cancellations_expiries_deposits_and_lists() -> None:
    desk, told = _listened()
    desk.venue.deposit(ACCOUNT, "BTC", Decimal(1))
    assert told[0] == BalanceUpdate("BTC", Decimal(1), START)
    told.clear()

    desk.pair(**SALE_PAIR)
    assert [type(one) for one in told] == [ListStatus, ExecutionReport, ExecutionReport, AccountPosition]
    told.clear()

    (first, _second) = desk.venue.open_orders(ACCOUNT)
    desk.venue.cancel(ACCOUNT, OrderKey(BTC, first.order_id), "cancel-1")
    assert [_kind(one) for one in told] == ["CANCELED cancel-1", "CANCELED", "ListStatus", "AccountPosition"]
    told.clear()

    desk.limit("BUY", "1", "90", "IOC")
    assert [_kind(one) for one in told] == ["NEW", "EXPIRED", "AccountPosition"]


def test_the_market_going_on_is_told_without_anybody_asking_for_an_order() -> None:
    desk, told = _listened()
    desk.limit("BUY", "1", "90")
    told.clear()

    desk.market.move(low=80, high=101, close=100)
    desk.venue.settle()

    assert [_kind(one) for one in told] == ["TRADE", "AccountPosition"]
    assert told[0].at == START + timedelta(hours=1)


def test_who_stopped_listening_is_told_nothing_more() -> None:
    desk = stage(USDT="1000")
    told: list[UserEvent] = []
    stop = desk.venue.listen(lambda _account, event: told.append(event))
    stop()

    desk.market_order("BUY", "2")

    assert told == []


def test_an_event_is_told_after_it_was_written() -> None:
    desk = stage(USDT="1000")
    found: list[int] = []
    desk.venue.listen(lambda account, _event: found.append(len(desk.venue.orders(account, Query(BTC)))))

    desk.market_order("BUY", "2")

    assert set(found) == {1}


def _listened() -> tuple[Stage, list[UserEvent]]:
    desk = stage(USDT="1000")
    told: list[UserEvent] = []
    desk.venue.listen(lambda _account, event: told.append(event))
    return desk, told


def _kind(event: UserEvent) -> str:
    if isinstance(event, ExecutionReport):
        return f"{event.execution} {event.client_order_id}".strip()
    return type(event).__name__
