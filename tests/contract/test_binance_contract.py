"""The Binance clients, through python-binance over HTTP, against the local exchange."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_market import BinanceMarketClient
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue
from powertrader.exchanges.local_clock import LocalClock
from powertrader.models.order import OrderState, OrderTerms, OrderType, Side
from tests.contract.market_client_contract import MarketGround
from tests.contract.paged_market_contract import PagedMarketContract
from tests.contract.resting_order_contract import RestingGround, RestingOrderContract
from tests.contract.trading_client_contract import Ground, TradingClientContract
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.exchanges.stub_venue import CountingBudget

START = datetime(2024, 1, 1, tzinfo=UTC)
QUOTE = "1000000"


@dataclass(frozen=True, slots=True)
class BinanceGround:
    """Both clients of one account at a local exchange."""

    session: BinanceSession
    trading: BinanceTradingClient
    market: MarketGround


def binance_of(server: ExchangeServer, coins: tuple[str, ...] = ("BTC", "ETH")) -> BinanceGround:
    """Give clients as live trading has them, but for the address."""
    wall = SystemClock()
    credentials = BinanceCredentials(Secret(server.api_key), Secret(server.api_secret))
    venue = BinanceVenue("live", ExchangeSection(url=server.url))
    session = BinanceSession(venue, credentials, CountingBudget(), wall)
    clock = LocalClock(server.url, wall)
    market = BinanceMarketClient(session, "USDT", clock)
    return BinanceGround(session, BinanceTradingClient(session, "USDT"), MarketGround(market, clock, coins))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    folder = tmp_path_factory.mktemp("exchange")
    with exchange_server(folder, coins="BTC,ETH,OFF", more=("--synthetic", "7", "--quote", QUOTE)) as found:
        found.admin.ask("POST", "symbols/OFFUSDT", {"halted": True})
        yield found


@pytest.fixture(scope="module")
def binance(server: ExchangeServer) -> Iterator[BinanceGround]:
    found = binance_of(server)
    yield found
    found.session.close()


class TestBinanceTrading(TradingClientContract):
    @pytest.fixture
    def ground(self, binance: BinanceGround) -> Ground:
        return Ground(binance.trading, binance.market.client)


class TestBinanceRestingOrders(RestingOrderContract):
    @pytest.fixture
    def resting(self, binance: BinanceGround) -> RestingGround:
        return RestingGround(binance.trading, Ground(binance.trading, binance.market.client))


class TestBinanceMarket(PagedMarketContract):
    @pytest.fixture
    def market(self, binance: BinanceGround) -> MarketGround:
        return binance.market


def write_candles(folder: Path, closes: list[float]) -> None:
    """Write hourly candles of BTC from START on, each from the close before to its own."""
    lines = ["open_time,open,high,low,close,volume"]
    for hour, (opened, close) in enumerate(zip([closes[0], *closes], closes, strict=False)):
        time_s = int((START + timedelta(hours=hour)).timestamp())
        lines.append(f"{time_s},{opened},{max(opened, close)},{min(opened, close)},{close},1000")
    (folder / "BTCUSDT-1h.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_waiting_orders_meet_the_candles_of_the_local_exchange(tmp_path: Path) -> None:
    write_candles(tmp_path, [100.0] * 50 + [95.0, 80.0, 80.0, 80.0])
    options = ("--candles", str(tmp_path), "--start", (START + timedelta(hours=50)).isoformat())
    with exchange_server(tmp_path / "state", coins="BTC", more=options) as server:
        binance = binance_of(server, ("BTC",))
        resting = RestingGround(binance.trading, Ground(binance.trading, binance.market.client))
        bought = resting.ground.traded(Side.BUY, resting.ground.lots(200))
        stop = binance.trading.place_order(resting.stop(Side.SELL, 90, resting.ground.lots(100)))
        limit = binance.trading.place_order(resting.limit(Side.BUY, 90))
        far = OrderTerms(OrderType.LIMIT, price=resting.price(50))
        waits = binance.trading.place_order(resting.ground.intent(Side.BUY, resting.ground.lots(100), far))
        server.admin.advance(3600)
        assert resting.look(stop).state is OrderState.PENDING
        server.admin.advance(3600)
        sold, filled = resting.look(stop), resting.look(limit)
        assert (sold.state, filled.state) == (OrderState.FILLED, OrderState.FILLED)
        assert sold.average_price < 90.5 < bought.average_price
        assert filled.average_price == pytest.approx(float(resting.price(100)) * 90 / 80, rel=0.01)
        assert resting.look(waits).state is OrderState.PENDING
        binance.session.close()
