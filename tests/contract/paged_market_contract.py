"""What every PagedMarketClient must do beside a MarketDataClient: its pages, kept, are its history.

A test class inherits from PagedMarketContract in place of MarketClientContract.
"""

import time
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from powertrader.core.candle_pages import CandlePager
from powertrader.core.exceptions import BadData, PairRefused
from powertrader.core.storage import FileStore
from powertrader.market.history import CandleShelf, KeptHistory
from powertrader.models.timeframe import ChartTimeframe, Timeframe
from tests.contract.market_client_contract import UNKNOWN, MarketClientContract, MarketGround

EDGE_S = 2
"""In the second a candle begins, whether it is there already is chance."""


def pager_of(market: MarketGround) -> CandlePager:
    """Give the client as one that gives pages."""
    return cast("CandlePager", market.client)


def inside_a_candle_s(market: MarketGround) -> int:
    """Give the market's time once no candle has begun within the last two seconds."""
    while (now_s := int(market.clock.now().timestamp())) % Timeframe.HOUR_1.seconds < EDGE_S:
        time.sleep(0.05)
    return now_s


class PagedMarketContract(MarketClientContract):
    """The laws of both ports."""

    def test_kept_pages_are_the_history_that_the_client_itself_reads(
        self, market: MarketGround, tmp_path: Path
    ) -> None:
        coin = market.coins[0]
        shelf = CandleShelf(FileStore(), tmp_path, "USDT", "venue")
        for timeframe in market.timeframes:
            as_of_s = inside_a_candle_s(market)
            kept = KeptHistory(shelf, pager_of(market), as_of_s).history(coin, timeframe)
            whole = market.client.history(coin, timeframe)
            assert kept.candles.open_time_s.tolist() == whole.candles.open_time_s.tolist(), timeframe
            assert kept.candles.close.tolist() == whole.candles.close.tolist()
            assert kept.candles.volume.tolist() == whole.candles.volume.tolist()
            assert (kept.row_number.tolist(), kept.rows_counted) == (
                whole.row_number.tolist(),
                whole.rows_counted,
            )

    def test_a_page_holds_what_opened_in_its_time_oldest_first_and_the_running_candle(
        self, market: MarketGround
    ) -> None:
        end_s = inside_a_candle_s(market)
        opened = range(end_s - 20 * Timeframe.HOUR_4.seconds, end_s)
        page = pager_of(market).candle_page(market.coins[0], Timeframe.HOUR_4, opened)
        times = [int(row[0]) for row in page if row is not None]
        assert times == sorted(set(times))
        assert len(times) == 20
        assert all(time_s in opened for time_s in times)
        assert times[-1] + Timeframe.HOUR_4.seconds > end_s

    @pytest.mark.parametrize("length", list(ChartTimeframe))
    def test_charts_may_ask_for_lengths_that_nothing_is_learnt_from(
        self, market: MarketGround, length: ChartTimeframe
    ) -> None:
        end_s = inside_a_candle_s(market)
        opened = range(end_s - 9 * length.seconds, end_s)
        page = pager_of(market).candle_page(market.coins[0], length, opened)
        times = [int(row[0]) for row in page if row is not None]
        # the markets of this suite know nothing shorter than an hour, but take the venue's name for it
        assert len(times) == 9 or length.seconds < Timeframe.HOUR_1.seconds
        assert all(time_s in opened for time_s in times)
        assert {after - before for before, after in pairwise(times)} <= {length.seconds}

    def test_a_coin_without_candles_has_no_pages(self, market: MarketGround) -> None:
        with pytest.raises((BadData, PairRefused), match=UNKNOWN):
            pager_of(market).candle_page(UNKNOWN, Timeframe.HOUR_1, range(1_700_000_000, 1_700_007_200))
