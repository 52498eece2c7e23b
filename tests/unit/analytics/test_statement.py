"""The true profit adds up to the equity; the figures of single cases were worked out by hand."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.analytics.statement import Statement, in_units, statement_of
from powertrader.models.book import book_of
from powertrader.models.journal import (
    Adopted,
    JournalEvent,
    OrderAccepted,
    OrderFilled,
    OrderIntended,
    PendingSettled,
    QuoteBooked,
    WrittenOff,
)
from powertrader.models.money import decimal_of
from powertrader.models.order import OrderState
from powertrader.models.position import NOTHING
from tests.unit.analytics.ledgers import Trader, folded
from tests.unit.persistence.ledger_events import NOON
from tests.unit.persistence.ledger_stories import COINS, stories

pytestmark = pytest.mark.money
CENT = Decimal("0.01")


def stated(events: list[JournalEvent], **prices: float) -> Statement:
    return statement_of(folded(events).sums(), prices)


def parts(statement: Statement) -> dict[str, Decimal]:
    return {
        name: getattr(statement, name)
        for name in ("deposits", "brought_in", "realised", "unrealised", "fees", "written_off", "equity")
    }


def amounts(**changes: str) -> dict[str, Decimal]:
    plain = dict.fromkeys(("deposits", "brought_in", "realised", "unrealised", "fees", "written_off"), "0")
    return {name: Decimal(value) for name, value in {**plain, **changes}.items()}


def test_a_round_trip_with_fees_in_the_quote_asset() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", USDT="0.20")
    trader.sell("BTC", "2", "110", USDT="0.22")
    # 1,000 - 200 - 0.20 + 220 - 0.22
    assert parts(stated(trader.events)) == amounts(
        deposits="1000", realised="20", fees="0.42", equity="1019.58"
    )


def test_an_open_loss_is_in_the_profit() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", USDT="0.20")
    statement = stated(trader.events, BTC=60.0)
    # 1,000 - 200.20 of cash, and 2 x 60
    assert parts(statement) == amounts(deposits="1000", unrealised="-80", fees="0.20", equity="919.80")
    assert statement.net == Decimal("-80.20")
    assert statement.open_loss == Decimal(-80)


def test_a_fee_in_the_coin_itself_counts_at_the_price_of_its_order() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", BTC="0.002")
    # 1.998 coins are there; their fee was worth 0.20
    assert parts(stated(trader.events, BTC=100.0)) == amounts(deposits="1000", fees="0.200", equity="999.800")


def test_a_fee_in_a_third_asset_is_a_cost_that_was_brought_in_beside() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", BNB="0.001", worth="0.30")
    statement = stated(trader.events, BTC=100.0)
    # nothing but the 200 left the quote asset; the 0.30 are gone from the user's BNB
    assert parts(statement) == amounts(deposits="1000", brought_in="0.30", fees="0.30", equity="1000")
    assert statement.net == Decimal("-0.30")


def test_coins_of_the_bot_that_paid_such_fees_cost_it_once() -> None:
    trader = Trader("1000")
    trader.buy("BNB", "1", "300")
    trader.buy("BTC", "2", "100", BNB="0.001", worth="0.30")
    trader.events.append(WrittenOff("BNB", Decimal("0.001"), "fees", trader.now))
    statement = stated(trader.events, BTC=100.0, BNB=300.0)
    # 500 of cash, 0.999 BNB and 2 BTC: the fee alone is missing
    assert parts(statement) == amounts(deposits="1000", fees="0.30", equity="999.70")
    assert statement.net == Decimal("-0.30")


def test_half_a_position_takes_half_its_cost_along() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.buy("BTC", "1", "80", reason="dca_hard_1")
    trader.sell("BTC", "1", "95")
    (one,) = stated(trader.events, BTC=95.0).coins
    assert (one.sums.cost, one.sums.realised, one.unrealised) == (Decimal(90), Decimal(5), Decimal(5))
    assert (one.sums.buys, one.sums.sells) == (2, 1)


def test_withdrawals_coins_handed_over_and_losses_have_their_own_lines() -> None:
    trader = Trader("1000")
    trader.deposit("-300")
    trader.events.append(Adopted("ETH", Decimal(2), 50.0, 0, trader.now))
    trader.buy("BTC", "2", "100")
    trader.events.append(WrittenOff("BTC", Decimal(1), "lost", trader.now))
    statement = stated(trader.events, BTC=120.0, ETH=70.0)
    # 500 of cash, one BTC of 120 bought for 100, two ETH of 70 brought in at 50
    assert parts(statement) == amounts(
        deposits="700", brought_in="100", unrealised="60", written_off="100", equity="760"
    )


def test_what_a_sale_left_over_is_dust_and_still_counts() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1.001", "100")
    trader.sell("BTC", "1", "110")
    statement = stated(trader.events, BTC=110.0)
    assert statement.dust == Decimal("0.110")
    assert statement.coins[0].sums.is_rest
    trader.buy("BTC", "1", "100")
    assert not stated(trader.events, BTC=110.0).coins[0].sums.is_rest


def test_a_coin_without_a_price_is_valued_at_its_last_trade_and_named() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100")
    statement = stated(trader.events)
    assert (statement.holdings, statement.unpriced) == (Decimal(200), ("BTC",))
    assert stated(trader.events, BTC=100.0).unpriced == ()


def test_a_fill_whose_fee_became_known_later_counts_at_the_orders_price() -> None:
    trader = Trader("1000")
    key = trader.buy("BTC", "2", "100")
    closed = trader.events.pop()
    trader.events += [OrderFilled(key, NOTHING, NOTHING, Decimal("0.002"), "BTC", trader.now), closed]
    assert parts(stated(trader.events, BTC=100.0)) == amounts(deposits="1000", fees="0.200", equity="999.800")


def test_an_order_that_was_settled_at_a_start_counts_like_a_fill() -> None:
    trader = Trader("1000")
    key = trader.buy("BTC", "2", "100")
    intended = trader.events[-3]
    assert isinstance(intended, OrderIntended)
    trader.events[-2:] = [
        OrderAccepted(key, "77", trader.now),
        PendingSettled("77", OrderState.FILLED, Decimal(2), Decimal(200), None, trader.now),
    ]
    fold = folded(trader.events[:-1])
    trade = fold.apply(trader.events[-1])
    assert trade is not None
    assert trade.value == Decimal(200)
    (one,) = statement_of(fold.sums(), {"BTC": 100.0}).coins
    assert (one.sums.quantity, one.sums.cost, one.sums.buys) == (Decimal(2), Decimal(200), 1)


def test_an_order_that_nobody_knows_or_that_was_dropped_moves_no_money() -> None:
    trader = Trader("1000")
    key = trader.buy("BTC", "2", "100")
    trader.events[-2:] = [
        OrderAccepted(key, "77", trader.now),
        PendingSettled("78", OrderState.FILLED, Decimal(1), Decimal(1), None, trader.now),
        PendingSettled("77", OrderState.CANCELED, NOTHING, NOTHING, None, trader.now),
    ]
    sums = folded(trader.events).sums()
    assert (sums.cash, dict(sums.coins)) == (Decimal(1000), {})


def test_many_purchases_of_a_coin_cost_what_they_cost() -> None:
    trader = Trader("1000")
    for price in range(10, 30):
        trader.buy("BTC", "1", str(price))
    trader.sell("BTC", "5", "30")
    # 390 for 20 coins, a quarter of them sold for 150
    (one,) = stated(trader.events, BTC=30.0).coins
    assert (one.sums.realised, one.sums.cost) == (Decimal(150) - Decimal("97.5"), Decimal("292.5"))


def test_a_coin_of_unknown_cost_comes_free_and_one_without_any_price_counts_at_its_cost() -> None:
    trader = Trader("1000")
    trader.events += [
        Adopted("ETH", Decimal(2), None, 0, trader.now),
        Adopted("SOL", Decimal(2), 5.0, 0, trader.now),
        Adopted("SOL", None, 6.0, 1, trader.now),
    ]
    eth, sol = stated(trader.events, ETH=70.0).coins
    assert (eth.unrealised, sol.value, sol.price) == (Decimal(140), Decimal(10), None)


def test_money_in_another_quote_asset_is_told_apart() -> None:
    trader = Trader("1000")
    trader.events.append(QuoteBooked("EUR", Decimal(5), trader.now))
    sums = folded(trader.events).sums()
    assert (sums.deposits, sums.other_quotes) == (Decimal(1000), frozenset({"EUR"}))
    trader.buy("BTC", "1", "100")
    intended = trader.events[-3]
    assert isinstance(intended, OrderIntended)
    trader.events[-3] = replace(intended, intent=replace(intended.intent, symbol="BTCUSDC"))
    assert folded(trader.events).sums().other_quotes == {"EUR", "USDC"}


def test_a_coin_tells_its_result_in_percent_of_what_was_put_in() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100")
    trader.sell("BTC", "2", "110")
    trader.buy("ETH", "1", "100")
    btc, eth = stated(trader.events, ETH=75.0).coins
    assert btc.return_pct == pytest.approx(10.0)
    assert eth.return_pct == pytest.approx(-25.0)


@pytest.mark.property
@given(story=stories(), prices=st.fixed_dictionaries(dict.fromkeys(COINS, st.floats(0.0001, 1e5))))
def test_the_account_adds_up_to_the_books_own_cash_and_coins_after_any_story(
    story: list[JournalEvent], prices: Mapping[str, float]
) -> None:
    told = [event for event in story if not (isinstance(event, QuoteBooked) and event.asset != "USDT")]
    statement = statement_of(folded(told).sums(), prices)
    book = book_of(told)
    coins = sum(
        (position.quantity * decimal_of(prices[coin]) for coin, position in book.positions.items()), NOTHING
    )
    equity = book.cash.get("USDT", NOTHING) + coins
    assert abs(statement.equity - equity) < CENT / 2
    explained = (
        statement.deposits
        + statement.brought_in
        + statement.realised
        + statement.unrealised
        - statement.fees
        - statement.written_off
    )
    assert abs(explained - equity) < CENT / 2
    assert abs(statement.put_in + statement.net - equity) < CENT / 2


@given(st.lists(st.decimals(-10_000, 10_000, places=9), max_size=8))
def test_rounded_amounts_add_up_to_the_rounded_sum(exact: list[Decimal]) -> None:
    rounded = in_units(exact)
    assert sum(rounded, NOTHING) == sum(exact, NOTHING).quantize(CENT)
    assert all(abs(one - other) <= CENT for one, other in zip(rounded, exact, strict=True))


def test_amounts_in_another_asset_than_dollars_keep_eight_decimals() -> None:
    story: list[JournalEvent] = [QuoteBooked("BTC", Decimal("0.123456789"), NOON)]
    statement = statement_of(folded(story, "BTC").sums(), {})
    assert statement.bridge()[0] == ("deposits", Decimal("0.12345679"))


def test_the_bridge_leads_from_what_came_in_to_the_equity() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "0.333", "100.333", USDT="0.0334")
    statement = stated(trader.events, BTC=99.777)
    assert [name for name, _ in statement.bridge()] == [
        "deposits",
        "brought_in",
        "realised",
        "unrealised",
        "fees",
        "written_off",
    ]
    assert sum((amount for _, amount in statement.bridge()), NOTHING) == statement.equity.quantize(CENT)
