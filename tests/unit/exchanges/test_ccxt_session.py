"""How ccxt is loaded, watched and asked; with a venue of our own where its classes have no such case."""

import decimal
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.credentials import Secret
from powertrader.core.exceptions import (
    BadData,
    ConfigError,
    FilterRejected,
    OrderUnknown,
    PairRefused,
    RateLimitError,
    RetryLater,
)
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.exchanges.ccxt_exchange import CcxtMarketClient
from powertrader.exchanges.ccxt_library import CcxtExchange, CcxtVenue, Wire, allowance, library, made
from powertrader.exchanges.ccxt_orders import find_order, trades_of
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.models.account import Quote
from powertrader.models.order import OrderState, Side
from powertrader.models.timeframe import Timeframe
from tests.contract.trading_client_contract import intent_of
from tests.unit.exchanges.stub_venue import CountingBudget, StubVenue, json_answer, serving
from tests.unit.noting_watch import ANSWER, NotingWatch

ccxt = pytest.importorskip("ccxt")
START = datetime(2024, 1, 1, tzinfo=UTC)
QUICK = RetryPolicy(max_tries=2, first_delay_s=1)
KEYS = VenueCredentials(Secret("the-key"), Secret("the-secret"))
BTC = {
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "spot": True,
    "active": True,
    "precision": {"amount": "0.001", "price": "0.01"},
    "limits": {},
    "info": {},
}


class NoSession:
    def close(self) -> None:
        """Nothing is open."""


@dataclass
class OwnVenue:
    """A venue as ccxt would show it, with the abilities that a test gives it."""

    has: dict[str, object]
    answers: dict[str, object] = field(default_factory=dict)
    id: str = "ownvenue"
    timeframes: dict[str, str] = field(default_factory=lambda: {"1h": "1h"})
    precisionMode: int = 4  # noqa: N815  ccxt's name
    options: dict[str, object] = field(default_factory=dict)
    markets: dict[str, dict[str, object]] = field(default_factory=lambda: {"BTC/USDT": BTC})
    session: NoSession = field(default_factory=NoSession)
    asked: list[str] = field(default_factory=list)

    def feature_value_by_type(self, *names: str | None) -> object:
        return self.answers.get(".".join(name or "" for name in names))

    def __getattr__(self, name: str) -> Callable[..., object]:
        def answer(*_: object) -> object:
            self.asked.append(name)
            found = self.answers.get(name)
            if isinstance(found, Exception):
                raise found
            return found

        return answer


def session_of(venue: Any, budget: CountingBudget | None = None) -> CcxtSession:
    session = CcxtSession(
        CcxtVenue("ownvenue", retries=QUICK), None, budget or CountingBudget(), ManualClock(START)
    )
    session._made = (venue, Wire(session.budget, 1.0))
    return session


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


def test_without_the_library_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(ConfigError, match=r"powertrader\[ccxt\]"):
        CcxtSession(CcxtVenue("kraken"), None, CountingBudget(), ManualClock(START)).exchange()


def test_an_unknown_venue_is_refused_with_the_names_that_are_near() -> None:
    with pytest.raises(ConfigError, match=r"did you mean .*kraken"):
        made(CcxtVenue("krakn"), None, Wire(CountingBudget(), 1.0))
    with pytest.raises(ConfigError, match="docs"):
        made(CcxtVenue("zzzzzzzzzz"), None, Wire(CountingBudget(), 1.0))


def test_what_a_venue_allows_is_taken_from_ccxt() -> None:
    weight, window_s = allowance("kraken")
    assert 10 <= weight / window_s * 60 <= 6000
    with pytest.raises(ConfigError, match="kraken"):
        allowance("krakenn")


@pytest.mark.parametrize("name", ["binance", "kucoin", "kraken", "okx", "bybit", "coinbase"])
def test_every_address_of_a_venue_can_be_led_to_a_local_exchange(name: str) -> None:
    exchange: Any = made(CcxtVenue(name, "http://127.0.0.1:8787"), KEYS, Wire(CountingBudget(), 1.0))

    def addresses(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            for inner in part.values():
                yield from addresses(inner)
        else:
            yield str(part)

    assert all(address.startswith("http://127.0.0.1:8787") for address in addresses(exchange.urls["api"]))
    exchange.session.close()


def test_headers_of_signed_requests_are_not_logged() -> None:
    library()
    made(CcxtVenue("binance"), KEYS, Wire(CountingBudget(), 1.0))
    assert not logging.getLogger("ccxt.base.exchange").isEnabledFor(logging.DEBUG)


def test_every_request_is_taken_out_of_the_budget_by_the_venue_s_own_weight(server: StubVenue) -> None:
    server.reset()
    server.queue += [json_answer({"symbols": []}), json_answer([])]
    budget = CountingBudget()
    session = CcxtSession(CcxtVenue("binance", server.address), None, budget, ManualClock(START))
    session.markets()
    assert server.targets == ["/api/v3/exchangeInfo"]
    assert budget.weights == [20]
    session.close()


def test_a_budget_that_is_spent_stops_the_request(server: StubVenue) -> None:
    class Spent(CountingBudget):
        def acquire(self, weight: int, *, order: bool = False) -> None:
            msg = "spent"
            raise RateLimitError(msg, 5.0)

    server.reset()
    clock = ManualClock(START)
    session = CcxtSession(CcxtVenue("binance", server.address, retries=QUICK), None, Spent(), clock)
    with pytest.raises(RateLimitError, match="spent"):
        session.markets()
    assert server.asked == []
    assert clock.now() - START == timedelta(seconds=5)
    session.close()


@pytest.mark.parametrize(
    "url,body,texts,leaves",
    [
        ("https://x/order", '{"size":"0.10","id":"pt-1"}', ("pt-1", "0.10"), True),
        ("https://x/order?quantity=0.10&id=pt-1", None, ("pt-1", "0.10"), True),
        ("https://x/order", b"quantity=0.10&id=pt%2D1", ("pt-1", "0.10"), True),
        ("https://x/order", '{"size":"0.1","id":"pt-1"}', ("pt-1", "0.10"), False),
        ("https://x/order", '{"size":1e-05,"id":"pt-1"}', ("pt-1", "0.00001"), False),
        ("https://x/order", '{"size":"10.10","id":"pt-1"}', ("pt-1", "0.10"), False),
        ("https://x/order", '{"size":"0.105","id":"pt-1"}', ("pt-1", "0.10"), False),
        ("https://x/order", '{"size":"0.10"}', ("pt-1", "0.10"), False),
    ],
)
def test_an_order_leaves_only_as_it_was_meant(
    url: str, body: object, texts: tuple[str, ...], leaves: bool
) -> None:
    wire = Wire(CountingBudget(), 1.0)
    wire.begin(texts)
    if leaves:
        wire.leave(url, "POST", body)
    else:
        with pytest.raises(FilterRejected, match="as it is"):
            wire.leave(url, "POST", body)
    assert wire.sent is leaves


def test_what_the_venue_counts_is_reported_to_the_budget() -> None:
    reports: list[int] = []

    class Listening(CountingBudget):
        def report(self, used: int) -> None:
            reports.append(used)

    wire = Wire(Listening(), 1.0)
    wire.arrive(200, {"X-MBX-USED-WEIGHT-1M": "123", "Retry-After": "soon"})
    wire.arrive(200, {})
    assert reports == [123]
    assert wire.retry_after_s is None


def test_ccxt_cannot_change_how_our_numbers_are_rounded() -> None:
    def rude(_: CcxtExchange) -> object:
        decimal.getcontext().rounding = decimal.ROUND_UP
        decimal.getcontext().prec = 5
        return None

    before = decimal.getcontext().copy()
    session_of(OwnVenue({})).ask(rude, "x")
    now = decimal.getcontext()
    assert (now.rounding, now.prec) == (before.rounding, before.prec)


def test_an_error_inside_ccxt_over_an_odd_reply_is_asked_for_again() -> None:
    venue = OwnVenue({}, {"fetch_balance": KeyError("free")})
    with pytest.raises(RetryLater, match="KeyError"):
        CcxtTradingClient(session_of(venue)).get_account()
    assert venue.asked == ["fetch_balance"] * 2


def test_each_silence_and_each_answer_is_told() -> None:
    session = session_of(OwnVenue({}, {"fetch_balance": ccxt.NetworkError("no line")}))
    watch = session.watch = NotingWatch()
    with pytest.raises(RetryLater):
        CcxtTradingClient(session).get_account()
    session.ask(lambda exchange: exchange.load_markets(False), "pairs")
    assert len(watch.heard) == 3
    assert all("no line" in words for words in watch.heard[:2])
    assert watch.heard[2] == ANSWER


def test_a_clock_that_cannot_be_measured_leaves_the_error_as_it_was() -> None:
    venue = OwnVenue(
        {}, {"fetch_balance": ccxt.InvalidNonce("late"), "load_time_difference": ccxt.NetworkError("n")}
    )
    with pytest.raises(RetryLater, match="clock"):
        CcxtTradingClient(session_of(venue)).get_account()


def test_a_venue_without_lists_of_orders_never_proves_that_one_was_not_placed() -> None:
    venue = OwnVenue({}, {"fetch_order": ccxt.OrderNotFound("x")})
    with pytest.raises(OrderUnknown, match="no list"):
        CcxtTradingClient(session_of(venue)).get_order("BTCUSDT", "pt-1")


def test_a_failed_look_up_is_not_taken_for_an_order_that_does_not_exist() -> None:
    venue = OwnVenue({"fetchOrders": True}, {"fetch_order": ccxt.NetworkError("x"), "fetch_orders": []})
    with pytest.raises(RetryLater):
        CcxtTradingClient(session_of(venue)).get_order("BTCUSDT", "pt-1")


def test_a_venue_that_gives_another_order_than_asked_for_is_not_believed() -> None:
    other = {"id": "1", "clientOrderId": "somebody-else"}
    mine = {"id": "2", "clientOrderId": "pt-1"}
    venue: Any = OwnVenue(
        {"fetchOrders": True}, {"fetch_order": other, "fetch_orders": [other, "x", mine, mine]}
    )
    found = find_order(venue, "BTC/USDT", "pt-1")
    assert found is not None
    assert found.order_id == "2"


def test_trades_come_from_whatever_list_the_venue_has() -> None:
    trades = [{"order": "1", "amount": "1"}, {"order": "2", "amount": "2"}]
    by_order: Any = OwnVenue({"fetchOrderTrades": True}, {"fetch_order_trades": trades[:1]})
    of_pair: Any = OwnVenue({"fetchMyTrades": True}, {"fetch_my_trades": trades})
    nothing: Any = OwnVenue({})
    assert trades_of(by_order, "BTC/USDT", "1") == trades[:1]
    assert trades_of(of_pair, "BTC/USDT", "2") == trades[1:]
    assert trades_of(nothing, "BTC/USDT", "1") == []


FILLED = {"id": "7", "clientOrderId": "pt-1", "side": "buy", "status": "closed", "amount": "1", "filled": "1"}


def test_what_was_paid_is_taken_from_the_trades_where_the_order_does_not_say() -> None:
    trade = {"amount": "1", "price": "100", "fee": {"currency": "USDT", "cost": "0.1"}}
    abilities: dict[str, object] = {"fetchOrderTrades": True}
    venue = OwnVenue(abilities, {"create_order": FILLED, "fetch_order_trades": [trade]})
    report = CcxtTradingClient(session_of(venue)).place_order(intent_of(Side.BUY, "1.0"))
    assert (report.state, report.quote_quantity) == (OrderState.FILLED, Decimal(100))
    assert report.fees == (("USDT", Decimal("0.1")),)


def test_an_order_of_which_nobody_says_what_was_paid_is_unknown() -> None:
    venue = OwnVenue({}, {"create_order": FILLED})
    with pytest.raises(OrderUnknown, match="what was paid"):
        CcxtTradingClient(session_of(venue)).place_order(intent_of(Side.BUY, "1.0"))


@pytest.mark.parametrize("reply", [{}, {"id": None}, "text", None, {**FILLED, "filled": "x"}])
def test_a_reply_without_the_number_of_an_order_leaves_it_unknown(reply: object) -> None:
    venue = OwnVenue({}, {"create_order": reply})
    with pytest.raises(OrderUnknown, match="pt-1"):
        CcxtTradingClient(session_of(venue)).place_order(intent_of(Side.BUY, "1.0"))


def test_fees_that_cannot_be_asked_for_now_are_left_open() -> None:
    paid = {**FILLED, "cost": "100"}
    abilities: dict[str, object] = {"fetchOrderTrades": True}
    venue = OwnVenue(abilities, {"create_order": paid, "fetch_order_trades": ccxt.NetworkError("x")})
    report = CcxtTradingClient(session_of(venue)).place_order(intent_of(Side.BUY, "1.0"))
    assert (report.quote_quantity, report.fees) == (Decimal(100), None)


def test_an_order_that_vanishes_after_its_cancellation_is_unknown() -> None:
    waiting = {**FILLED, "status": "open", "filled": "0"}
    venue: Any = OwnVenue({"fetchOrders": True}, {"fetch_order": waiting, "fetch_orders": []})

    def cancel(*_: object) -> None:
        venue.answers["fetch_order"] = ccxt.OrderNotFound("gone")

    venue.cancel_order = cancel
    with pytest.raises(OrderUnknown, match="cannot be found"):
        CcxtTradingClient(session_of(venue)).cancel_order("BTCUSDT", "pt-1")


def test_a_cancellation_that_came_too_late_gives_what_became_of_the_order() -> None:
    waiting = {**FILLED, "status": "open", "filled": "0"}
    venue: Any = OwnVenue({"fetchOrders": True}, {"fetch_order": waiting})

    def cancel(*_: object) -> None:
        venue.answers["fetch_order"] = {**FILLED, "cost": "5", "fees": [{"currency": "USDT", "cost": "1"}]}
        msg = "already over"
        raise ccxt.OrderNotFound(msg)

    venue.cancel_order = cancel
    assert CcxtTradingClient(session_of(venue)).cancel_order("BTCUSDT", "pt-1").state is OrderState.FILLED


def market_of(venue: OwnVenue) -> CcxtMarketClient:
    return CcxtMarketClient(session_of(venue), ManualClock(START))


@pytest.mark.parametrize(
    "ability,method",
    [("fetchBidsAsks", "fetch_bids_asks"), ("fetchTickers", "fetch_tickers"), ("", "fetch_ticker")],
)
def test_prices_are_asked_for_in_the_way_the_venue_knows(ability: str, method: str) -> None:
    ticker = {"bid": "9", "ask": "10"}
    answer = ticker if method == "fetch_ticker" else {"BTC/USDT": ticker}
    venue = OwnVenue({ability: True}, {method: answer})
    assert market_of(venue).get_quotes(("BTC", "NOPE")) == {"BTC": Quote(9.0, 10.0)}
    assert venue.asked == [method]


def test_a_pair_or_length_that_the_venue_does_not_have_is_said_in_plain_words() -> None:
    market = market_of(OwnVenue({}))
    with pytest.raises(BadData, match="does not trade LUNA against USDT"):
        market.history("LUNA", Timeframe.HOUR_1)
    with pytest.raises(BadData, match="no 8hour candles"):
        market.latest_closed("BTC", Timeframe.HOUR_8)


def test_a_pair_that_is_refused_in_between_has_no_candles() -> None:
    market = market_of(OwnVenue({}, {"fetch_ohlcv": ccxt.BadSymbol("BTC/USDT")}))
    with pytest.raises(BadData, match="BTC/USDT"):
        market.latest_closed("BTC", Timeframe.HOUR_1)


def test_asking_for_no_coin_or_an_unknown_one_sends_nothing() -> None:
    venue = OwnVenue({})
    assert market_of(venue).get_quotes(()) == market_of(venue).get_quotes(("NOPE",)) == {}
    assert venue.asked == []


def test_without_a_closed_candle_there_is_none() -> None:
    market = market_of(OwnVenue({}, {"fetch_ohlcv": []}))
    assert market.latest_closed("BTC", Timeframe.HOUR_1) is None
    history = market.history("BTC", Timeframe.HOUR_1)
    assert (len(history.candles), history.rows_counted) == (0, 1)


def test_a_venue_that_always_gives_its_newest_candles_ends_the_paging() -> None:
    newest = int(START.timestamp())
    rows = [[(newest - 3600 * age) * 1000, "1", "2", "0.5", "1.5", "9"] for age in range(400, 0, -1)]
    venue = OwnVenue({}, {"fetch_ohlcv": rows, "spot..fetchOHLCV.limit": 400})
    history = market_of(venue).history("BTC", Timeframe.HOUR_1)
    assert venue.asked == ["fetch_ohlcv"] * 2
    assert len(history.candles) == 400


def test_a_market_order_by_money_is_refused_before_it_leaves() -> None:
    venue = OwnVenue({}, {"create_order": ccxt.NotSupported("requires the price argument")})
    with pytest.raises(PairRefused):
        CcxtTradingClient(session_of(venue)).place_order(intent_of(Side.BUY, "1.0"))
