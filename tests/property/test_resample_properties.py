"""Resampling against a plain, slow rule, and the replay market against a market without a future."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock
from powertrader.market.replay import ReplayMarket
from powertrader.market.resample import Weekday, resample, resample_counted
from powertrader.models.candle import Candle, Candles
from powertrader.models.timeframe import TIMEFRAMES, Timeframe

LENGTHS = (*TIMEFRAMES,)
LONGER = LENGTHS[1:]
START_HOUR = 473_352  # 2024-01-01 00:00 UTC, a Monday


def candles_at(hours: list[int], seed: int) -> Candles:
    draw = np.random.default_rng(seed)
    low, spans = draw.integers(1, 1000, len(hours)) / 8, draw.integers(0, 100, (3, len(hours))) / 8
    opened, closed = low + spans[0], low + spans[1]
    high = np.maximum(opened, closed) + spans[2]
    times = (START_HOUR + np.array(hours, dtype=np.int64)) * 3600
    return Candles(times, opened, high, low, closed, draw.integers(0, 9, len(hours)) / 4, 3600)


@st.composite
def gappy(draw: st.DrawFn, longest: int = 600) -> Candles:
    first = draw(st.integers(0, 400))
    count = draw(st.integers(1, longest))
    gone = draw(st.sets(st.integers(1, count), max_size=20))
    hours = [first + hour for hour in range(count) if hour not in gone]
    return candles_at(hours, draw(st.integers(0, 2**32 - 1)))


@st.composite
def unbroken(draw: st.DrawFn) -> Candles:
    first, count = draw(st.integers(0, 400)), draw(st.integers(1, 900))
    return candles_at(list(range(first, first + count)), draw(st.integers(0, 2**32 - 1)))


def as_tuples(candles: Candles) -> list[Candle]:
    return list(candles)


@dataclass
class Group:
    """A longer candle while the slow rule fills it."""

    start_s: int
    members: list[Candle]


def slowly(candles: Candles, timeframe: Timeframe, week_start: Weekday) -> list[Candle]:
    """Join candles one by one, as one would with paper and calendar."""
    groups: list[Group] = []
    for candle in candles:
        opened = datetime.fromtimestamp(candle.open_time_s, UTC)
        midnight = int(opened.replace(hour=0).timestamp())
        if timeframe is Timeframe.WEEK_1:
            start_s = midnight - (opened.weekday() - week_start) % 7 * 86400
        else:
            length = min(timeframe.seconds, 86400)
            start_s = midnight + (candle.open_time_s - midnight) // length * length
        if not groups or groups[-1].start_s != start_s:
            groups.append(Group(start_s, []))
        groups[-1].members.append(candle)
    if groups and groups[0].members[0].open_time_s != groups[0].start_s:
        groups.pop(0)
    end_s = int(candles.open_time_s[-1]) + 3600
    return [
        Candle(
            group.start_s,
            group.members[0].open,
            max(member.high for member in group.members),
            min(member.low for member in group.members),
            group.members[-1].close,
            sum(member.volume for member in group.members),
        )
        for group in groups
        if group.start_s + timeframe.seconds <= end_s
    ]


@given(gappy(), st.sampled_from(LONGER), st.sampled_from(list(Weekday)))
def test_fast_and_slow_resampling_agree_on_every_candle(
    candles: Candles, timeframe: Timeframe, week_start: Weekday
) -> None:
    assert as_tuples(resample(candles, timeframe, week_start=week_start)) == slowly(
        candles, timeframe, week_start
    )


@given(unbroken(), st.sampled_from([Timeframe.HOUR_2, Timeframe.HOUR_4, Timeframe.HOUR_8, Timeframe.HOUR_12]))
def test_the_way_over_a_shorter_candle_makes_no_difference(candles: Candles, between: Timeframe) -> None:
    joined = resample(candles, between)
    for timeframe in (Timeframe.DAY_1, Timeframe.WEEK_1):
        assert as_tuples(resample(joined, timeframe)) == as_tuples(resample(candles, timeframe))


@given(gappy(), st.sampled_from(LONGER))
def test_no_volume_is_lost_or_made_between_first_and_last_group(
    candles: Candles, timeframe: Timeframe
) -> None:
    made = resample_counted(candles, timeframe.seconds)
    if not len(made.candles):
        return
    first, last = int(made.candles.open_time_s[0]), int(made.candles.open_time_s[-1]) + timeframe.seconds
    inside = (candles.open_time_s >= first) & (candles.open_time_s < last)
    assert made.candles.volume.sum() == candles.volume[inside].sum()
    assert int(made.members.sum()) == int(inside.sum())
    assert made.missing >= 0


def everything_shown(market: ReplayMarket) -> list[object]:
    """All that the market says at this moment."""
    shown: list[object] = []
    for coin in market.coins:
        shown.append(market.quote(coin))
        for timeframe in LENGTHS:
            shown += [
                market.latest_closed(coin, timeframe),
                as_tuples(market.closed_candles(coin, timeframe)),
            ]
    return shown


@given(gappy(200), gappy(200), st.data())
def test_what_is_shown_does_not_change_when_the_future_is_removed_or_altered(
    btc: Candles, eth: Candles, data: st.DataObject
) -> None:
    hour = data.draw(st.integers(START_HOUR, START_HOUR + 650))
    second = data.draw(st.sampled_from([0, 0, 1, 1800, 3599]))
    now = datetime.fromtimestamp(hour * 3600 + second, UTC)
    known = {"BTC": btc, "ETH": eth}
    past = {coin: candles.closed_by(now.timestamp()) for coin, candles in known.items()}
    past = {coin: candles for coin, candles in past.items() if len(candles)}
    other = {coin: altered_after(known[coin], len(candles)) for coin, candles in past.items()}
    whole = {coin: known[coin] for coin in past}
    full, without, changed = (
        everything_shown(ReplayMarket(given, ManualClock(now), spread_pct=0.1))
        for given in (whole, past, other)
    )
    assert full == without == changed


def altered_after(candles: Candles, known: int) -> Candles:
    later = np.arange(len(candles)) >= known
    factor = np.where(later, 3.0, 1.0)
    prices = [column * factor for column in (candles.open, candles.high, candles.low, candles.close)]
    return Candles(
        candles.open_time_s, prices[0], prices[1], prices[2], prices[3], candles.volume * factor, 3600
    )


@given(gappy(300), st.sampled_from(LENGTHS))
def test_a_candle_is_shown_at_its_close_and_at_no_step_before(candles: Candles, timeframe: Timeframe) -> None:
    start = datetime.fromtimestamp(int(candles.open_time_s[0]), UTC)
    clock = ManualClock(start)
    market = ReplayMarket({"BTC": candles}, clock)
    after_all = ManualClock(datetime(9000, 1, 1, tzinfo=UTC))
    every = ReplayMarket({"BTC": candles}, after_all).closed_candles("BTC", timeframe)
    closes = [opened + timeframe.seconds for opened in every.open_time_s.tolist()]
    for step in market.steps(
        start, datetime.fromtimestamp(int(candles.open_time_s[-1]) + 3600, UTC)
    ).tolist():
        clock.move_to(datetime.fromtimestamp(step, UTC))
        newest = market.latest_closed("BTC", timeframe)
        seen = market.closed_candles("BTC", timeframe)
        assert len(seen) == len([close for close in closes if close <= step])
        assert newest == (seen.at(-1) if len(seen) else None)
        if newest is not None:
            assert newest.open_time_s + timeframe.seconds <= step
