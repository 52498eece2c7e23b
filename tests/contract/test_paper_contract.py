"""The paper account as a TradingClient."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.trading_client import TradingClient
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from tests.contract.trading_client_contract import TradingClientContract


class SteadyPrices:
    """Every coin at about 100."""

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        return {coin: Quote(99.9, 100.1) for coin in coins}


class TestPaper(TradingClientContract):
    @pytest.fixture
    def venue(self) -> TradingClient:
        step = Decimal("0.001")
        instruments = {
            "BTCUSDT": Instrument("BTCUSDT", "BTC", step, step, min_notional=Decimal(10)),
            "OFFUSDT": Instrument("OFFUSDT", "OFF", step, step, tradable=False),
        }
        clock = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
        terms = PaperTerms(instruments, CostModel(), "USDT")
        return PaperTradingClient(SteadyPrices(), terms, clock, {"USDT": Decimal(1000)})
