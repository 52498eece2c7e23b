"""The venue of backtests: what an order gets from candles, to the last digit, and how time goes on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import pytest

from powertrader.backtest.mock_exchange import MockExchange
from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import PostOnlyRejected
from powertrader.exchanges.paper import PaperTerms
from powertrader.market.replay import ReplayMarket
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel, CostTier
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, OrderState, OrderTerms, OrderType, Side
from tests.contract.trading_client_contract import intent_of

pytestmark = pytest.mark.money

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
COSTS: Final = CostModel(
    maker_pct=0.4,
    taker_pct=0.6,
    spread_pct=0.5,
    slippage_pct=0.1,
    slippage_tiers=(),
    spread_tiers=(CostTier(1_000.0, 1.5),),
)
STEP: Final = Decimal("0.1")
PAIRS: Final = {
    coin + "USDT": Instrument(coin + "USDT", coin, STEP, STEP, price_tick=Decimal("0.5"))
    for coin in ("BTC", "ETH")
}


def candles_of(*rows: tuple[float, float, float, float, float]) -> Candles:
    """Candles (open, high, low, close, volume), the first of which closes at START."""
    opened, high, low, close, volume = np.array(rows).T
    opens = int(START.timestamp()) + 3600 * (np.arange(len(rows), dtype=np.int64) - 1)
    return Candles(opens, opened, high, low, close, volume, 3600)


CALM: Final = (100.0, 100.0, 100.0, 100.0, 50.0)


def exchange_of(
    *rows: tuple[float, float, float, float, float],
    costs: CostModel = COSTS,
    others: Mapping[str, Candles] | None = None,
) -> MockExchange:
    clock = ManualClock(START)
    candles = {"BTC": candles_of(*rows), **(others or {})}
    market = ReplayMarket(candles, clock, spread_pct=costs.spread_pct, spread_tiers=costs.spread_tiers)
    terms = PaperTerms(PAIRS, costs, "USDT")
    return MockExchange(market, clock, terms, {"USDT": Decimal(1000), "BTC": Decimal(2)})


def order(side: Side, quantity: str, terms: OrderTerms | None = None) -> OrderIntent:
    made = intent_of(side, quantity)
    return made if terms is None else replace(made, terms=terms)


def limit(price: int, *, maker: bool = False, lives_s: float | None = None) -> OrderTerms:
    kind = OrderType.LIMIT_MAKER if maker else OrderType.LIMIT
    return OrderTerms(kind, price=Decimal(price), time_to_live_s=lives_s)


def state_of(exchange: MockExchange) -> tuple[str, str]:
    """State and executed quantity, as words."""
    found = exchange.get_order("BTCUSDT", "pt-1")
    assert found is not None
    return found.state.value, str(found.executed_quantity)


def test_a_market_order_pays_the_ask_the_slippage_and_the_taker_fee() -> None:
    exchange = exchange_of(CALM)
    bought = exchange.place_order(order(Side.BUY, "2.0"))
    # the ask is 100 + 0.25, and 0.1 % worse is 100.35025
    assert (bought.state, bought.quote_quantity) == (OrderState.FILLED, Decimal("200.7005"))
    assert bought.fees == (("BTC", Decimal("0.012")),)
    assert exchange.get_account().free("BTC") == Decimal("3.988")
    assert exchange.get_account().free("USDT") == Decimal("799.2995")


def test_a_resting_order_is_filled_at_its_price_with_the_maker_fee_once_it_is_crossed() -> None:
    touched, crossed = (100.0, 100.0, 90.0, 95.0, 50.0), (95.0, 96.0, 89.0, 92.0, 50.0)
    free = replace(COSTS, spread_pct=0.0, spread_tiers=())
    exchange = exchange_of(CALM, touched, crossed, costs=free)
    assert exchange.place_order(order(Side.BUY, "2.0", limit(90))).state is OrderState.PENDING
    assert exchange.get_account().free("USDT") == 820
    exchange.advance(START + HOUR)
    assert state_of(exchange) == ("pending", "0")
    exchange.advance(START + 2 * HOUR)
    assert state_of(exchange) == ("filled", "2.0")
    found = exchange.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert found.quote_quantity == 180
    assert found.fees == (("BTC", Decimal("0.008")),)


def test_an_order_gets_no_more_than_its_share_of_the_volume() -> None:
    thin = (100.0, 100.0, 80.0, 85.0, 1.0)
    costs = replace(COSTS, largest_share_pct=50.0, spread_pct=0.0, spread_tiers=())
    exchange = exchange_of(CALM, thin, thin, thin, costs=costs)
    exchange.place_order(order(Side.BUY, "1.2", limit(90)))
    seen = []
    for hours in (1, 2, 3):
        exchange.advance(START + hours * HOUR)
        seen.append(state_of(exchange))
    assert seen == [("pending", "0.5"), ("pending", "1.0"), ("filled", "1.2")]


def test_a_market_order_larger_than_the_volume_is_filled_in_part_and_the_rest_expires() -> None:
    exchange = exchange_of((100.0, 100.0, 100.0, 100.0, 1.5), costs=replace(COSTS, spread_tiers=()))
    sold = exchange.place_order(order(Side.SELL, "2.0"))
    assert (sold.state, sold.executed_quantity) == (OrderState.EXPIRED, Decimal("1.5"))
    assert exchange.get_account().free("BTC") == Decimal("0.5")


def test_an_order_that_the_market_never_reaches_is_never_filled() -> None:
    exchange = exchange_of(*[CALM] * 30)
    exchange.place_order(order(Side.BUY, "1.0", limit(90)))
    exchange.advance(START + 29 * HOUR)
    assert state_of(exchange) == ("pending", "0")


def test_a_post_only_order_that_would_take_is_refused_and_nothing_happens() -> None:
    exchange = exchange_of(CALM)
    before = exchange.get_account()
    with pytest.raises(PostOnlyRejected):
        exchange.place_order(order(Side.BUY, "1.0", limit(101, maker=True)))
    assert exchange.get_account() == before
    assert exchange.place_order(order(Side.BUY, "1.0", limit(100, maker=True))).state is OrderState.PENDING


def test_what_lives_for_a_time_is_canceled_then_and_gives_back_what_it_bound() -> None:
    falls = (100.0, 100.0, 80.0, 80.0, 50.0)
    exchange = exchange_of(CALM, CALM, falls)
    exchange.place_order(order(Side.BUY, "1.0", limit(90, maker=True, lives_s=5400)))
    exchange.advance(START + HOUR)
    assert state_of(exchange) == ("pending", "0")
    # the fall came in the hour in which it was canceled: nobody knows whether before, so it does not count
    exchange.advance(START + 2 * HOUR)
    assert state_of(exchange) == ("canceled", "0")
    assert exchange.get_account().free("USDT") == 1000


def test_each_step_shows_the_spread_of_its_own_candle() -> None:
    busy, quiet = CALM, (100.0, 100.0, 100.0, 100.0, 5.0)
    exchange = exchange_of(busy, quiet, others={"ETH": candles_of(quiet, busy)})
    quotes = exchange.quotes.get_quotes(("BTC", "ETH"))
    assert [(quotes[coin].bid, quotes[coin].ask) for coin in ("BTC", "ETH")] == [
        (99.75, 100.25),
        (99.0, 101.0),
    ]
    later = exchange.advance(START + HOUR)
    assert [(later[coin].bid, later[coin].ask) for coin in ("BTC", "ETH")] == [(99.0, 101.0), (99.75, 100.25)]


def test_a_coin_whose_next_candle_is_missing_has_no_price() -> None:
    exchange = exchange_of(CALM)
    assert exchange.advance(START + HOUR) == {}
    assert exchange.quotes.last_bid == {"BTC": 99.75}


def test_time_goes_on_only_when_told_and_never_back() -> None:
    exchange = exchange_of(CALM, CALM)
    exchange.advance(START + HOUR)
    assert exchange.clock.now() == START + HOUR
    with pytest.raises(ValueError, match="cannot go back"):
        exchange.advance(START)


def test_the_same_orders_at_the_same_times_get_the_same_answers() -> None:
    def reports() -> list[OrderReport]:
        wave = [(100.0, 103.0, 95.0, 100.0 + number % 3, 3.0) for number in range(12)]
        exchange = exchange_of(CALM, *wave)
        for hour in range(12):
            made = intent_of(Side.BUY if hour % 2 else Side.SELL, "0.5", f"pt-{hour}")
            exchange.place_order(replace(made, terms=limit(96 if hour % 2 else 102)))
            exchange.advance(START + (hour + 1) * HOUR)
        return list(exchange.get_order_history("BTCUSDT"))

    first = reports()
    assert first == reports()
    assert {report.state for report in first} == {OrderState.FILLED, OrderState.PENDING}
