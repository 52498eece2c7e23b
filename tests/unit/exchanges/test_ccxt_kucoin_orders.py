"""ccxt's kucoin class as a broker: replies that hold only a number, and orders kept in several lists."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit

import orjson
import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.credentials import Secret
from powertrader.core.exceptions import (
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    PairRefused,
    Rejected,
    RetryLater,
)
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.exchanges.ccxt_library import CcxtVenue
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.models.order import OrderIntent, OrderState, OrderTerms, OrderType, Side
from tests.contract.trading_client_contract import intent_of
from tests.unit.exchanges.stub_venue import Answer, Asked, CountingBudget, StubVenue, json_answer, serving

pytest.importorskip("ccxt")
pytestmark = pytest.mark.money

SYMBOLS = [
    {
        "symbol": "BTC-USDT",
        "name": "BTC-USDT",
        "baseCurrency": "BTC",
        "quoteCurrency": "USDT",
        "feeCurrency": "USDT",
        "baseMinSize": "0.00001",
        "quoteMinSize": "0.1",
        "baseMaxSize": "10000000000",
        "quoteMaxSize": "99999999",
        "baseIncrement": "0.00000001",
        "quoteIncrement": "0.000001",
        "priceIncrement": "0.1",
        "minFunds": "0.1",
        "isMarginEnabled": False,
        "enableTrading": True,
    }
]


BALANCE = {"currency": "USDT", "type": "trade_hf", "balance": "7", "available": "5.5", "holds": "1.5"}
SETTING: dict[str, object] = {
    "/v2/symbols": SYMBOLS,
    "/symbols": [],
    "/timestamp": 1_700_000_000_000,
    "/account/mode": {"selfAccountMode": "CLASSIC"},
    "/accounts/opened": True,
    "/accounts": [BALANCE],
}


def order(
    client_id: str, *, done: str = "0", active: bool = True, canceled: bool = False
) -> dict[str, object]:
    """An order as KuCoin's high-frequency account shows it."""
    return {
        "id": f"id-{client_id}",
        "clientOid": client_id,
        "symbol": "BTC-USDT",
        "type": "market",
        "side": "buy",
        "size": "0.1",
        "dealSize": done,
        "dealFunds": str(Decimal(done) * 10_000),
        "fee": str(Decimal(done) * 10),
        "feeCurrency": "USDT",
        "active": active,
        "cancelExist": canceled,
        "createdAt": 1_700_000_000_000,
        "price": "0",
    }


@dataclass(slots=True)
class KuCoinAccount:
    """The private side of KuCoin, as far as one account's orders go."""

    orders: dict[str, dict[str, object]] = field(default_factory=dict)
    sleeping: dict[str, dict[str, object]] = field(default_factory=dict)
    sent: list[dict[str, object]] = field(default_factory=list)
    refusal: Answer | None = None
    finds_by_client_id: bool = True

    def __call__(self, asked: Asked) -> Answer:
        path = urlsplit(asked.target).path
        if asked.method == "POST":
            return self.take(asked)
        return data(self.end(path) if asked.method == "DELETE" else self.show(path))

    def end(self, path: str) -> object:
        gone = path.rpartition("/")[2].removeprefix("id-")
        book = self.sleeping if "stop-order" in path else self.orders
        book[gone] |= {"active": False, "cancelExist": True, "status": "CANCELLED"}
        return {"orderId": gone, "cancelledOrderIds": [gone]}

    def show(self, path: str) -> object:
        if "client-order" in path:
            return self.orders.get(path.rpartition("/")[2]) if self.finds_by_client_id else None
        if path.endswith("/active"):
            return [one for one in self.orders.values() if one["active"]]
        if path.endswith("/done"):
            return {"items": [one for one in self.orders.values() if not one["active"]]}
        if path.endswith("/stop-order"):
            return {"items": list(self.sleeping.values())}
        return self.rest(path)

    def take(self, asked: Asked) -> Answer:
        if self.refusal is not None:
            return self.refusal
        wanted = orjson.loads(asked.body)
        self.sent.append(wanted)
        client_id = wanted["clientOid"]
        if asked.target.endswith("/stop-order"):
            stop = {"status": "NEW", "stop": wanted["stop"], "stopPrice": wanted["stopPrice"]}
            self.sleeping[client_id] = {**order(client_id), **stop, "side": wanted["side"]}
        else:
            self.orders[client_id] = order(client_id)
        return data({"orderId": f"id-{client_id}"})

    def rest(self, path: str) -> object:
        return next((content for end, content in SETTING.items() if path.endswith(end)), None)


def data(content: object) -> Answer:
    return json_answer({"code": "200000", "data": content})


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def account(server: StubVenue) -> KuCoinAccount:
    server.reset()
    made = KuCoinAccount()
    server.respond = made
    return made


@pytest.fixture
def budget() -> CountingBudget:
    return CountingBudget()


@pytest.fixture
def client(server: StubVenue, account: KuCoinAccount, budget: CountingBudget) -> Iterator[CcxtTradingClient]:
    keys = VenueCredentials(Secret("the-key"), Secret("the-secret"), Secret("the-passphrase"))
    venue = CcxtVenue("kucoin", server.address, retries=RetryPolicy(max_tries=2, first_delay_s=1))
    session = CcxtSession(venue, keys, budget, ManualClock(datetime(2024, 1, 1, tzinfo=UTC)))
    yield CcxtTradingClient(session)
    session.close()


def buy(text: str = "0.10", terms: OrderTerms | None = None) -> OrderIntent:
    made = intent_of(Side.BUY, text)
    return made if terms is None else replace(made, terms=terms)


def test_an_order_of_which_only_the_number_is_told_is_pending_until_it_is_polled(
    client: CcxtTradingClient, account: KuCoinAccount, budget: CountingBudget
) -> None:
    placed = client.place_order(buy())
    assert (placed.state, placed.order_id, placed.executed_quantity) == (
        OrderState.PENDING,
        "id-pt-1",
        Decimal(0),
    )
    assert placed.ordered_quantity == Decimal("0.10")
    assert budget.orders
    account.orders["pt-1"] = order("pt-1", done="0.1", active=False)
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert (found.state, found.executed_quantity) == (OrderState.FILLED, Decimal("0.1"))
    assert (found.quote_quantity, found.fees) == (Decimal(1000), (("USDT", Decimal(1)),))


@pytest.mark.parametrize("text", ["0.10", "2.0", "0.00001", "12345678.12345678"])
def test_a_quantity_leaves_letter_by_letter(
    client: CcxtTradingClient, account: KuCoinAccount, text: str
) -> None:
    client.place_order(buy(text))
    assert [(sent["size"], sent["clientOid"]) for sent in account.sent] == [(text, "pt-1")]


def test_an_order_that_ended_without_being_whole_is_not_taken_for_filled(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    account.orders["pt-1"] = order("pt-1", done="0.04", active=False)
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert (found.state, found.executed_quantity) == (OrderState.EXPIRED, Decimal("0.04"))


def test_an_order_that_is_not_found_by_its_id_is_looked_for_in_the_lists(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    account.finds_by_client_id = False
    assert client.get_order("BTCUSDT", "pt-1") is None
    account.orders["pt-1"] = order("pt-1")
    account.orders["pt-2"] = order("pt-2", done="0.1", active=False)
    for client_id in ("pt-1", "pt-2"):
        found = client.get_order("BTCUSDT", client_id)
        assert found is not None
        assert found.client_order_id == client_id
    assert client.get_order("NOPEUSDT", "pt-1") is None


def test_stops_wait_in_a_list_of_their_own_and_can_be_canceled(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    stop = OrderTerms(OrderType.STOP_LOSS, stop_price=Decimal("9000.5"))
    placed = client.place_order(replace(intent_of(Side.SELL, "0.10"), terms=stop))
    assert placed.state is OrderState.PENDING
    assert (account.sent[0]["stopPrice"], account.sent[0]["stop"]) == ("9000.5", "loss")
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert [report.client_order_id for report in client.get_open_orders("BTCUSDT")] == ["pt-1"]
    assert client.cancel_order("BTCUSDT", "pt-1").state is OrderState.CANCELED


@pytest.mark.parametrize(
    "order_type,expected",
    [
        (OrderType.LIMIT, {"type": "limit", "price": "9000.5"}),
        (OrderType.LIMIT_MAKER, {"type": "limit", "price": "9000.5", "postOnly": True}),
        (OrderType.STOP_LOSS, {"type": "market", "stop": "entry", "stopPrice": "9100.5"}),
        (OrderType.STOP_LOSS_LIMIT, {"type": "limit", "price": "9000.5", "stop": "entry"}),
        (OrderType.TAKE_PROFIT, {"type": "market", "stop": "loss", "stopPrice": "9100.5"}),
        (OrderType.TAKE_PROFIT_LIMIT, {"type": "limit", "price": "9000.5", "stop": "loss"}),
    ],
)
def test_every_type_of_order_has_its_words(
    client: CcxtTradingClient, account: KuCoinAccount, order_type: OrderType, expected: dict[str, object]
) -> None:
    price = Decimal("9000.5") if order_type.has_price else None
    stop_price = Decimal("9100.5") if order_type.has_trigger else None
    client.place_order(buy(terms=OrderTerms(order_type, price, stop_price)))
    assert expected.items() <= account.sent[0].items()


def test_cancelling_gives_what_became_of_the_order(client: CcxtTradingClient, account: KuCoinAccount) -> None:
    client.place_order(buy(terms=OrderTerms(OrderType.LIMIT, price=Decimal("9000.5"))))
    assert client.cancel_order("BTCUSDT", "pt-1").state is OrderState.CANCELED
    account.orders["pt-1"] = order("pt-1", done="0.1", active=False)
    assert client.cancel_order("BTCUSDT", "pt-1").state is OrderState.FILLED
    with pytest.raises(Rejected, match="pt-9"):
        client.cancel_order("BTCUSDT", "pt-9")


def test_the_history_holds_orders_of_every_list_once(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    account.orders["pt-2"] = {**order("pt-2"), "createdAt": 1_700_000_002_000}
    account.orders["pt-1"] = order("pt-1", done="0.1", active=False)
    account.sleeping["pt-3"] = {**order("pt-3"), "createdAt": 1_700_000_003_000, "status": "NEW"}
    history = client.get_order_history("BTCUSDT")
    assert [report.client_order_id for report in history] == ["pt-1", "pt-2", "pt-3"]
    assert client.get_order_history("NOPEUSDT") == client.get_open_orders("NOPEUSDT") == ()


def test_balances_and_rules_are_those_of_the_venue(client: CcxtTradingClient) -> None:
    balance = client.get_account().balances[0]
    assert (balance.asset, balance.free, balance.locked) == ("USDT", Decimal("5.5"), Decimal("1.5"))
    rules = client.get_instrument("BTCUSDT")
    assert rules is not None
    assert (rules.lot_step, rules.price_tick) == (Decimal("1e-8"), Decimal("0.1"))
    assert client.get_instrument("ETHUSDT") is None


@pytest.mark.parametrize(
    "refusal,reaction",
    [
        (json_answer({"code": "200004", "msg": "Balance insufficient!"}), InsufficientFundsError),
        (json_answer({"code": "400100", "msg": "Order size increment invalid."}), FilterRejected),
        (json_answer({"code": "900001", "msg": "what is this"}), OrderUnknown),
        (json_answer({"code": "500000", "msg": "Internal Server Error"}, 500), OrderUnknown),
        (Answer(b"<html>", 502), OrderUnknown),
        (Answer(b'{"code":"200000","da', 200), OrderUnknown),
        (Answer(cut=True), OrderUnknown),
    ],
    ids=["funds", "increment", "strange", "500000", "502", "half", "cut"],
)
def test_every_refusal_of_an_order_has_its_reaction(
    client: CcxtTradingClient, account: KuCoinAccount, refusal: Answer, reaction: type[Exception]
) -> None:
    client.get_instruments()
    account.refusal = refusal
    with pytest.raises(reaction, match="pt-1") as caught:
        client.place_order(buy())
    assert type(caught.value) is reaction
    shown = str(caught.value)
    assert not any(secret in shown for secret in ("the-key", "the-secret", "the-passphrase"))


def test_rules_are_asked_for_again_after_one_refused_an_order(
    client: CcxtTradingClient, account: KuCoinAccount, server: StubVenue
) -> None:
    client.get_instruments()
    client.get_instruments()
    asked = sum("/v2/symbols" in target for target in server.targets)
    account.refusal = json_answer({"code": "400100", "msg": "Order size increment invalid."})
    with pytest.raises(FilterRejected):
        client.place_order(buy())
    client.get_instruments()
    assert sum("/v2/symbols" in target for target in server.targets) == asked + 1


def test_orders_that_cannot_be_are_refused_before_anything_is_sent(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    with pytest.raises(PairRefused, match="NOPEUSDT"):
        client.place_order(intent_of(Side.BUY, "1.0", coin="NOPE"))
    with pytest.raises(FilterRejected, match="1e-5"):
        client.place_order(buy("1e-5"))
    with pytest.raises(PairRefused, match="cannot link"):
        client.place_oco(buy(), buy())
    assert account.sent == []


def test_a_page_that_is_no_reply_is_never_an_empty_account(
    client: CcxtTradingClient, server: StubVenue, account: KuCoinAccount
) -> None:
    client.get_instruments()
    server.respond = lambda _: Answer(b"<html>we are back soon</html>")
    with pytest.raises(RetryLater):
        client.get_account()
    with pytest.raises(RetryLater):
        client.get_order("BTCUSDT", "pt-1")


def test_a_reply_that_makes_no_sense_is_asked_for_again_and_not_believed(
    client: CcxtTradingClient, account: KuCoinAccount
) -> None:
    account.orders["pt-1"] = {**order("pt-1"), "side": "sideways"}
    with pytest.raises(RetryLater, match="side"):
        client.get_order("BTCUSDT", "pt-1")
