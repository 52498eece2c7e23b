"""An exchange that is written from the ports alone passes every contract, and the trader trades on it."""

from datetime import UTC, datetime

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.ledger import MemoryLedger
from powertrader.models.order import Side
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session
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


def test_the_trader_buys_and_sells_there_without_knowing_it(toy: ToyExchange) -> None:
    rules = TradingRules(("RED", "BLUE"), start_allocation_pct=1.0)
    signals = {"RED": SignalView(4, 0)}
    session = Session(Ports(toy, toy, signals.get, MemoryLedger(), toy.clock))
    session.start()
    session.step(rules)
    assert session.book.positions["RED"].quantity == toy.totals["RED"] > 0
    signals.clear()
    for percent in (104, 110, 107, 106):
        toy.move(percent)
        toy.clock.sleep(1)
        session.step(rules)
    assert [report.side for report in toy.said.values()] == [Side.BUY, Side.SELL]
    assert toy.totals["RED"] == 0
    assert toy.totals["USDT"] > 5000
