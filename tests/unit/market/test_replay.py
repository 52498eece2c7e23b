"""The replayed market at chosen moments."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import BadData
from powertrader.market.replay import ReplayMarket
from powertrader.market.resample import Weekday, resample
from powertrader.models.candle import Candle, Candles
from powertrader.models.costs import CostTier
from powertrader.models.timeframe import TIMEFRAMES, Timeframe

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def hours(*numbers: int, price: float = 100.0, interval_s: int = 3600) -> Candles:
    """Candles that open so many intervals after MONDAY and close at price plus that number."""
    close = price + np.array(numbers, dtype=np.float64)
    times = int(MONDAY.timestamp()) + interval_s * np.array(numbers, dtype=np.int64)
    return Candles(times, close, close, close, close, close, interval_s)


def after(hour: float) -> datetime:
    return MONDAY + timedelta(hours=hour)


def test_a_candle_is_seen_from_the_second_it_closes() -> None:
    clock = ManualClock(after(1) - timedelta(seconds=1))
    market = ReplayMarket({"BTC": hours(0, 1)}, clock)
    assert market.latest_closed("BTC", Timeframe.HOUR_1) is None
    clock.move_to(after(1))
    newest = market.latest_closed("BTC", Timeframe.HOUR_1)
    assert newest is not None
    assert newest.close == 100
    clock.move_to(after(1.99))
    assert market.latest_closed("BTC", Timeframe.HOUR_1) == newest


def test_bid_and_ask_lie_half_a_spread_around_the_close() -> None:
    market = ReplayMarket({"BTC": hours(0)}, ManualClock(after(1)), spread_pct=0.5)
    quote = market.quote("BTC")
    assert quote is not None
    assert quote.bid == pytest.approx(99.75, rel=1e-15)
    assert quote.ask == pytest.approx(100.25, rel=1e-15)


def test_without_a_spread_bid_and_ask_are_the_close_itself() -> None:
    quote = ReplayMarket({"BTC": hours(0, price=0.1)}, ManualClock(after(1))).quote("BTC")
    assert quote is not None
    assert (quote.bid, quote.ask) == (0.1, 0.1)


@pytest.mark.parametrize(
    "hour, priced",
    [
        (0.5, False),
        (1, True),
        (1.9, True),
        (2, True),
        (3, False),
        (3.5, False),
        (4, True),
        (4.9, True),
        (5, False),
    ],
)
def test_a_coin_has_no_price_before_its_first_candle_in_a_gap_and_after_its_last(
    hour: float, priced: bool
) -> None:
    market = ReplayMarket({"BTC": hours(0, 1, 3), "ETH": hours(*range(9))}, ManualClock(after(hour)))
    assert (market.quote("BTC") is not None) == priced
    assert ("BTC" in market.get_quotes(["BTC", "ETH"])) == priced


def test_an_unknown_coin_has_no_price_no_candle_and_no_history() -> None:
    market = ReplayMarket({"BTC": hours(0)}, ManualClock(after(1)))
    assert market.quote("DOGE") is None
    assert market.get_quotes(["DOGE"]) == {}
    assert market.latest_closed("DOGE", Timeframe.HOUR_1) is None
    with pytest.raises(BadData, match=r"no candles of DOGE for 1hour.*the coins are BTC"):
        market.history("DOGE", Timeframe.HOUR_1)


def test_steps_are_the_closes_of_all_coins_each_once_within_both_ends() -> None:
    market = ReplayMarket({"BTC": hours(0, 1, 3), "ETH": hours(1, 2, 8)}, ManualClock(MONDAY))
    steps = [datetime.fromtimestamp(step, UTC) for step in market.steps(after(2), after(8)).tolist()]
    assert steps == [after(2), after(3), after(4)]
    assert len(market.steps(after(20), after(30))) == 0


def test_a_candle_of_every_timeframe_is_there_from_its_close_and_not_a_second_before() -> None:
    clock = ManualClock(MONDAY)
    market = ReplayMarket({"BTC": hours(*range(200))}, clock)
    for timeframe in TIMEFRAMES:
        clock.move_to(MONDAY + timedelta(seconds=timeframe.seconds - 1))
        assert market.latest_closed("BTC", timeframe) is None
        clock.move_to(MONDAY + timedelta(seconds=timeframe.seconds))
        newest = market.latest_closed("BTC", timeframe)
        assert newest is not None
        assert newest.open_time_s == int(MONDAY.timestamp())


def test_a_longer_candle_closes_on_time_though_its_last_hour_is_missing() -> None:
    clock = ManualClock(after(3.9))
    market = ReplayMarket({"BTC": hours(0, 1, 2)}, clock)
    assert market.latest_closed("BTC", Timeframe.HOUR_4) is None
    clock.move_to(after(4))
    newest = market.latest_closed("BTC", Timeframe.HOUR_4)
    assert newest is not None
    assert (newest.open, newest.close) == (100, 102)


def test_history_has_every_closed_candle_and_one_running_row() -> None:
    market = ReplayMarket({"BTC": hours(*range(10))}, ManualClock(after(9)))
    history = market.history("BTC", Timeframe.HOUR_4)
    assert history.candles.close.tolist() == [103, 107]
    assert history.row_number.tolist() == [2, 1]
    assert history.rows_counted == 3


def test_history_without_a_closed_candle_is_an_error() -> None:
    market = ReplayMarket({"BTC": hours(*range(10))}, ManualClock(after(2)))
    with pytest.raises(BadData, match="BTC has no closed candle of 1day at 2024-01-01 02:00"):
        market.history("BTC", Timeframe.DAY_1)


def test_candles_longer_than_a_timeframe_do_not_make_it() -> None:
    market = ReplayMarket({"BTC": hours(*range(9), interval_s=14400)}, ManualClock(after(8)))
    assert market.timeframes("BTC") == tuple(Timeframe)[2:]
    assert market.latest_closed("BTC", Timeframe.HOUR_1) is None
    with pytest.raises(BadData, match="no candles of BTC for 1hour, its candles make 4hour"):
        market.closed_candles("BTC", Timeframe.HOUR_1)


def test_candles_finer_than_an_hour_give_steps_of_their_own_length() -> None:
    clock = ManualClock(after(1))
    market = ReplayMarket({"BTC": hours(*range(12), interval_s=900)}, clock)
    assert len(market.steps(after(0), after(1))) == 4
    newest = market.latest_closed("BTC", Timeframe.HOUR_1)
    assert newest is not None
    assert (newest.open, newest.close) == (100, 103)


def test_weeks_follow_the_day_asked_for() -> None:
    given = hours(*range(24 * 20))
    market = ReplayMarket({"BTC": given}, ManualClock(after(24 * 20)), week_start=Weekday.THURSDAY)
    expected = resample(given, Timeframe.WEEK_1, week_start=Weekday.THURSDAY)
    shown = market.closed_candles("BTC", Timeframe.WEEK_1)
    assert shown.open_time_s.tolist() == expected.open_time_s.tolist()
    assert len(shown) == 2


def test_what_the_market_shows_cannot_be_written_to_and_the_given_candles_stay_writable() -> None:
    given = hours(0, 1)
    market = ReplayMarket({"BTC": given}, ManualClock(after(1)))
    shown = market.closed_candles("BTC", Timeframe.HOUR_1)
    with pytest.raises(ValueError, match="read-only"):
        shown.close[0] = 1
    assert np.shares_memory(shown.close, given.close)
    given.volume[1] = 7


def test_a_coin_without_candles_and_an_impossible_spread_are_refused() -> None:
    with pytest.raises(BadData, match="DOGE has no candles"):
        ReplayMarket({"DOGE": hours()}, ManualClock(MONDAY))
    for spread in (-0.1, 200, float("nan")):
        with pytest.raises(ValueError, match="spread_pct was"):
            ReplayMarket({}, ManualClock(MONDAY), spread_pct=spread)


def test_a_market_without_coins_has_no_steps() -> None:
    assert len(ReplayMarket({}, ManualClock(MONDAY)).steps(MONDAY, after(99))) == 0


def test_the_spread_is_wider_where_little_is_traded_in_an_hour() -> None:
    tiers = (CostTier(2_000.0, 2.0), CostTier(30_000.0, 1.0))
    flat = np.full(4, 100.0)
    times = int(MONDAY.timestamp()) + 1800 * np.arange(4, dtype=np.int64)
    candles = Candles(times, flat, flat, flat, flat, np.array([5.0, 10.0, 150.0, 0.0]), 1800)
    clock = ManualClock(MONDAY)
    market = ReplayMarket({"BTC": candles}, clock, spread_pct=0.0, spread_tiers=tiers)
    asks = []
    for _ in range(4):
        clock.sleep(1800)
        quote = market.quote("BTC")
        assert quote is not None
        asks.append(quote.ask)
    assert asks == pytest.approx([101.0, 100.5, 100.0, 100.0], rel=1e-15)


@pytest.mark.parametrize("tiers", [(CostTier(1.0, 99.0),)])
def test_a_spread_of_the_whole_price_is_refused_in_a_tier_too(tiers: tuple[CostTier, ...]) -> None:
    with pytest.raises(ValueError, match=r"spread_pct was 249\.0"):
        ReplayMarket({"BTC": hours(0)}, ManualClock(MONDAY), spread_pct=150, spread_tiers=tiers)


def test_the_volume_is_that_of_the_newest_closed_candle_and_none_when_no_file_says_so() -> None:
    clock = ManualClock(MONDAY)
    flat = np.full(2, 100.0)
    times = int(MONDAY.timestamp()) + 3600 * np.arange(2, dtype=np.int64)
    market = ReplayMarket({"BTC": Candles(times, flat, flat, flat, flat, np.array([7.0, 0.0]), 3600)}, clock)
    assert market.volume("BTC") is None
    clock.move_to(after(1.5))
    assert market.volume("BTC") == 7.0
    clock.move_to(after(2))
    assert market.volume("BTC") is None
    assert market.volume("NONE") is None


def test_what_was_traded_between_two_times_is_one_candle_of_those_that_began_and_ended_within() -> None:
    clock = ManualClock(after(10))
    flat = np.array([10.0, 11.0, 12.0, 13.0])
    times = int(MONDAY.timestamp()) + 3600 * np.arange(4, dtype=np.int64)
    candles = Candles(times, flat, flat + 5, flat - np.array([1.0, 9.0, 1.0, 1.0]), flat + 1, flat, 3600)
    market = ReplayMarket({"BTC": candles}, clock)
    whole = Candle(int(after(1).timestamp()), 11.0, 17.0, 2.0, 13.0, 23.0)
    assert market.traded("BTC", after(0.5), after(3.5)) == (whole, after(3))
    assert market.traded("BTC", after(0.5), after(1.5)) is None
    assert market.traded("BTC", after(4), after(9)) is None
    assert market.traded("NONE", after(0), after(9)) is None


def test_what_is_traded_later_than_now_is_not_known() -> None:
    market = ReplayMarket({"BTC": hours(0, 1, 2)}, ManualClock(after(2)))
    found = market.traded("BTC", MONDAY, after(9))
    assert found is not None
    assert found[1] == after(2)
