"""Waiting orders of a paper account: candles, volume, time, pairs, and what they may not do."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import (
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    Rejected,
)
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.market.replay import ReplayMarket
from powertrader.models.account import Quote
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, OrderState, OrderTerms, OrderType, Side
from tests.contract.trading_client_contract import intent_of

pytestmark = pytest.mark.money

START = datetime(2024, 1, 1, tzinfo=UTC)
FREE = CostModel(0, 0, 0, 0, slippage_tiers=(), spread_tiers=())
PAIR = Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal("0.1"), price_tick=Decimal("0.5"))


class Venue:
    """A paper account on candles (open, high, low, close, volume), one for each hour after START."""

    def __init__(
        self,
        *candles: tuple[float, float, float, float, float],
        costs: CostModel = FREE,
        pair: Instrument = PAIR,
        quote: str = "1000",
        coins: str = "0",
    ) -> None:
        before = (100.0, 100.0, 100.0, 100.0, 50.0)
        opened, high, low, close, volume = np.array([before, *candles]).T
        opens = int(START.timestamp()) + 3600 * (np.arange(len(candles) + 1, dtype=np.int64) - 1)
        self.clock = ManualClock(START)
        self.market = ReplayMarket(
            {"BTC": Candles(opens, opened, high, low, close, volume, 3600)}, self.clock
        )
        terms = PaperTerms({"BTCUSDT": pair}, costs, "USDT", self.market.volume, self.market.traded)
        balances = {"USDT": Decimal(quote), "BTC": Decimal(coins)}
        self.client = PaperTradingClient(self.market, terms, self.clock, balances)

    def hour(self, hours: float) -> None:
        """Let market time pass."""
        self.clock.sleep(3600 * hours)

    def look(self, name: str = "pt-1") -> OrderReport:
        """An order as it stands now."""
        found = self.client.get_order("BTCUSDT", name)
        assert found is not None
        return found

    def held(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Free and locked amounts."""
        return {one.asset: (one.free, one.locked) for one in self.client.get_account().balances}


def order(
    side: Side,
    quantity: str,
    order_type: OrderType = OrderType.MARKET,
    price: float | None = None,
    stop_price: float | None = None,
    *,
    name: str = "pt-1",
    lives_s: float | None = None,
) -> OrderIntent:
    terms = OrderTerms(
        order_type,
        None if price is None else Decimal(str(price)),
        None if stop_price is None else Decimal(str(stop_price)),
        lives_s,
    )
    return replace(intent_of(side, quantity, name), terms=terms)


def test_a_market_order_gets_what_was_traded_and_the_rest_expires() -> None:
    venue = Venue(quote="100000")
    report = venue.client.place_order(order(Side.BUY, "80.0"))
    assert (report.state, report.executed_quantity) == (OrderState.EXPIRED, Decimal(50))
    assert venue.held() == {"USDT": (Decimal(95_000), Decimal(0)), "BTC": (Decimal(50), Decimal(0))}


def test_a_candle_that_touches_a_limit_does_not_fill_it_and_one_that_crosses_does() -> None:
    venue = Venue((100, 101, 90, 99, 50), (99, 101, 89.5, 99, 50))
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90))
    venue.hour(1)
    assert venue.look().state is OrderState.PENDING
    venue.hour(1)
    assert venue.look().state is OrderState.FILLED
    assert venue.look().quote_quantity == 180
    assert venue.held() == {"BTC": (Decimal(2), Decimal(0)), "USDT": (Decimal(820), Decimal(0))}


def test_a_limit_fills_by_the_volume_of_each_candle() -> None:
    thin = (100.0, 101.0, 80.0, 95.0, 1.25)
    venue = Venue(thin, thin, thin)
    venue.client.place_order(order(Side.BUY, "3.0", OrderType.LIMIT, 90))
    seen = []
    for _ in range(3):
        venue.hour(1)
        report = venue.look()
        seen.append((report.state, str(report.executed_quantity)))
    assert seen == [(OrderState.PENDING, "1.2"), (OrderState.PENDING, "2.4"), (OrderState.FILLED, "3.0")]
    assert venue.look().quote_quantity == 270


def test_a_candle_that_began_before_the_order_does_not_fill_it() -> None:
    venue = Venue((100, 101, 80, 95, 50), (95, 101, 80, 95, 50))
    venue.hour(0.5)
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90))
    venue.hour(0.5)
    assert venue.look().state is OrderState.PENDING
    venue.hour(1)
    assert venue.look().state is OrderState.FILLED


def test_an_order_that_nobody_asked_about_meets_every_candle_since() -> None:
    calm = (100.0, 101.0, 99.0, 100.0, 50.0)
    venue = Venue(calm, (100, 101, 80, 100, 50), calm)
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90))
    venue.hour(3)
    assert venue.client.get_account().free("BTC") == 2


def test_both_legs_of_a_pair_in_one_candle_count_as_the_worse_one() -> None:
    venue = Venue((100, 130, 70, 100, 50), coins="5")
    above = order(Side.SELL, "2.0", OrderType.LIMIT_MAKER, 120, name="pt-above")
    below = order(Side.SELL, "2.0", OrderType.STOP_LOSS, None, 80, name="pt-below")
    venue.client.place_oco(above, below)
    venue.hour(1)
    assert venue.look("pt-above").state is OrderState.CANCELED
    assert venue.look("pt-below").quote_quantity == 160
    assert venue.held()["BTC"] == (Decimal(3), Decimal(0))


def test_both_legs_of_a_pair_that_buys_count_as_the_dearer_one() -> None:
    venue = Venue((100, 130, 70, 100, 50))
    above = order(Side.BUY, "2.0", OrderType.STOP_LOSS, None, 120, name="pt-above")
    below = order(Side.BUY, "2.0", OrderType.LIMIT_MAKER, 80, name="pt-below")
    venue.client.place_oco(above, below)
    assert venue.held()["USDT"] == (Decimal(760), Decimal(240))
    venue.hour(1)
    assert venue.look("pt-below").state is OrderState.CANCELED
    assert venue.look("pt-above").quote_quantity == 240


def test_a_leg_that_is_partly_filled_ends_the_other_and_goes_on() -> None:
    venue = Venue((100, 130, 99, 125, 1), (125, 130, 99, 125, 50), coins="5")
    above = order(Side.SELL, "2.0", OrderType.LIMIT_MAKER, 120, name="pt-above")
    below = order(Side.SELL, "2.0", OrderType.STOP_LOSS_LIMIT, 79, 80, name="pt-below")
    venue.client.place_oco(above, below)
    venue.hour(1)
    assert venue.look("pt-below").state is OrderState.CANCELED
    assert (venue.look("pt-above").state, venue.look("pt-above").executed_quantity) == (
        OrderState.PENDING,
        Decimal(1),
    )
    assert venue.held()["BTC"] == (Decimal(3), Decimal(1))
    venue.hour(1)
    assert venue.look("pt-above").state is OrderState.FILLED


def test_an_order_whose_time_is_over_is_canceled_and_later_prices_do_not_count() -> None:
    venue = Venue((100, 101, 95, 99, 50), (99, 101, 80, 99, 50))
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90, lives_s=3600 * 1.5))
    venue.hour(1)
    assert venue.look().state is OrderState.PENDING
    venue.hour(1)
    assert (venue.look().state, venue.look().executed_quantity) == (OrderState.CANCELED, Decimal(0))
    assert venue.held()["USDT"] == (Decimal(1000), Decimal(0))


def test_what_was_filled_before_an_order_ran_out_of_time_stays() -> None:
    venue = Venue((100, 101, 80, 99, 1), (99, 101, 80, 99, 50))
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90, lives_s=3600 * 1.5))
    venue.hour(2)
    assert (venue.look().state, venue.look().executed_quantity) == (OrderState.CANCELED, Decimal(1))
    assert venue.held() == {"BTC": (Decimal(1), Decimal(0)), "USDT": (Decimal(910), Decimal(0))}


def test_a_stop_that_slips_past_what_was_bound_expires_when_nothing_else_is_free() -> None:
    venue = Venue((150, 160, 140, 150, 50), quote="220")
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.STOP_LOSS, None, 110))
    venue.hour(1)
    assert (venue.look().state, venue.look().executed_quantity) == (OrderState.EXPIRED, Decimal(0))
    assert venue.held()["USDT"] == (Decimal(220), Decimal(0))


def test_a_stop_limit_wakes_up_and_waits_at_its_limit_when_the_market_is_past_it() -> None:
    venue = Venue((85, 86, 80, 82, 50), (82, 95, 82, 95, 50), coins="2")
    venue.client.place_order(order(Side.SELL, "2.0", OrderType.STOP_LOSS_LIMIT, 89, 90))
    venue.hour(1)
    assert venue.look().state is OrderState.PENDING
    venue.hour(1)
    assert venue.look().quote_quantity == 178


def test_a_limit_that_takes_a_part_at_once_waits_with_the_rest() -> None:
    venue = Venue((100, 100, 98, 100, 50), quote="100000")
    report = venue.client.place_order(order(Side.BUY, "60.0", OrderType.LIMIT, 101))
    assert (report.state, report.executed_quantity) == (OrderState.PENDING, Decimal(50))
    venue.hour(1)
    assert venue.look().state is OrderState.FILLED
    assert venue.look().quote_quantity == 5000 + 1010


def test_what_is_bound_cannot_be_spent_twice() -> None:
    venue = Venue()
    venue.client.place_order(order(Side.BUY, "9.0", OrderType.LIMIT, 90))
    with pytest.raises(InsufficientFundsError, match=r"USDT 190\.0* is less than the 200"):
        venue.client.place_order(order(Side.BUY, "2.0", name="pt-2"))


@pytest.mark.parametrize(
    "pair,intent,reason",
    [
        ({}, order(Side.BUY, "1.0", OrderType.LIMIT, 90.2), "price 90.2 of BTCUSDT is no multiple of 0.5"),
        ({}, order(Side.SELL, "1.0", OrderType.STOP_LOSS, None, 90.2), "stop price 90.2 of BTCUSDT is no"),
        ({"order_types": ("MARKET",)}, order(Side.BUY, "1.0", OrderType.LIMIT, 90), "takes no LIMIT orders"),
        ({"max_notional": Decimal(150)}, order(Side.BUY, "2.0"), "is above the maximum of 150"),
        ({"max_position": Decimal(4)}, order(Side.BUY, "2.0"), "would be 5.0, above the largest position"),
        ({"tradable": False, "status": "BREAK"}, order(Side.BUY, "1.0"), "not traded at present BREAK"),
    ],
)
def test_every_rule_of_the_pair_is_kept(pair: Mapping[str, Any], intent: OrderIntent, reason: str) -> None:
    venue = Venue(pair=replace(PAIR, **pair), coins="3")
    with pytest.raises(FilterRejected, match=reason):
        venue.client.place_order(intent)


def test_purchases_that_wait_count_as_held_for_the_largest_position() -> None:
    venue = Venue(pair=replace(PAIR, max_position=Decimal(3)))
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90))
    with pytest.raises(FilterRejected, match="largest position"):
        venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 80, name="pt-2"))


def test_legs_that_do_not_belong_together_are_rejected() -> None:
    venue = Venue(coins="5")
    above = order(Side.SELL, "2.0", OrderType.LIMIT_MAKER, 120, name="pt-above")
    below = order(Side.SELL, "2.0", OrderType.STOP_LOSS, None, 80, name="pt-below")
    for one, other in (
        (above, replace(below, side=Side.BUY)),
        (above, replace(below, quantity=Decimal(1), quantity_text="1.0")),
        (above, replace(below, client_order_id="pt-above")),
        (below, above),
    ):
        with pytest.raises(Rejected, match="is no pair"):
            venue.client.place_oco(one, other)
    venue.client.place_oco(above, below)
    with pytest.raises(OrderUnknown):
        venue.client.place_oco(above, replace(below, client_order_id="pt-new"))


def test_an_order_of_another_pair_cannot_be_canceled() -> None:
    venue = Venue()
    venue.client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90))
    with pytest.raises(Rejected, match="ETHUSDT has no order pt-1"):
        venue.client.cancel_order("ETHUSDT", "pt-1")


class Quotes:
    """One price, which a test sets; None is a market that nobody trades in."""

    price: float | None = 100.0

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        return {} if self.price is None else {coin: Quote(self.price, self.price) for coin in coins}


def test_without_a_price_orders_wait_and_run_out_of_time_all_the_same() -> None:
    quotes, clock = Quotes(), ManualClock(START)
    client = PaperTradingClient(
        quotes, PaperTerms({"BTCUSDT": PAIR}, FREE, "USDT"), clock, {"USDT": Decimal(1000)}
    )
    client.place_order(order(Side.BUY, "2.0", OrderType.LIMIT, 90, lives_s=60))
    quotes.price = None
    clock.sleep(30)
    assert len(client.get_open_orders("BTCUSDT")) == 1
    quotes.price = 80.0
    clock.sleep(31)
    assert client.get_open_orders("BTCUSDT") == ()
    assert client.get_account().free("USDT") == 1000


wishes = st.tuples(
    st.sampled_from(Side),
    st.sampled_from(OrderType),
    st.integers(min_value=1, max_value=60),
    st.integers(min_value=120, max_value=280),
    st.integers(min_value=120, max_value=280),
    st.floats(min_value=60, max_value=140),
)


@pytest.mark.property
@given(steps=st.lists(wishes, max_size=25))
def test_nothing_is_made_or_lost_and_never_more_is_bound_than_there_is(
    steps: list[tuple[Side, OrderType, int, int, int, float]],
) -> None:
    quotes, clock = Quotes(), ManualClock(START)
    costs = CostModel(maker_pct=0.1, taker_pct=0.2, slippage_pct=0.5)
    start = {"USDT": Decimal(1000), "BTC": Decimal(5)}
    client = PaperTradingClient(quotes, PaperTerms({"BTCUSDT": PAIR}, costs, "USDT"), clock, start)
    for number, (side, order_type, lots, limit, stop, price) in enumerate(steps):
        quotes.price = price
        clock.sleep(10)
        price_of = limit / 2 if order_type.has_price else None
        stop_of = stop / 2 if order_type.has_trigger else None
        wish = order(side, f"{lots / 10}", order_type, price_of, stop_of, name=f"pt-{number}", lives_s=55)
        try:
            client.place_order(wish)
        except Rejected:
            continue
        totals = dict(start)
        for report in client.get_order_history("BTCUSDT"):
            sign = 1 if report.side is Side.BUY else -1
            totals["BTC"] += sign * report.executed_quantity
            totals["USDT"] -= sign * report.quote_quantity
            for asset, fee in report.fees or ():
                totals[asset] -= fee
        balances = client.get_account().balances
        assert {one.asset: one.free + one.locked for one in balances} == totals
        assert all(one.free >= 0 and one.locked >= 0 for one in balances)
    clock.sleep(100)
    assert client.get_open_orders("BTCUSDT") == ()
    assert all(one.locked == 0 for one in client.get_account().balances)
