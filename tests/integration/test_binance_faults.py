"""What becomes of an order when exchange, connection or clock misbehave, with python-binance over HTTP."""

from collections.abc import Iterator, Mapping

import pytest

from powertrader.core.exceptions import (
    AccessRefused,
    FilterRejected,
    OrderUnknown,
    PowerTraderError,
    RateLimitError,
    RetryLater,
)
from powertrader.models.order import OrderState, Side
from tests.contract.test_binance_contract import BinanceGround, binance_of
from tests.contract.trading_client_contract import intent_of, new_id
from tests.exchange_server import ExchangeServer, exchange_server

pytestmark = pytest.mark.money
ORDER = "POST /api/v3/order"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(
        tmp_path_factory.mktemp("exchange"), coins="BTC", more=("--quote", "100000")
    ) as found:
        yield found


@pytest.fixture(scope="module")
def clients(running: ExchangeServer) -> Iterator[BinanceGround]:
    found = binance_of(running, ("BTC",))
    found.trading.get_account()
    yield found
    found.session.close()


@pytest.fixture
def server(running: ExchangeServer) -> Iterator[ExchangeServer]:
    running.admin.clear_faults()
    running.admin.clear_counters()
    yield running
    running.admin.clear_faults()


@pytest.mark.parametrize(
    "fault, reaction, placed",
    [
        ({"then": "lose_reply"}, OrderUnknown, True),
        ({"then": {"truncate": 20}}, OrderUnknown, True),
        ({"then": {"non_json": 200}, "accepted": True}, OrderUnknown, True),
        ({"then": {"non_json": 502}}, OrderUnknown, False),
        ({"then": {"status": 503}, "accepted": True}, OrderUnknown, True),
        ({"then": {"status": 503}}, OrderUnknown, False),
        ({"then": {"error": -1007}, "accepted": True}, OrderUnknown, True),
        ({"then": {"error": -1006}}, OrderUnknown, False),
        ({"then": {"status": 429}, "retry_after_s": 3}, RateLimitError, False),
        ({"then": {"status": 418}, "retry_after_s": 120}, AccessRefused, False),
        ({"then": {"error": -1013}}, FilterRejected, False),
        ({"then": {"error": -2015}}, AccessRefused, False),
        ({"then": {"error": -1021}}, RetryLater, False),
    ],
    ids=str,
)
def test_an_order_is_placed_once_or_not_at_all_and_the_error_says_which_is_known(
    server: ExchangeServer,
    clients: BinanceGround,
    fault: Mapping[str, object],
    reaction: type[PowerTraderError],
    placed: bool,
) -> None:
    order = intent_of(Side.BUY, "0.001", new_id())
    server.admin.add_fault(on=ORDER, **fault)
    before = len(server.admin.orders())
    with pytest.raises(reaction):
        clients.trading.place_order(order)
    server.admin.clear_faults()
    found = clients.trading.get_order(order.symbol, order.client_order_id)
    assert (found is not None) is placed
    assert len(server.admin.orders()) - before == placed
    if found is not None:
        assert found.state is OrderState.FILLED
        assert found.fees


def test_a_clock_that_is_wrong_for_a_moment_costs_one_more_request_and_no_order(
    server: ExchangeServer, clients: BinanceGround
) -> None:
    server.admin.add_fault(on=ORDER, nth=1, then={"error": -1021})
    report = clients.trading.place_order(intent_of(Side.BUY, "0.001", new_id()))
    assert report.state is OrderState.FILLED
    assert server.admin.counters()[ORDER] == 2
    assert server.admin.counters()["GET /api/v3/time"] == 5


def test_a_server_whose_clock_is_minutes_away_is_followed(
    server: ExchangeServer, clients: BinanceGround
) -> None:
    server.admin.add_fault(on="*", then={"clock_skew_ms": 180_000})
    assert clients.trading.place_order(intent_of(Side.BUY, "0.001", new_id())).state is OrderState.FILLED
    server.admin.clear_faults()
    assert clients.trading.place_order(intent_of(Side.BUY, "0.001", new_id())).state is OrderState.FILLED


def test_an_order_that_runs_out_of_book_counts_what_it_got(
    server: ExchangeServer, clients: BinanceGround
) -> None:
    server.admin.add_fault(on=ORDER, nth=1, then={"partial_then_expired": 0.4})
    report = clients.trading.place_order(intent_of(Side.BUY, "0.001", new_id()))
    assert report.state is OrderState.EXPIRED
    assert 0 < report.executed_quantity < report.ordered_quantity
    assert report.fees
    assert clients.trading.get_order(report.symbol, report.client_order_id) == report


def test_reads_survive_a_bad_minute(server: ExchangeServer, clients: BinanceGround) -> None:
    for fault in ({"status": 503}, "refuse"):
        server.admin.add_fault(on="GET /api/v3/account", nth=1, then=fault)
        assert clients.trading.get_account().balances
        server.admin.clear_faults()
