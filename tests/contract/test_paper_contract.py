"""The paper account as a TradingClient with resting orders, and a replayed market as a MarketDataClient."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from powertrader.backtest.mock_exchange import MockExchange
from powertrader.core.clock import ManualClock
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.market.replay import ReplayMarket
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from tests.contract.market_client_contract import MarketClientContract, MarketGround
from tests.contract.resting_order_contract import MovingMarketContract, RestingGround, RestingOrderContract
from tests.contract.trading_client_contract import Ground, TradingClientContract

START = datetime(2024, 1, 1, tzinfo=UTC)


class MovedPrices:
    """Every coin at about 100, until a test moves the market."""

    def __init__(self) -> None:
        self.percent = 100.0

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        return {coin: Quote(0.999 * self.percent, 1.001 * self.percent) for coin in coins}

    def move(self, percent: float) -> None:
        self.percent = percent


STEP = Decimal("0.00001")
INSTRUMENTS = {
    "BTCUSDT": Instrument("BTCUSDT", "BTC", STEP, STEP, min_notional=Decimal(10)),
    "OFFUSDT": Instrument("OFFUSDT", "OFF", STEP, STEP, tradable=False),
}


def ground_of(prices: MovedPrices) -> tuple[PaperTradingClient, Ground]:
    step = Decimal("0.001")
    instruments = {
        "BTCUSDT": Instrument("BTCUSDT", "BTC", step, step, min_notional=Decimal(10)),
        "OFFUSDT": Instrument("OFFUSDT", "OFF", step, step, tradable=False),
    }
    terms = PaperTerms(instruments, CostModel(), "USDT")
    client = PaperTradingClient(prices, terms, ManualClock(START), {"USDT": Decimal(1000)})
    return client, Ground(client, prices)


class TestPaper(TradingClientContract):
    @pytest.fixture
    def ground(self) -> Ground:
        return ground_of(MovedPrices())[1]


class TestPaperWithRestingOrders(RestingOrderContract, MovingMarketContract):
    @pytest.fixture
    def resting(self) -> RestingGround:
        prices = MovedPrices()
        client, ground = ground_of(prices)
        return RestingGround(client, ground, prices.move)


class TestBacktestVenue(RestingOrderContract):
    """The venue of backtests, whose market the test cannot move at will: candles do."""

    @pytest.fixture
    def resting(self) -> RestingGround:
        exchange = exchange_on_candles()
        return RestingGround(exchange, Ground(exchange, exchange.quotes))


class TestTradingAtTheBacktestVenue(TradingClientContract):
    @pytest.fixture
    def ground(self) -> Ground:
        exchange = exchange_on_candles()
        return Ground(exchange, exchange.quotes)


def exchange_on_candles() -> MockExchange:
    clock = ManualClock(START)
    candles = synthetic_candles("BTC", seed=7, start=START - timedelta(days=1), count=48)
    market = ReplayMarket({"BTC": candles}, clock, spread_pct=0.02)
    return MockExchange(market, clock, PaperTerms(INSTRUMENTS, CostModel(), "USDT"), {"USDT": Decimal(1000)})


@pytest.fixture(scope="module")
def replayed() -> MarketGround:
    begin = datetime(2023, 10, 1, tzinfo=UTC)
    candles = {coin: synthetic_candles(coin, seed=7, start=begin, count=24 * 100) for coin in ("BTC", "ETH")}
    clock = ManualClock(START)
    return MarketGround(ReplayMarket(candles, clock, spread_pct=0.02), clock, ("BTC", "ETH"))


class TestReplayedMarket(MarketClientContract):
    @pytest.fixture
    def market(self, replayed: MarketGround) -> MarketGround:
        return replayed
