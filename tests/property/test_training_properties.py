"""Laws of the training: the compiled walk and the slow oracle give identical files, whatever the input."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.original_format import MemoryTexts, export_memory, parse_memory
from powertrader.core.patterns import count_matches, distance_pct, index_of
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.timeframe import Timeframe
from powertrader.trainer.training_engine import TrainingEngine, train_timeframes
from tests.oracles.training_oracle import Bar, Oracle, OracleRun

pytestmark = [pytest.mark.property, pytest.mark.kernel]

TIMEFRAME: Final = Timeframe.WEEK_1
STEMS: Final = (
    "memories",
    "memory_weights",
    "memory_weights_high",
    "memory_weights_low",
    "neural_perfect_threshold",
)
ODD: Final = (0.0, -0.0, 5e-324, 1e-300, 1e-290, 1e150, 1e308, math.inf, -math.inf, math.nan)


@dataclass(frozen=True)
class Market:
    """Bars drawn from a seed, which hypothesis shrinks better than hundreds of numbers."""

    seed: int
    count: int
    kind: str

    def bars(self) -> list[Bar]:
        random = np.random.default_rng(self.seed)
        if self.kind == "ticks":  # equal, opposite and zero bodies are frequent
            prices = 100.0 + random.integers(-3, 4, size=(self.count, 4))
        elif self.kind == "tiny":
            prices = 1e-6 * (1 + random.integers(-50, 51, size=(self.count, 4)) * 1e-4)
        elif self.kind == "odd":
            prices = 10.0 + random.normal(size=(self.count, 4))
            places = random.random(prices.shape) < 0.05
            prices[places] = random.choice(np.array(ODD), size=int(places.sum()))
            prices[prices[:, 0] == 0, 0] = 1.0
        else:
            steps = np.exp(np.cumsum(random.standard_t(3, self.count) * 0.01))
            prices = 30_000 * steps[:, None] * (1 + random.normal(size=(self.count, 4)) * 0.004)
        return [(float(o), float(c), float(h), float(low)) for o, c, h, low in prices]


KINDS: Final = st.sampled_from(["walk", "ticks", "tiny", "odd"])
# a first flush needs 400 candles in the last pass, 836 in the first
COUNTS: Final = st.one_of(st.integers(836, 900), st.integers(400, 500), st.integers(0, 60))
MARKETS: Final = st.builds(Market, st.integers(0, 10_000), COUNTS, KINDS)
NUMBERS: Final = st.one_of(
    st.floats(-3, 3), st.sampled_from(ODD), st.sampled_from([-100.0, -50.0, -99.5, 1.0, 2.0])
).map(repr)
TEXTS: Final = st.one_of(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "x", " 1.0", "1", "+2.50"]))
ENTRIES: Final = st.one_of(
    st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(lambda t: f"{t[0]} {t[1]}{{}}{t[2]}{{}}{t[3]}"),
    st.tuples(TEXTS, TEXTS, TEXTS).map(lambda t: f"{t[0]} {t[1]}{{}}{t[2]}"),
    st.sampled_from(["", " ", "{}", "1.0", "['0.5', '1.0']{}1.0{}-1.0"]),
)
SOUND_ENTRIES: Final = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).map(
    lambda t: f"{t[0]} {t[1]}{{}}{t[2]}{{}}{t[3]}"
)


def joined(words: st.SearchStrategy[str], glue: str) -> st.SearchStrategy[str]:
    return st.lists(words, max_size=60).map(glue.join)


@st.composite
def sound_files(draw: st.DrawFn) -> dict[str, str]:
    """Files that the original could have written, with weights other than 1."""
    entries = draw(st.lists(SOUND_ENTRIES, min_size=1, max_size=60))
    weights = st.lists(NUMBERS, min_size=len(entries), max_size=len(entries)).map(" ".join)
    texts = ["~".join(entries), draw(weights), draw(weights), draw(weights)]
    return {f"{stem}_{TIMEFRAME}.txt": text for stem, text in zip(STEMS, texts, strict=False)}


@st.composite
def damaged_files(draw: st.DrawFn) -> dict[str, str]:
    """Files with anything in them, some missing."""
    texts = [draw(joined(ENTRIES, "~")), *(draw(joined(TEXTS, " ")) for _ in range(3))]
    return {
        f"{stem}_{TIMEFRAME}.txt": text
        for stem, text in zip(STEMS, texts, strict=False)
        if draw(st.integers(0, 5)) > 0
    }


def history(bars: list[Bar], timeframe: Timeframe) -> CandleHistory:
    """Give bars so that training uses all of them: newer rows than these were counted as well."""
    table = np.array(bars, dtype=np.float64).reshape(len(bars), 4)
    opens, closes, highs, lows = np.ascontiguousarray(table.T)
    times = np.arange(len(bars), dtype=np.int64) * timeframe.seconds
    candles = Candles(times, opens, highs, lows, closes, np.zeros(len(bars)), timeframe.seconds)
    return CandleHistory.of(candles, running_rows=max(1, len(bars)))


def trained(
    files: dict[str, str], hourly: list[Bar], own: list[Bar], *, stops: bool = False
) -> tuple[str, dict[str, str], tuple[int, int]]:
    """Train with our engine and give the end, the files and the progress, as the oracle does."""
    texts = MemoryTexts(*(files.get(f"{stem}_{TIMEFRAME}.txt") for stem in STEMS))
    histories = {Timeframe.HOUR_1: history(hourly, Timeframe.HOUR_1), TIMEFRAME: history(own, TIMEFRAME)}
    engine = TrainingEngine("original", "original")
    result = engine.build_memory(TIMEFRAME, histories, parse_memory(texts), lambda: stops)
    after = dict(files)
    if result.memory is not None:
        written = export_memory(result.memory)
        four = (written.memories, written.weights, written.weights_high, written.weights_low)
        after |= {f"{stem}_{TIMEFRAME}.txt": text or "" for stem, text in zip(STEMS, four, strict=False)}
    if result.threshold_pct is not None:
        after[f"neural_perfect_threshold_{TIMEFRAME}.txt"] = repr(result.threshold_pct)
    return result.outcome, after, (result.candle_current, result.candle_total)


def as_ours(run: OracleRun) -> tuple[str, dict[str, str], tuple[int, int]]:
    end = "failed" if run.end in {"hang", "crash"} else run.end
    return end, run.files, run.progress


@given(hourly=MARKETS, own=MARKETS)
def test_a_first_training_equals_the_oracle(hourly: Market, own: Market) -> None:
    bars = (hourly.bars(), own.bars())
    assert trained({}, *bars) == as_ours(Oracle(TIMEFRAME, {}).train(*bars))


@given(hourly=MARKETS, own=MARKETS, files=sound_files(), stops=st.booleans())
def test_a_training_on_top_of_sound_files_equals_the_oracle(
    hourly: Market, own: Market, files: dict[str, str], stops: bool
) -> None:
    bars = (hourly.bars(), own.bars())
    expected = as_ours(Oracle(TIMEFRAME, files, lambda: stops).train(*bars))
    assert trained(files, *bars, stops=stops) == expected


@given(hourly=MARKETS, own=MARKETS, files=damaged_files(), stops=st.booleans())
def test_a_training_on_top_of_damaged_files_equals_the_oracle(
    hourly: Market, own: Market, files: dict[str, str], stops: bool
) -> None:
    bars = (hourly.bars(), own.bars())
    expected = as_ours(Oracle(TIMEFRAME, files, lambda: stops).train(*bars))
    assert trained(files, *bars, stops=stops) == expected


@given(own=MARKETS, zero_at=st.integers(0, 400))
def test_a_zero_open_leaves_the_files_of_the_oracle(own: Market, zero_at: int) -> None:
    bars = own.bars()
    bars[zero_at : zero_at + 1] = [(0.0, 1.0, 1.0, 0.0)] * (zero_at < len(bars))
    assert trained({}, bars, bars) == as_ours(Oracle(TIMEFRAME, {}).train(bars, bars))


BODIES: Final = st.one_of(
    st.floats(allow_nan=True), st.floats(-5, 5), st.sampled_from([*ODD, 1.0, -1.0, 3.0, -3.0, 1 / 3])
)


@given(
    body=BODIES,
    threshold=st.one_of(st.floats(0, 100), st.sampled_from([0.0, 100.0, 200.0, -1.0, math.nan])),
    stored=st.lists(BODIES, max_size=40),
    ratio=st.floats(0.3, 3.0),
)
def test_counting_by_bisection_equals_testing_every_entry(
    body: float, threshold: float, stored: list[float], ratio: float
) -> None:
    with np.errstate(all="ignore"):
        border = (200 + threshold) / (200 - threshold) if threshold != 200 else ratio
        near = [body, -body, body * border, body / border, body * ratio]
        near += [math.nextafter(one, math.inf) for one in near] + [math.nextafter(one, 0.0) for one in near]
        bodies = np.array([*stored, *near])
        expected = sum(1 for one in bodies.tolist() if distance_pct(body, one) <= threshold)
        assert count_matches(body, threshold, index_of(bodies)) == expected


@given(own=MARKETS)
def test_the_safe_mode_gives_the_memories_of_the_original_where_that_ends_by_itself(own: Market) -> None:
    bars = own.bars()
    end, files, _ = as_ours(Oracle(TIMEFRAME, {}).train(bars, bars))
    histories = {each: history(bars, each) for each in (Timeframe.HOUR_1, TIMEFRAME)}
    memory = train_timeframes(histories, {}).get(TIMEFRAME)
    if end == "finished":
        assert memory is not None
        assert export_memory(memory).memories == files[f"memories_{TIMEFRAME}.txt"]
    else:
        assert memory is None


@given(own=MARKETS)
def test_online_training_learns_the_patterns_of_the_original(own: Market) -> None:
    bars = own.bars()
    histories = {each: history(bars, each) for each in (Timeframe.HOUR_1, TIMEFRAME)}
    original = TrainingEngine("original").build_memory(TIMEFRAME, histories, None).memory
    online = TrainingEngine("online").build_memory(TIMEFRAME, histories, None).memory
    assert (original is None) == (online is None)
    if original is not None and online is not None and own.kind != "odd":
        assert online.body_pct.tolist() == original.body_pct.tolist()
        assert online.threshold_pct == original.threshold_pct
        for weights, smallest in (
            (online.weights, -2.0),
            (online.weights_high, 0.0),
            (online.weights_low, 0.0),
        ):
            assert weights is None or (weights.min() >= smallest and weights.max() <= 2.0)
