"""KuCoin's client, over HTTP, against the local exchange."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from powertrader.bootstrap_hub import ChartVenue, VenueCandles
from powertrader.core.clock import SystemClock
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import RateLimitError
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.retry import RetryPolicy
from powertrader.exchanges.kucoin import KuCoinMarketClient, KuCoinVenue
from powertrader.exchanges.local_clock import LocalClock
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import Timeframe
from tests.contract.market_client_contract import MarketGround
from tests.contract.paged_market_contract import PagedMarketContract
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.exchanges.stub_venue import CountingBudget

TICKERS = "GET /api/v1/market/allTickers"
CANDLES = "GET /api/v1/market/candles"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange"), more=("--synthetic", "7")) as running:
        yield running


@pytest.fixture(scope="module")
def kucoin(server: ExchangeServer) -> Iterator[MarketGround]:
    wall = SystemClock()
    clock = LocalClock(server.url, wall)
    quick = KuCoinVenue(server.url, retries=RetryPolicy(max_tries=3, first_delay_s=0.01))
    client = KuCoinMarketClient(quick, CountingBudget(), wall, clock)
    yield MarketGround(client, clock, ("BTC", "ETH"))
    client.close()


class TestKuCoin(PagedMarketContract):
    @pytest.fixture
    def market(self, kucoin: MarketGround) -> MarketGround:
        return kucoin


@pytest.mark.parametrize("then", ["lose_reply", "refuse"])
def test_a_reply_that_is_lost_on_the_way_is_asked_for_again(
    server: ExchangeServer, kucoin: MarketGround, then: str
) -> None:
    server.admin.add_fault(on=TICKERS, nth=1, then=then)
    assert set(kucoin.client.get_quotes(kucoin.coins)) == set(kucoin.coins)
    server.admin.clear_faults()


@pytest.mark.parametrize("then", [{"status": 503}, {"non_json": 200}, {"truncate": 20}])
def test_a_spoilt_reply_is_asked_for_again(
    server: ExchangeServer, kucoin: MarketGround, then: dict[str, int]
) -> None:
    server.admin.add_fault(on=CANDLES, nth=1, then=then)
    assert kucoin.client.latest_closed("BTC", Timeframe.DAY_1) is not None
    server.admin.clear_faults()


def test_history_takes_a_request_for_each_1500_hours(server: ExchangeServer, kucoin: MarketGround) -> None:
    server.admin.clear_counters()
    history = kucoin.client.history("BTC", Timeframe.HOUR_1)
    assert server.admin.counters()[CANDLES] == history.rows_counted // 1500 + 1
    server.admin.clear_counters()


def test_a_block_that_lasts_is_told_with_its_length(server: ExchangeServer) -> None:
    wall = SystemClock()
    once = KuCoinVenue(server.url, retries=RetryPolicy(max_tries=1))
    client = KuCoinMarketClient(once, CountingBudget(), wall, wall)
    server.admin.add_fault(on=TICKERS, then={"non_json": 429})
    with pytest.raises(RateLimitError) as caught:
        client.get_quotes(("BTC", "ETH"))
    assert caught.value.retry_after_s == 30
    server.admin.clear_faults()
    client.close()


def test_a_window_s_charts_open_the_venue_of_the_settings_and_ask_it_once_for_each_close(
    server: ExchangeServer, tmp_path: Path
) -> None:
    config = TradingConfig.model_validate({"exchange": {"url": server.url, "candles_from": "kucoin"}})
    candles = VenueCandles(ChartVenue(config, HomePaths(tmp_path), SystemClock(), Redactor()).open)
    server.admin.clear_counters()
    newest = candles("BTC", "1week", 20)
    assert len(newest) == 20
    assert len(candles("BTC", "1week", 20)) == 20
    assert server.admin.counters()[CANDLES] == 1
    older = candles("BTC", "1week", 5, utc_of(int(newest.open_time_s[0])))
    assert older.open_time_s[-1] + older.interval_s == newest.open_time_s[0]
    assert server.admin.counters()[CANDLES] == 2
