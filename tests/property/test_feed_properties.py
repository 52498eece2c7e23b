"""Asking seldom gives the signals that asking for everything in every sweep gives."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock
from powertrader.models.account import Quote
from powertrader.models.memory import PatternMemory
from powertrader.models.signal import Signal
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.thinker.candle_feed import CandleFeed
from powertrader.thinker.session import CoinTraining, ThinkerSession
from powertrader.thinker.signal_engine import CoinView, SignalEngine
from tests.unit.thinker.feed_market import MONDAY, FeedMarket

COINS: Final = ("BTC", "ETH")
HOURS: Final = 30
LOOKS_S: Final = (0, 2, 7, 22, 60, 1800)
"""When a worker looks after each full hour; a step every second would only make the test slow."""
SETTLED_S: Final = 60


def learnt(seed: int) -> PatternMemory:
    draw = np.random.default_rng(seed)
    body, close_move = draw.normal(0, 2, 60), draw.normal(0, 1, 60)
    return PatternMemory(body, close_move, np.abs(close_move) + 0.5, close_move - 1.0, 60.0)


MEMORIES: Final[Mapping[Timeframe, PatternMemory]] = {
    timeframe: learnt(seed) for seed, timeframe in enumerate(TIMEFRAMES)
}


def fetched_whole(engine: SignalEngine, venue: FeedMarket, coin: str, ask: float) -> Signal | None:
    """Make the signal from candles that are all asked for now, as the original does in every sweep."""
    candles = [venue.published(coin, timeframe) for timeframe in TIMEFRAMES]
    known = tuple([candle for candle in candles if candle is not None])
    view = CoinView(coin, known, tuple(MEMORIES.values()), ask)
    return engine.generate_signal(view, venue.clock.now())


@given(
    delay_s=st.sampled_from([0.0, 1.0, 5.0, 20.0]),
    missing=st.sets(st.tuples(st.sampled_from(TIMEFRAMES[:4]), st.integers(0, HOURS)), max_size=8),
    asks=st.lists(st.floats(85, 115), min_size=HOURS, max_size=HOURS),
)
@settings(max_examples=25)
def test_signals_are_those_of_fetching_everything_in_every_sweep(
    delay_s: float, missing: set[tuple[Timeframe, int]], asks: list[float]
) -> None:
    clock = ManualClock(MONDAY)
    venue = FeedMarket(clock, delay_s)
    for timeframe, place in missing:
        length = timeframe.seconds
        opened = (int(MONDAY.timestamp()) // length + place * 3600 // length) * length
        venue.left_out[timeframe].add(opened)
    engine = SignalEngine("safe")
    feed = CandleFeed(venue, clock, clock)
    session = ThinkerSession(engine, feed, lambda _coin: CoinTraining(MONDAY.timestamp(), MEMORIES))
    session.set_coins(COINS)
    start_s = MONDAY.timestamp()
    for hour, ask in enumerate(asks):
        for after_s in LOOKS_S:
            clock.sleep(start_s + hour * 3600 + after_s - clock.now().timestamp())
            feed.begin_step()
            step = session.step(clock.now(), dict.fromkeys(COINS, Quote(ask * 0.999, ask)))
            if delay_s == 0 or after_s >= SETTLED_S:
                assert set(step.signals) == set(COINS)
                for coin in COINS:
                    assert step.signals.get(coin) == fetched_whole(engine, venue, coin, ask)
    # of all these looks only those near a close, and those for what was late or left out, cost a request
    assert venue.asked.total() < len(asks) * len(LOOKS_S) * len(COINS) * len(TIMEFRAMES) / 3
