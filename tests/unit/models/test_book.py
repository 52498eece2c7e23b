"""Book: positions, orders and profit as a fold over the ledger's events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from powertrader.models.book import Book, book_of, window_of
from powertrader.models.journal import (
    Adopted,
    HaltCause,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    PendingSettled,
    QuoteBooked,
    Resumed,
    SaleAssumed,
    TrailForgotten,
    TrailMoved,
    WindowRebuilt,
    WrittenOff,
)
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.position import Trail

pytestmark = pytest.mark.money

NOW = datetime(2024, 1, 1, tzinfo=UTC)
TRAIL = Trail(active=True, line=104.0, peak=105.0, was_above=True)


def intent(name: str, side: Side, quantity: str, reason: str) -> OrderIntent:
    amount = Decimal(quantity)
    return OrderIntent(name, "BTC", "BTCUSDT", side, amount, quantity, reason, 100.0, 100.0, None, "", NOW)


def order(
    name: str,
    reason: str,
    quantity: str,
    value: str,
    *,
    fee: tuple[str, str] | None = None,
    state: OrderState = OrderState.FILLED,
) -> list[JournalEvent]:
    side = Side.SELL if reason == "trailing_exit" else Side.BUY
    amount, asset = (Decimal(fee[0]), fee[1]) if fee else (None, None)
    return [
        OrderIntended(intent(name, side, quantity, reason), None, NOW),
        OrderAccepted(name, f"id-{name}", NOW),
        OrderFilled(name, Decimal(quantity), Decimal(value), amount, asset, NOW),
        OrderClosed(name, state, None, NOW),
    ]


ENTRY = order("e", "entry", "1", "100")


def test_an_entry_opens_a_position_at_the_price_paid() -> None:
    position = book_of(ENTRY).position("BTC")
    assert (position.quantity, position.cost, position.avg_cost_basis) == (Decimal(1), Decimal(100), 100.0)
    assert (position.stage, position.dca_times, position.entry_price) == (0, (), 100.0)


def test_only_what_was_bought_and_not_sold_again_is_held() -> None:
    book = book_of(ENTRY)
    assert book.held == {"BTC": book.position("BTC")}
    assert book_of([*ENTRY, *order("s", "trailing_exit", "1", "110")]).held == {}


def test_a_dca_buy_raises_the_stage_enters_the_window_and_drops_the_trail() -> None:
    events = [*ENTRY, TrailMoved("BTC", TRAIL, NOW), *order("d", "dca_hard_1", "2", "180")]
    position = book_of(events).position("BTC")
    assert (position.stage, position.dca_times, position.trail) == (1, (NOW,), None)
    assert position.avg_cost_basis == pytest.approx(280 / 3)


def test_a_fee_in_the_coin_shrinks_the_quantity_and_not_the_price_paid() -> None:
    position = book_of(order("e", "entry", "1", "100", fee=("0.001", "BTC"))).position("BTC")
    assert (position.quantity, position.cost, position.avg_cost_basis) == (
        Decimal("0.999"),
        Decimal(100),
        100.0,
    )


def test_a_fee_in_the_quote_asset_is_cost_and_a_fee_in_another_asset_is_only_noted() -> None:
    in_quote = book_of(order("e", "entry", "1", "100", fee=("0.1", "USDT"))).position("BTC")
    assert (in_quote.cost, in_quote.paid) == (Decimal("100.1"), Decimal(100))
    other = book_of(order("e", "entry", "1", "100", fee=("0.0002", "BNB")))
    assert other.position("BTC").cost == Decimal(100)
    assert other.trades[0].fees == (("BNB", Decimal("0.0002")),)


def test_a_sale_realises_what_it_brought_less_fees_and_cost() -> None:
    book = book_of([*ENTRY, *order("s", "trailing_exit", "1", "110", fee=("0.11", "USDT"))])
    position, sale = book.position("BTC"), book.trades[-1]
    assert book.realized_profit == sale.realized_profit == Decimal("9.89")
    assert (position.quantity, position.cost, position.last_sale_at) == (Decimal(0), Decimal(0), NOW)
    assert sale.pnl_pct == pytest.approx(10.0)


def test_a_part_sold_takes_its_share_of_the_cost_and_leaves_the_basis() -> None:
    events = [*ENTRY, *order("s", "trailing_exit", "0.25", "30", state=OrderState.CANCELED)]
    book = book_of([*ENTRY, TrailMoved("BTC", TRAIL, NOW), *events[4:]])
    position = book.position("BTC")
    assert (position.quantity, position.cost, position.avg_cost_basis) == (
        Decimal("0.75"),
        Decimal(75),
        100.0,
    )
    assert (position.trail, position.last_sale_at) == (TRAIL, None)
    assert book.realized_profit == Decimal(5)


def test_a_sale_of_more_than_the_book_knows_leaves_nothing_negative() -> None:
    book = book_of([*ENTRY, *order("s", "trailing_exit", "1.5", "150")])
    assert book.position("BTC").quantity == Decimal(0)
    assert book.realized_profit == Decimal(50)


def test_a_refused_order_leaves_no_trace_but_its_events() -> None:
    events: list[JournalEvent] = [ENTRY[0], OrderRefused("e", "no", NOW)]
    book = book_of(events)
    assert (book.open_orders, book.positions, book.events_applied) == ({}, {}, 2)


def test_an_order_without_an_end_stays_open_with_its_fills_booked() -> None:
    book = book_of(ENTRY[:3])
    found = book.open_orders["e"]
    assert (found.order_id, found.executed) == ("id-e", Decimal(1))
    assert book.position("BTC").quantity == Decimal(1)


def test_an_event_of_an_order_that_was_never_intended_is_a_broken_ledger() -> None:
    with pytest.raises(KeyError):
        Book().apply(OrderAccepted("unknown", "1", NOW))


def test_a_window_keeps_a_day_to_the_second_and_drops_what_a_sale_ended() -> None:
    day = timedelta(days=1)
    times = (NOW - day - timedelta(seconds=1), NOW - day, NOW)
    assert window_of(times, None, NOW) == times[1:]
    assert window_of(times, NOW - day, NOW) == (NOW,)


def test_trails_are_forgotten_one_by_one_or_all_at_once() -> None:
    moved: list[JournalEvent] = [TrailMoved(coin, TRAIL, NOW) for coin in ("BTC", "ETH")]
    one = book_of([*moved, TrailForgotten("ETH", NOW)])
    assert (one.position("BTC").trail, one.position("ETH").trail) == (TRAIL, None)
    none = book_of([*moved, TrailForgotten(None, NOW)])
    assert [position.trail for position in none.positions.values()] == [None, None]


def test_an_adoption_with_a_quantity_is_bought_and_one_without_only_knows_a_basis() -> None:
    taken = book_of([Adopted("BTC", Decimal(2), 50.0, 3, NOW)]).position("BTC")
    assert (taken.quantity, taken.cost, taken.avg_cost_basis, taken.stage) == (
        Decimal(2),
        Decimal(100),
        50.0,
        3,
    )
    known = book_of([*ENTRY, Adopted("BTC", None, 50.0, None, NOW)]).position("BTC")
    assert (known.adopted_basis, known.avg_cost_basis, known.stage) == (50.0, 100.0, 0)


def test_an_assumed_sale_ends_the_trade_and_keeps_the_coin() -> None:
    events = [*ENTRY, TrailMoved("BTC", TRAIL, NOW), SaleAssumed("BTC", NOW)]
    position = book_of(events).position("BTC")
    assert (position.quantity, position.trail, position.last_sale_at) == (Decimal(1), None, NOW)


def test_a_rebuilt_window_replaces_times_and_last_sale() -> None:
    position = book_of([WindowRebuilt("BTC", (NOW,), None, NOW)]).position("BTC")
    assert (position.dca_timestamps, position.last_sale_at) == ((NOW,), None)


def test_halts_deposits_and_withdrawals_are_kept_by_their_names() -> None:
    book = book_of(
        [
            Halted("BTC", "drawdown", NOW),
            Halted(None, "kill switch", NOW),
            Resumed("BTC", "user", NOW),
            QuoteBooked("USDT", Decimal(100), NOW),
            QuoteBooked("USDT", Decimal(-30), NOW),
        ]
    )
    assert book.halts == {None: "kill switch"}
    assert book.deposits == {"USDT": Decimal(70)}


def test_a_freeze_is_lifted_by_its_own_cause_or_by_a_word_for_all() -> None:
    paused = Halted("BTC", "by hand", NOW)
    short = Halted("BTC", "less than booked", NOW, HaltCause.SHORTFALL)
    book = book_of([paused, short, Resumed("BTC", "", NOW, HaltCause.NO_TRACE)])
    assert (book.halts, book.freezes) == ({"BTC": "by hand"}, {"BTC": short})
    book.apply(Resumed("BTC", "", NOW, HaltCause.SHORTFALL))
    assert (book.halts, book.freezes) == ({"BTC": "by hand"}, {})
    both = book_of([paused, short, Resumed("BTC", "user", NOW)])
    assert (both.halts, both.freezes) == ({}, {})


def test_coins_written_off_settle_the_fees_that_were_paid_with_them() -> None:
    fees = QuoteBooked("BTC", Decimal("-0.25"), NOW)
    book = book_of([*ENTRY, fees, WrittenOff("BTC", Decimal("0.2"), "fees", NOW)])
    assert book.cash["BTC"] == Decimal("-0.05")
    book.apply(WrittenOff("BTC", Decimal("0.5"), "gone", NOW))
    assert (book.cash["BTC"], book.position("BTC").quantity) == (Decimal(0), Decimal("0.3"))


def test_the_rules_of_the_newest_trail_are_kept() -> None:
    rules = (0.5, 5.0, 2.5)
    book = book_of([TrailMoved("BTC", TRAIL, NOW, rules), TrailMoved("BTC", TRAIL, NOW)])
    assert book.trail_rules == rules


def test_a_pending_order_settled_at_the_start_is_filled_without_a_new_stage() -> None:
    start = [*ENTRY, *order("d", "dca_hard_1", "2", "180")[:2]]
    settled = PendingSettled("id-d", OrderState.FILLED, Decimal(2), Decimal(180), None, NOW)
    book = book_of([*start, settled])
    assert (book.open_orders, book.position("BTC").quantity, book.position("BTC").stage) == (
        {},
        Decimal(3),
        0,
    )
    dropped = replace(settled, state=OrderState.CANCELED, quantity=Decimal(0))
    assert book_of([*start, dropped]).open_orders == {}
    assert book_of([*ENTRY, replace(settled, order_id="999")]).position("BTC").quantity == Decimal(1)


def test_cash_is_what_deposits_purchases_and_sales_leave() -> None:
    book = book_of(
        [
            QuoteBooked("USDT", Decimal(500), NOW),
            *order("e", "entry", "1", "100", fee=("0.001", "BTC")),
            *order("s", "trailing_exit", "0.999", "120", fee=("0.12", "USDT")),
            QuoteBooked("USDT", Decimal(-50), NOW),
        ]
    )
    assert book.cash == {"USDT": Decimal("469.88")}
    assert book.deposits == {"USDT": Decimal(450)}
    assert book.realized_profit == Decimal("19.88")


def with_fee_elsewhere(events: list[JournalEvent], worth: str) -> list[JournalEvent]:
    return [
        replace(one, fee=Decimal("0.0002"), fee_asset="BNB", fee_value=Decimal(worth))
        if isinstance(one, OrderFilled)
        else one
        for one in events
    ]


def test_a_fee_in_a_third_asset_counts_with_its_worth_and_leaves_that_asset() -> None:
    entry = with_fee_elsewhere(ENTRY, "0.10")
    sale = with_fee_elsewhere(order("s", "trailing_exit", "1", "110"), "0.11")
    book = book_of([*entry, *sale])
    assert book.realized_profit == Decimal("9.79")
    assert book.cash == {"USDT": Decimal(10), "BNB": Decimal("-0.0004")}


def test_what_is_written_off_leaves_the_position_with_its_share_of_the_cost() -> None:
    book = book_of([*ENTRY, WrittenOff("BTC", Decimal("0.25"), "taken out", NOW)])
    position = book.position("BTC")
    assert (position.quantity, position.cost) == (Decimal("0.75"), Decimal(75))
    assert (book.written_off, book.realized_profit) == (Decimal(25), Decimal(0))
    assert position.avg_cost_basis == 100.0
