"""Buy-and-hold and plain DCA on the same money, coins and prices; the figures were worked out by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.analytics.baselines import Baselines, baselines
from powertrader.models.journal import Adopted
from tests.unit.analytics.ledgers import Trader, folded, trades_of

pytestmark = pytest.mark.money


def compared(trader: Trader, **prices: float) -> Baselines:
    return baselines(trades_of(trader.events), folded(trader.events).sums(), prices)


def profits(found: Baselines) -> tuple[float, float]:
    assert found.hold is not None
    assert found.plain_dca is not None
    return found.hold.profit, found.plain_dca.profit


def test_without_a_purchase_there_is_nothing_to_compare_with() -> None:
    assert compared(Trader()) == Baselines()


def test_all_of_a_deposit_is_held_or_spent_in_equal_parts() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.buy("BTC", "1", "50", reason="dca_hard_1")
    found = compared(trader, BTC=80.0)
    # held: 10 coins bought at 100; plain: 500 / 100 + 500 / 50 = 15 coins
    assert profits(found) == pytest.approx((800 - 1000, 1200 - 1000))
    assert found.hold is not None
    assert found.hold.profit_pct == pytest.approx(-20.0)


def test_a_deposit_is_held_in_equal_parts_of_every_coin_at_its_first_price_from_then_on() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.buy("ETH", "1", "10")
    trader.sell("BTC", "1", "110")
    found = compared(trader, BTC=200.0, ETH=5.0)
    # held: 5 BTC and 50 ETH; plain: the same, as each coin was bought once
    assert profits(found) == pytest.approx((1250 - 1000, 1250 - 1000))


def test_money_that_came_later_is_spent_later() -> None:
    trader = Trader("100")
    trader.buy("BTC", "1", "100")
    trader.now += timedelta(minutes=30)
    trader.deposit("900")
    trader.buy("BTC", "1", "50", reason="dca_hard_1")
    # held: 1 at 100 and 18 at 50; plain: 0.5 at 100, then 50 + 900 at 50 = 19
    assert profits(compared(trader, BTC=100.0)) == pytest.approx((1900 - 1000, 1950 - 1000))


def test_a_withdrawal_takes_cash_first_then_the_same_share_of_every_coin() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.now += timedelta(minutes=30)
    trader.deposit("-500")
    trader.buy("BTC", "1", "100", reason="dca_hard_1")
    # held: 10 coins, half of them sold at 100; plain: the cash left by the first half, then nothing is left
    assert profits(compared(trader, BTC=120.0)) == pytest.approx((5 * 120 - 500, 5 * 120 - 500))


def test_coins_that_were_handed_over_are_kept_as_they_are() -> None:
    trader = Trader("0")
    trader.events.append(Adopted("ETH", Decimal(2), 50.0, 0, trader.now))
    trader.buy("ETH", "1", "60")
    # 100 of coins brought in, 140 now; no money came, so none is spent
    assert profits(compared(trader, ETH=70.0)) == pytest.approx((40, 40))


def test_coins_that_were_handed_over_and_never_traded_count_at_their_price_or_else_at_what_they_cost() -> (
    None
):
    trader = Trader("1000")
    trader.events.append(Adopted("ETH", Decimal(2), 50.0, 0, trader.now))
    trader.buy("BTC", "1", "100")
    assert profits(compared(trader, BTC=100.0, ETH=70.0)) == pytest.approx((40, 40))
    assert profits(compared(trader, BTC=100.0)) == pytest.approx((0, 0))
    trader.now += timedelta(minutes=30)
    trader.deposit("-550")
    # 10 BTC and 2 ETH are worth 1,100: half of both is sold
    trader.sell("BTC", "1", "100")
    assert profits(compared(trader, BTC=100.0, ETH=70.0)) == pytest.approx((20, 20))


def test_purchases_pay_the_bots_own_fee() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100", USDT="1")
    found = compared(trader, BTC=100.0)
    assert found.fee_pct == pytest.approx(1.0)
    assert profits(found) == pytest.approx((-10, -10))


def test_a_coin_without_a_price_counts_at_that_of_its_last_trade() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.sell("BTC", "1", "130")
    assert profits(compared(trader)) == pytest.approx((300, 300))


@given(
    deals=st.lists(st.tuples(st.sampled_from(("BTC", "ETH", "XRP")), st.booleans()), min_size=1, max_size=12),
    flows=st.lists(st.sampled_from(("500", "-200", "37.5")), max_size=4),
)
def test_without_fees_and_with_prices_that_stand_still_no_way_makes_or_loses_anything(
    deals: list[tuple[str, bool]], flows: list[str]
) -> None:
    prices = {"BTC": 100.0, "ETH": 8.0, "XRP": 0.25}
    trader = Trader("1000")
    for place, (coin, sells) in enumerate(deals):
        trader.buy(coin, "1", repr(prices[coin]))
        if sells:
            trader.sell(coin, "1", repr(prices[coin]))
        if place < len(flows):
            trader.deposit(flows[place])
    assert profits(compared(trader, **prices)) == pytest.approx((0, 0), abs=1e-6)
