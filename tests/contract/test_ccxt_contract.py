"""ccxt's binance and kucoin classes, unmodified, over HTTP against the local exchange."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.credentials import Secret
from powertrader.core.exceptions import AccessRefused, OrderUnknown, PairRefused, RateLimitError, RetryLater
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.exchanges.ccxt_exchange import CcxtMarketClient
from powertrader.exchanges.ccxt_library import CcxtVenue
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.exchanges.local_clock import LocalClock
from powertrader.models.order import OrderState, Side
from tests.contract.market_client_contract import MarketGround
from tests.contract.paged_market_contract import PagedMarketContract
from tests.contract.resting_order_contract import RestingGround, RestingOrderContract
from tests.contract.trading_client_contract import Ground, TradingClientContract, new_id
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.exchanges.stub_venue import CountingBudget

pytest.importorskip("ccxt")

ORDER = "POST /api/v3/order"
QUICK = RetryPolicy(max_tries=3, first_delay_s=0.01)


@dataclass(frozen=True, slots=True)
class CcxtGround:
    """Both clients of one account."""

    session: CcxtSession
    trading: CcxtTradingClient
    market: MarketGround


def ccxt_of(server: ExchangeServer, name: str, api_key: str | None = None) -> CcxtGround:
    """Give clients of one of ccxt's venues that the local exchange stands in for."""
    wall = SystemClock()
    keys = VenueCredentials(Secret(api_key or server.api_key), Secret(server.api_secret))
    session = CcxtSession(CcxtVenue(name, server.url, retries=QUICK), keys, CountingBudget(), wall)
    clock = LocalClock(server.url, wall)
    market = MarketGround(CcxtMarketClient(session, clock), clock, ("BTC", "ETH"))
    return CcxtGround(session, CcxtTradingClient(session), market)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    more = ("--synthetic", "7", "--quote", "1000000")
    with exchange_server(tmp_path_factory.mktemp("exchange"), coins="BTC,ETH,OFF", more=more) as running:
        running.admin.ask("POST", "symbols/OFFUSDT", {"halted": True})
        yield running


@pytest.fixture(scope="module")
def binance(server: ExchangeServer) -> Iterator[CcxtGround]:
    found = ccxt_of(server, "binance")
    yield found
    found.session.close()


@pytest.fixture(scope="module")
def kucoin(server: ExchangeServer) -> Iterator[MarketGround]:
    wall = SystemClock()
    session = CcxtSession(CcxtVenue("kucoin", server.url, retries=QUICK), None, CountingBudget(), wall)
    clock = LocalClock(server.url, wall)
    client = CcxtMarketClient(session, clock)
    yield MarketGround(client, clock, ("BTC", "ETH"))
    client.close()


class TestCcxtBinanceTrading(TradingClientContract):
    @pytest.fixture
    def ground(self, binance: CcxtGround) -> Ground:
        return Ground(binance.trading, binance.market.client)


class TestCcxtBinanceRestingOrders(RestingOrderContract):
    @pytest.fixture
    def resting(self, binance: CcxtGround) -> RestingGround:
        return RestingGround(binance.trading, Ground(binance.trading, binance.market.client))

    def test_the_legs_of_a_pair_bind_the_coins_once_and_are_canceled_together(
        self, resting: RestingGround
    ) -> None:
        """Orders cannot be linked through ccxt: a pair is refused before anything is sent."""
        before = resting.ground.free()
        with pytest.raises(PairRefused, match="cannot link"):
            resting.client.place_oco(*resting.pair())
        assert resting.ground.free() == before


class TestCcxtBinanceMarket(PagedMarketContract):
    @pytest.fixture
    def market(self, binance: CcxtGround) -> MarketGround:
        return binance.market


class TestCcxtKuCoinMarket(PagedMarketContract):
    @pytest.fixture
    def market(self, kucoin: MarketGround) -> MarketGround:
        return kucoin


@pytest.mark.parametrize(
    "fault",
    [
        {"then": "lose_reply"},
        {"then": {"truncate": 40}},
        {"then": {"status": 503}, "accepted": True},
        {"then": {"error": -1007}, "accepted": True},
    ],
    ids=["lost", "cut", "503", "-1007"],
)
def test_an_order_whose_answer_is_lost_is_unknown_and_found_by_its_id(
    server: ExchangeServer, binance: CcxtGround, fault: dict[str, object]
) -> None:
    intent = Ground(binance.trading, binance.market.client).intent(Side.BUY, binance_lots(binance))
    server.admin.add_fault(on=ORDER, nth=1, **fault)
    placed_before = server.admin.counters().get(ORDER, 0)
    with pytest.raises(OrderUnknown):
        binance.trading.place_order(intent)
    assert server.admin.counters()[ORDER] == placed_before + 1
    found = binance.trading.get_order(intent.symbol, intent.client_order_id)
    assert found is not None
    assert (found.state, found.executed_quantity) == (OrderState.FILLED, intent.quantity)
    server.admin.clear_faults()


def test_an_order_that_never_arrived_is_unknown_first_and_then_known_not_to_be(
    server: ExchangeServer, binance: CcxtGround
) -> None:
    intent = Ground(binance.trading, binance.market.client).intent(Side.BUY, binance_lots(binance))
    server.admin.add_fault(on=ORDER, nth=1, then="refuse")
    with pytest.raises(OrderUnknown):
        binance.trading.place_order(intent)
    assert binance.trading.get_order(intent.symbol, intent.client_order_id) is None
    server.admin.clear_faults()


def test_an_order_that_the_limit_stops_was_not_placed(server: ExchangeServer, binance: CcxtGround) -> None:
    intent = Ground(binance.trading, binance.market.client).intent(Side.BUY, binance_lots(binance))
    server.admin.add_fault(on=ORDER, nth=1, then={"status": 429}, retry_after_s=7)
    with pytest.raises(RateLimitError) as caught:
        binance.trading.place_order(intent)
    assert caught.value.retry_after_s == 7
    assert binance.trading.get_order(intent.symbol, intent.client_order_id) is None
    server.admin.clear_faults()


def test_a_ban_pauses_everything_for_as_long_as_it_lasts(server: ExchangeServer, binance: CcxtGround) -> None:
    server.admin.add_fault(on="GET /api/v3/account", nth=1, then={"status": 418}, retry_after_s=120)
    with pytest.raises(AccessRefused) as caught:
        binance.trading.get_account()
    assert caught.value.retry_after_s == 120
    server.admin.clear_faults()


def test_a_partial_fill_that_expires_counts_with_its_fees(
    server: ExchangeServer, binance: CcxtGround
) -> None:
    intent = Ground(binance.trading, binance.market.client).intent(Side.BUY, binance_lots(binance) * 2)
    server.admin.add_fault(on=ORDER, nth=1, then={"partial_then_expired": 0.5})
    report = binance.trading.place_order(intent)
    assert report.state is OrderState.EXPIRED
    assert 0 < report.executed_quantity < intent.quantity
    assert sum(dict(report.fees or ()).values()) > 0
    server.admin.clear_faults()


def test_a_clock_that_is_wrong_is_measured_and_the_question_repeated(
    server: ExchangeServer, binance: CcxtGround
) -> None:
    server.admin.add_fault(on="GET /api/v3/account", nth=1, then={"error": -1021})
    assert binance.trading.get_account().free("USDT") > 0
    server.admin.clear_faults()


def test_a_wrong_key_lets_the_account_do_nothing_and_is_not_shown(server: ExchangeServer) -> None:
    wrong = "k" * 64
    stranger = ccxt_of(server, "binance", wrong)
    with pytest.raises(AccessRefused) as caught:
        stranger.trading.get_account()
    assert wrong not in str(caught.value)
    assert server.api_secret not in repr(stranger)
    stranger.session.close()


def test_a_server_that_is_gone_is_asked_again_for_questions_and_never_for_orders(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with exchange_server(tmp_path_factory.mktemp("gone"), coins="BTC", more=("--synthetic", "7")) as running:
        ground = ccxt_of(running, "binance")
        quantity = binance_lots(ground)
        intent = Ground(ground.trading, ground.market.client).intent(Side.BUY, quantity)
        running.kill()
        with pytest.raises(RetryLater):
            ground.trading.get_account()
        with pytest.raises(OrderUnknown) as caught:
            ground.trading.place_order(intent)
        assert "signature" not in str(caught.value)
        running.start()
        assert ground.trading.get_order(intent.symbol, intent.client_order_id) is None
        again = replace(intent, client_order_id=new_id())
        assert ground.trading.place_order(again).state is OrderState.FILLED
        ground.session.close()


def binance_lots(ground: CcxtGround) -> Decimal:
    """A quantity worth about 100."""
    return Ground(ground.trading, ground.market.client).lots(100)
