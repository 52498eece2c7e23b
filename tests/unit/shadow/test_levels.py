"""Both positions of compat on the original's memories, and which deviation tells them apart."""

import math
from dataclasses import replace
from typing import Final

import pytest

from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.shadow.levels import Prospects, prospects_of
from powertrader.thinker.session import CoinTraining
from tests.unit.shadow.memories import memory_of

CANDLE: Final = Candle(0, 100.0, 101.0, 99.0, 100.5)
FIRST: Final = TIMEFRAMES[0]


def prospects(
    first: Candle | None = CANDLE, memory: PatternMemory | None = None, *, low_pct: float = 2.0
) -> Prospects:
    memories: dict[Timeframe, PatternMemory] = {
        name: memory_of(low_pct + index) for index, name in enumerate(TIMEFRAMES)
    }
    memories[FIRST] = memory or memories[FIRST]
    candles = [first, *[CANDLE] * (len(TIMEFRAMES) - 1)]
    return prospects_of(candles, CoinTraining(1.0, memories))


def test_sound_memories_and_candles_give_the_same_in_both() -> None:
    found = prospects()
    assert found.causes == ()
    assert found.original.at(100.0) == found.safe.at(100.0)
    assert found.original.at(100.0).long == 7
    assert found.original.bounds == found.safe.bounds


@pytest.mark.parametrize(
    "first, memory, cause",
    [
        (CANDLE, memory_of(2.0, damaged=True), "S01"),
        (CANDLE, replace(memory_of(2.0), threshold_pct=math.nan), "S02"),
        (None, None, "S04"),
        (replace(CANDLE, open=0.0), None, "S06"),
    ],
)
def test_what_only_the_original_cannot_do_is_named(
    first: Candle | None, memory: PatternMemory | None, cause: str
) -> None:
    found = prospects(first, memory)
    assert found.causes == (cause,)
    assert found.safe.bounds is not None
    assert found.safe.at(100.0).long >= 6
    assert found.original.bounds is None or found.original.bounds != found.safe.bounds


def test_bounds_that_never_part_silence_the_original_alone() -> None:
    found = prospects(low_pct=-110.0)
    assert found.causes == ("S03",)
    assert found.original.bounds is None
    assert found.original.reason
    assert found.safe.bounds is not None
