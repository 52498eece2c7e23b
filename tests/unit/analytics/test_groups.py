"""Trips, and what they have in common."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from powertrader.analytics.backdrop import Backdrop, SignalLevels
from powertrader.analytics.groups import groups_of, months_of
from powertrader.analytics.performance import EquityCurve
from powertrader.analytics.regimes import regimes_at
from powertrader.analytics.trips import trips_of
from powertrader.models.candle import Candles
from tests.unit.analytics.trade_rows import trades

DAY = 86400


def candles(closes: list[float]) -> Candles:
    """Daily candles from 1970-01-01 on."""
    close = np.array(closes)
    return Candles(np.arange(len(close), dtype=np.int64) * DAY, close, close, close, close, close, DAY)


def test_a_sale_that_leaves_more_than_a_rest_does_not_end_a_trip() -> None:
    sold = [
        (1, "BTC", "entry", 10.0, 2.0, 0.02, 0.0),
        (5, "BTC", "trailing_exit", 11.0, 1.0, 0.01, 0.9),
        (9, "BTC", "trailing_exit", 12.0, 0.995, 0.01, 1.9),
        (20, "BTC", "trailing_exit", 12.0, 0.003, 0.0, 0.01),
    ]
    trips = trips_of(trades(sold))
    assert len(trips) == 1
    assert (trips.opened_s.tolist(), trips.closed_s.tolist()) == ([1], [9])
    assert trips.profit.tolist() == pytest.approx([2.8])
    assert len(trips.open_coin) == 0


def test_the_fee_of_a_purchase_was_taken_from_the_coins() -> None:
    # 2 % of 1 coin is gone: what is sold, 0.98, ends the trip
    dear = trades(
        [(1, "ETH", "entry", 100.0, 1.0, 2.0, 0.0), (2, "ETH", "trailing_exit", 110.0, 0.98, 2.2, 5.6)]
    )
    assert len(trips_of(dear)) == 1


def test_columns_of_different_lengths_are_refused() -> None:
    one = trades([(1, "BTC", "entry", 10.0, 2.0, 0.02, 0.0)])
    with pytest.raises(ValueError, match="column fee has 2 rows, time_s has 1"):
        replace(one, fee=np.zeros(2))


def test_a_market_is_named_by_the_thirty_days_before() -> None:
    rising = candles([100.0] * 31 + [109.0, 110.0, 110.0])
    times = np.array([30, 31, 32, 33, 34]) * DAY
    assert regimes_at(rising, times) == ["unknown", "sideways", "sideways", "rising", "rising"]
    falling = candles([100.0] * 31 + [90.0])
    assert regimes_at(falling, np.array([32 * DAY])) == ["falling"]
    assert regimes_at(candles([]), times) == ["unknown"] * 5


def test_later_candles_do_not_change_what_a_market_was() -> None:
    whole = candles([100.0 + day for day in range(60)])
    times = np.array([40 * DAY, 45 * DAY + 7])
    assert regimes_at(whole, times) == regimes_at(whole.between(0, 45), times)


def test_trips_are_grouped_by_what_they_have_in_common() -> None:
    rows = [
        (32 * DAY, "BTC", "entry", 10.0, 1.0, 0.0, 0.0),
        (33 * DAY, "ETH", "entry", 10.0, 1.0, 0.0, 0.0),
        (34 * DAY, "BTC", "dca_hard_1", 10.0, 1.0, 0.0, 0.0),
        (35 * DAY, "ETH", "trailing_exit", 9.0, 1.0, 0.0, -1.0),
        (36 * DAY, "BTC", "trailing_exit", 12.0, 2.0, 0.0, 4.0),
    ]
    known = trades(rows)
    market = {"BTC": candles([100.0] * 31 + [120.0] * 10)}
    levels = {"BTC": SignalLevels(np.array([31, 32, 33]) * DAY, np.array([3, 5, 4], dtype=np.int8))}
    # a day's volume is the price: 120 * 120 / 24 = 600 an hour on day 32
    found = groups_of(known, trips_of(known), Backdrop(market, levels, (500.0, 1000.0)))
    told = {
        by: [(one.name, one.trips, one.wins, one.profit) for one in groups] for by, groups in found.items()
    }
    assert told == {
        "coin": [("BTC", 1, 1, 4.0), ("ETH", 1, 0, -1.0)],
        "reason": [("trailing_exit", 2, 1, 3.0)],
        "stage": [("0", 1, 0, -1.0), ("1", 1, 1, 4.0)],
        "signal": [("5", 1, 1, 4.0), ("unknown", 1, 0, -1.0)],
        "regime": [("rising", 1, 1, 4.0), ("unknown", 1, 0, -1.0)],
        "tier": [("below 1,000", 1, 1, 4.0), ("unknown", 1, 0, -1.0)],
    }
    assert [one.hold_hours_mean for one in found["coin"]] == [96.0, 48.0]


def test_what_was_not_known_yet_is_no_signal_and_no_tier() -> None:
    levels = {"BTC": SignalLevels(np.array([20, 30, 40]), np.array([7, -1, 0], dtype=np.int8))}
    backdrop = Backdrop({"BTC": candles([10.0, 20.0, 40.0])}, levels, (10.0,))
    assert backdrop.signals("BTC", np.array([19, 20, 29, 30, 41])) == ["unknown", "7", "7", "unknown", "0"]
    # 10 * 10 / 24 is below 10 an hour, 20 * 20 / 24 is not
    times = np.array([DAY - 1, DAY, 2 * DAY - 1, 2 * DAY])
    assert backdrop.tiers("BTC", times) == ["unknown", "below 10", "below 10", "from 10"]
    assert Backdrop(backdrop.candles).tiers("BTC", times) == ["unknown", "any", "any", "any"]
    assert backdrop.tiers("ETH", times) == backdrop.signals("ETH", times) == ["unknown"] * 4


def test_no_levels_give_no_groups_by_signal() -> None:
    known = trades(
        [(1, "BTC", "entry", 10.0, 1.0, 0.0, 0.0), (2, "BTC", "trailing_exit", 12.0, 1.0, 0.0, 2.0)]
    )
    assert groups_of(known, trips_of(known), Backdrop({}))["signal"] == ()


def test_a_month_ends_with_its_last_midnight() -> None:
    february, march = (int(datetime(2022, month, 1, tzinfo=UTC).timestamp()) for month in (2, 3))
    times = np.array([february - 3600, february, february + 3600, march])
    equity = np.array([101.0, 110.0, 99.0, 121.0])
    known = trades(
        [
            (february - 3600, "BTC", "entry", 10.0, 1.0, 0.0, 0.0),
            (february, "BTC", "trailing_exit", 12.0, 1.0, 0.0, 2.0),
        ]
    )
    months = months_of(EquityCurve("1h", 100.0, times, equity), trips_of(known))
    assert [(one.name, one.trips, one.profit) for one in months] == [("2022-01", 1, 2.0), ("2022-02", 0, 0.0)]
    assert [one.return_pct for one in months] == pytest.approx([10.0, 10.0])
    assert months_of(EquityCurve("1h", 100.0, times[:0], equity[:0]), trips_of(known)) == ()
