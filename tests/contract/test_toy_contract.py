"""An exchange that is written from the ports alone passes every contract."""

from datetime import UTC, datetime

import pytest

from powertrader.core.clock import ManualClock
from tests.contract.market_client_contract import MarketClientContract, MarketGround
from tests.contract.resting_order_contract import MovingMarketContract, RestingGround, RestingOrderContract
from tests.contract.toy_exchange import ToyExchange
from tests.contract.trading_client_contract import Ground, TradingClientContract


@pytest.fixture
def toy() -> ToyExchange:
    return ToyExchange(ManualClock(datetime(2024, 1, 3, 10, 30, tzinfo=UTC)))


class TestToyTrading(TradingClientContract):
    @pytest.fixture
    def ground(self, toy: ToyExchange) -> Ground:
        return Ground(toy, toy, "RED", "GREY")


class TestToyRestingOrders(RestingOrderContract, MovingMarketContract):
    @pytest.fixture
    def resting(self, toy: ToyExchange) -> RestingGround:
        return RestingGround(toy, Ground(toy, toy, "RED", "GREY"), toy.move)


class TestToyMarket(MarketClientContract):
    @pytest.fixture
    def market(self, toy: ToyExchange) -> MarketGround:
        return MarketGround(toy, toy.clock, ("RED", "BLUE"))
