"""Which publications are compared, when a difference counts, and that it is told once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from powertrader.models.account import Quote
from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.shadow.finding import Finding
from powertrader.shadow.levels import prospects_of
from powertrader.shadow.our_thinker import CoinInputs
from powertrader.shadow.prices import SeenPrices
from powertrader.shadow.published import Published
from powertrader.shadow.signal_watch import SignalWatch
from powertrader.shadow.timing import ShadowTiming
from powertrader.thinker.session import CoinTraining
from tests.unit.shadow.memories import memory_of

TIMING: Final = ShadowTiming()
START_S: Final = 1_000_000.0


def inputs(low: float = 2.0, *, damaged: bool = False) -> CoinInputs:
    """Give what follows from candles at 100 and memories that expect a low so much higher."""
    candles = [Candle(0, 100.0, 101.0, 99.0, 100.5) for _ in TIMEFRAMES]
    memories: dict[object, PatternMemory] = {}
    lows = (low, 3.0, 4.0, -3.0, -4.0, -6.0, -8.0)
    for timeframe, each in zip(TIMEFRAMES, lows, strict=True):
        memories[timeframe] = memory_of(each, damaged=damaged and timeframe is TIMEFRAMES[0])
    training = CoinTraining(START_S, memories)  # type: ignore[arg-type]  # the keys are timeframes
    return CoinInputs(prospects_of(candles, training), START_S - 10_000)


class Beside:
    """A watch that sees a price of 100 each second."""

    def __init__(self) -> None:
        self.prices = SeenPrices(1000.0)
        self.watch = SignalWatch(TIMING, self.prices)
        for second in range(-60, 400):
            self.prices.take(START_S + second, {"BTC": Quote(99.9, 100.0)})

    def see(
        self, published: Published | None, now_s: float, known: CoinInputs | str | None = None
    ) -> list[Finding]:
        found: Iterator[Finding] = self.watch.look(
            "BTC", published, inputs() if known is None else known, datetime.fromtimestamp(now_s, UTC)
        )
        return list(found)


def publication(at_s: float, known: CoinInputs | None = None) -> Published:
    prospect = (inputs() if known is None else known).prospects.original
    levels, bounds = prospect.at(100.0), prospect.bounds
    assert bounds is not None
    return Published(
        levels.long, levels.short, bounds.long_bounds, bounds.short_bounds, levels.margin_pct, at_s
    )


def wrong(at_s: float) -> Published:
    right = publication(at_s)
    return replace(right, long=right.long + 1)


def test_a_publication_is_judged_when_the_prices_after_it_are_known() -> None:
    beside = Beside()
    assert beside.see(publication(START_S), START_S + 1) == []
    assert beside.watch.counts.compared == 0
    assert beside.see(publication(START_S), START_S + 6) == []
    assert (beside.watch.counts.compared, beside.watch.counts.equal) == (1, 1)
    assert beside.see(publication(START_S), START_S + 9) == []
    assert beside.watch.counts.compared == 1


def test_one_differing_publication_is_doubtful_and_two_in_a_row_differ() -> None:
    beside = Beside()
    assert beside.see(wrong(START_S), START_S + 6) == []
    assert not beside.watch.differs("BTC")
    (found,) = beside.see(wrong(START_S + 10), START_S + 16)
    assert "says long 4" in found.original
    assert "say long 3" in found.ours
    assert found.deviation is None
    assert beside.watch.differs("BTC")
    counts = beside.watch.counts
    assert (counts.doubtful, counts.differing, counts.equal) == (1, 1, 0)


def test_a_difference_is_told_once_and_again_after_it_was_gone() -> None:
    beside = Beside()
    told = [len(beside.see(wrong(START_S + n * 10), START_S + n * 10 + 6)) for n in range(4)]
    assert told == [0, 1, 0, 0]
    assert beside.see(publication(START_S + 40), START_S + 46) == []
    assert not beside.watch.differs("BTC")
    told = [len(beside.see(wrong(START_S + n * 10), START_S + n * 10 + 6)) for n in (5, 6)]
    assert told == [0, 1]


def test_nothing_is_compared_shortly_after_a_candle_closed() -> None:
    beside = Beside()
    close = replace(inputs(), since_s=START_S - 100)
    assert beside.see(wrong(START_S), START_S + 6, close) == []
    assert beside.watch.counts.not_compared == 1
    assert "candle closed" in beside.watch.reasons["BTC"]
    beside.see(publication(START_S + 30), START_S + 36, close)
    assert beside.watch.counts.compared == 1


def test_a_slow_original_is_given_two_and_a_half_of_its_sweeps() -> None:
    beside = Beside()
    close = replace(inputs(), since_s=START_S - 10)
    for at_s in (START_S, START_S + 100, START_S + 200):
        beside.see(wrong(at_s), at_s + 6, close)
    assert beside.watch.counts.not_compared == 3


def test_an_old_publication_and_one_without_prices_are_not_compared() -> None:
    beside = Beside()
    beside.see(publication(START_S), START_S + 310)
    assert "310 s old" in beside.watch.reasons["BTC"] or "310 s ago" in beside.watch.reasons["BTC"]
    beside.see(publication(START_S + 450), START_S + 456)
    assert beside.watch.counts.compared == 0
    beside.see(None, START_S + 457)
    assert beside.watch.reasons["BTC"] == "the original publishes no signal of it"
    beside.see(publication(START_S + 1), START_S + 7, "no 1hour candle: the venue is silent")
    assert beside.watch.counts.not_compared == 3


def test_an_outdated_training_must_say_nothing() -> None:
    beside = Beside()
    old = replace(inputs(), untrained="trained 15.0 days ago")
    silent = Published(0, 0, (), (), 0.25, START_S)
    assert beside.see(silent, START_S + 6, old) == []
    assert beside.watch.counts.equal == 1
    beside.see(publication(START_S + 10), START_S + 16, old)
    (found,) = beside.see(publication(START_S + 20), START_S + 26, old)
    assert "15.0 days" in found.why


def test_a_damaged_memory_explains_another_signal_of_compat_safe() -> None:
    beside, damaged = Beside(), inputs(damaged=True)
    (found,) = beside.see(publication(START_S, damaged), START_S + 6, damaged)
    assert found.deviation == "S01"
    assert beside.watch.counts.equal == beside.watch.counts.explained == 1
    assert beside.watch.causes("BTC") == ("S01",)
    assert beside.see(publication(START_S + 10, damaged), START_S + 16, damaged) == []
