"""What every MarketDataClient must do, whatever is behind it.

A test class of an implementation inherits from MarketClientContract and gives a `market` fixture: a
MarketGround whose coins have a price and closed candles of every timeframe in `timeframes`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, PairRefused
from powertrader.core.market_client import MarketDataClient
from powertrader.models.timeframe import TIMEFRAMES, Timeframe

UNKNOWN = "NOSUCHCOIN"


@dataclass(frozen=True, slots=True)
class MarketGround:
    """A client, the market's time as it must see it, and what the market has.

    still: whether market time stands still, so that two answers may be compared.
    """

    client: MarketDataClient
    clock: Clock
    coins: tuple[str, ...]
    timeframes: Sequence[Timeframe] = TIMEFRAMES
    still: bool = True


class MarketClientContract(ABC):
    """The laws of the port."""

    @pytest.fixture
    @abstractmethod
    def market(self) -> MarketGround:
        """A client as described above."""

    def test_quotes_of_several_coins_come_at_once_and_an_unknown_coin_is_left_out(
        self, market: MarketGround
    ) -> None:
        quotes = market.client.get_quotes((*market.coins, UNKNOWN))
        assert set(quotes) == set(market.coins)
        assert all(0 < quote.bid <= quote.ask for quote in quotes.values())

    def test_a_single_coin_has_the_same_kind_of_quote(self, market: MarketGround) -> None:
        coin = market.coins[0]
        alone = market.client.get_quotes((coin,))
        assert set(alone) == {coin}
        together = market.client.get_quotes(market.coins)[coin]
        assert alone[coin].bid == pytest.approx(together.bid, rel=0.2)

    def test_no_coins_have_no_quotes(self, market: MarketGround) -> None:
        assert dict(market.client.get_quotes(())) == {}

    def test_an_unknown_coin_alone_has_no_quote_or_is_refused(self, market: MarketGround) -> None:
        try:
            quotes = market.client.get_quotes((UNKNOWN,))
        except PairRefused:
            return
        assert dict(quotes) == {}

    def test_the_newest_closed_candle_has_closed_and_is_the_last_that_did(self, market: MarketGround) -> None:
        for timeframe in market.timeframes:
            before_s = market.clock.now().timestamp()
            candle = market.client.latest_closed(market.coins[0], timeframe)
            after_s = market.clock.now().timestamp()
            assert candle is not None, timeframe
            closed_s = candle.open_time_s + timeframe.seconds
            assert closed_s <= after_s
            assert closed_s > before_s - timeframe.seconds - 1
            assert 0 < candle.low <= min(candle.open, candle.close)
            assert candle.high >= max(candle.open, candle.close)
            assert candle.volume >= 0

    def test_a_history_is_oldest_first_whole_and_closed(self, market: MarketGround) -> None:
        for timeframe in market.timeframes:
            history = market.client.history(market.coins[0], timeframe)
            candles = history.candles
            assert candles.interval_s == timeframe.seconds
            assert len(candles) >= 1
            assert bool(np.all(np.diff(candles.open_time_s) >= timeframe.seconds))
            closes_s = int(candles.open_time_s[-1]) + timeframe.seconds
            assert closes_s <= market.clock.now().timestamp()
            prices = np.stack([candles.open, candles.high, candles.low, candles.close])
            assert bool(np.all(np.isfinite(prices) & (prices > 0)))
            assert bool(np.all(candles.low <= prices.min(axis=0)))
            assert bool(np.all(candles.high >= prices.max(axis=0)))
            assert bool(np.all(np.isfinite(candles.volume) & (candles.volume >= 0)))

    def test_a_history_counts_every_row_that_was_downloaded(self, market: MarketGround) -> None:
        history = market.client.history(market.coins[0], market.timeframes[0])
        assert history.rows_counted >= len(history.candles)
        assert bool(np.all(np.diff(history.row_number) < 0))
        assert int(history.row_number[-1]) >= 0
        assert int(history.row_number[0]) < history.rows_counted

    def test_the_history_ends_with_the_newest_closed_candle(self, market: MarketGround) -> None:
        if not market.still:
            pytest.skip("market time runs between the two answers")
        for timeframe in market.timeframes:
            newest = market.client.latest_closed(market.coins[0], timeframe)
            assert market.client.history(market.coins[0], timeframe).candles.at(-1) == newest

    def test_coins_do_not_share_their_candles(self, market: MarketGround) -> None:
        timeframe = market.timeframes[-1]
        closes = [market.client.history(coin, timeframe).candles.close[-1] for coin in market.coins]
        assert len(set(closes)) == len(market.coins)

    def test_a_coin_without_candles_has_no_history(self, market: MarketGround) -> None:
        with pytest.raises((BadData, PairRefused), match=UNKNOWN):
            market.client.history(UNKNOWN, market.timeframes[0])
