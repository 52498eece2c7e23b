"""PaperTradingClient beyond its contract: exact money, refusals with numbers, the same order twice."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import InsufficientFundsError, OrderUnknown, Rejected
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient, default_instruments
from powertrader.models.account import Balance, Quote
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.order import Side
from tests.contract.trading_client_contract import intent_of

pytestmark = pytest.mark.money

COSTS = CostModel(taker_pct=0.1, slippage_pct=0.0)


class Prices(dict[str, Quote]):
    """Quotes that a test sets."""

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        return {coin: self[coin] for coin in coins if coin in self}


def client_of(
    prices: Prices, balances: Mapping[str, Decimal], costs: CostModel = COSTS
) -> PaperTradingClient:
    instruments = default_instruments(("BTC", "ETH", "ODD"), "USDT")
    capped = Instrument("CAPUSDT", "CAP", Decimal(1), Decimal(1), max_quantity=Decimal(5))
    terms = PaperTerms({**instruments, "CAPUSDT": capped}, costs, "USDT")
    return PaperTradingClient(prices, terms, ManualClock(datetime(2024, 1, 1, tzinfo=UTC)), balances)


@pytest.fixture
def prices() -> Prices:
    return Prices(BTC=Quote(99.0, 100.0), CAP=Quote(99.0, 100.0))


@pytest.fixture
def client(prices: Prices) -> PaperTradingClient:
    return client_of(prices, {"USDT": Decimal(1000)})


def test_money_moves_by_the_numbers_of_the_report(client: PaperTradingClient, prices: Prices) -> None:
    bought = client.place_order(intent_of(Side.BUY, "2.0"))
    assert (bought.quote_quantity, bought.fees) == (Decimal(200), (("BTC", Decimal("0.002")),))
    assert client.get_account().balances == (
        Balance("USDT", Decimal(800)),
        Balance("BTC", Decimal("1.998")),
    )
    prices["BTC"] = Quote(110.0, 111.0)
    sold = client.place_order(intent_of(Side.SELL, "1.5", "pt-2"))
    assert (sold.quote_quantity, sold.fees) == (Decimal(165), (("USDT", Decimal("0.165")),))
    assert client.get_account().free("USDT") == Decimal("964.835")
    assert client.get_account().free("BTC") == Decimal("0.498")
    assert sold.time_text == "1704067200000"


def test_an_id_that_was_used_before_is_unknown_to_the_sender_and_changes_nothing(
    client: PaperTradingClient, prices: Prices
) -> None:
    first = client.place_order(intent_of(Side.BUY, "2.0"))
    prices["BTC"] = Quote(1.0, 1.0)
    with pytest.raises(OrderUnknown, match="pt-1 was sent before"):
        client.place_order(intent_of(Side.BUY, "2.0"))
    assert client.get_account().free("USDT") == 800
    assert client.get_order_history("BTCUSDT") == (first,)


def test_an_order_is_not_found_under_another_pair(client: PaperTradingClient) -> None:
    client.place_order(intent_of(Side.BUY, "2.0"))
    assert client.get_order("ETHUSDT", "pt-1") is None


def test_the_account_is_made_anew_only_after_a_fill(client: PaperTradingClient) -> None:
    before = client.get_account()
    assert client.get_account() is before
    client.place_order(intent_of(Side.BUY, "2.0"))
    assert client.get_account() is not before
    assert before.free("USDT") == 1000


@pytest.mark.parametrize(
    "coin,text,reason",
    [
        ("NOPE", "1.0", "NOPEUSDT is not traded"),
        ("ETH", "1.0", "ETHUSDT has no price"),
        ("BTC", "4e-05", "quantity '4e-05' must be digits"),
        ("BTC", "0.000001", "quantity 0.000001 of BTCUSDT is below the minimum of 0.00001"),
        ("BTC", "0.100001", "quantity 0.100001 of BTCUSDT is no multiple of 0.00001"),
        ("BTC", "0.04", "value 4.000 of BTCUSDT is below the minimum of 5"),
        ("CAP", "6", "quantity 6 of CAPUSDT is above the maximum of 5"),
        ("BTC", "20", "USDT 1000 is less than the 2000.00000000 that the order needs"),
    ],
)
def test_a_refusal_says_why_with_the_numbers(
    client: PaperTradingClient, coin: str, text: str, reason: str
) -> None:
    with pytest.raises(Rejected) as refusal:
        client.place_order(intent_of(Side.BUY, text, coin=coin))
    assert reason in str(refusal.value)
    assert client.get_account().balances == (Balance("USDT", Decimal(1000)),)


def test_a_text_that_says_another_quantity_than_was_meant_is_refused(client: PaperTradingClient) -> None:
    with pytest.raises(Rejected, match=r"quantity '2\.0' of BTCUSDT is not the 3 meant"):
        client.place_order(replace(intent_of(Side.BUY, "2.0"), quantity=Decimal(3)))


def test_all_of_the_money_can_be_spent_and_not_a_cent_more(prices: Prices) -> None:
    exact = client_of(prices, {"USDT": Decimal(200)})
    exact.place_order(intent_of(Side.BUY, "2.0"))
    assert exact.get_account().free("USDT") == 0
    short = client_of(prices, {"USDT": Decimal("199.99999999")})
    with pytest.raises(InsufficientFundsError):
        short.place_order(intent_of(Side.BUY, "2.0"))


def test_an_order_that_its_own_fee_exceeds_moves_neither_side(prices: Prices) -> None:
    endless = Instrument("BTCUSDT", "BTC", lot_step=Decimal(0), min_quantity=Decimal(0))
    terms = PaperTerms({"BTCUSDT": endless}, COSTS, "USDT")
    clock = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
    client = PaperTradingClient(prices, terms, clock, {"USDT": Decimal(1000)})
    with pytest.raises(InsufficientFundsError, match="BTC 0 is less than"):
        client.place_order(intent_of(Side.BUY, "0.0000000001"))
    assert client.get_account().balances == (Balance("USDT", Decimal(1000)),)
    assert client.get_order("BTCUSDT", "pt-1") is None


def test_markets_without_a_venue_have_the_usual_steps() -> None:
    instruments = default_instruments(("BTC", "ETH", "ODD"), "USDC")
    assert {symbol: str(rules.lot_step) for symbol, rules in instruments.items()} == {
        "BTCUSDC": "0.00001",
        "ETHUSDC": "0.0001",
        "ODDUSDC": "1E-8",
    }
    assert {rules.min_notional for rules in instruments.values()} == {Decimal(5)}


orders = st.tuples(
    st.sampled_from(Side),
    st.integers(min_value=1, max_value=500_000),
    st.floats(min_value=1.0, max_value=1000.0),
)


@pytest.mark.property
@given(steps=st.lists(orders, max_size=30))
def test_no_balance_ever_falls_below_zero_and_only_reported_money_moves(
    steps: list[tuple[Side, int, float]],
) -> None:
    prices = Prices()
    client = client_of(prices, {"USDT": Decimal(1000)})
    for number, (side, lots, price) in enumerate(steps):
        prices["BTC"] = Quote(price, price)
        try:
            client.place_order(intent_of(side, f"{lots * 0.00001:.5f}", f"pt-{number}"))
        except Rejected:
            continue
    quote, coins = Decimal(1000), Decimal(0)
    for report in client.get_order_history("BTCUSDT"):
        ((_, fee),) = report.fees or ()
        if report.side is Side.BUY:
            quote -= report.quote_quantity
            coins += report.executed_quantity - fee
        else:
            quote += report.quote_quantity - fee
            coins -= report.executed_quantity
        assert quote >= 0
        assert coins >= 0
    assert client.get_account().free("USDT") == quote
    assert client.get_account().free("BTC") == coins
