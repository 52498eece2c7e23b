"""A step of the thinker: who gets a signal, who does not and why, and what is asked of the market."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pytest

from powertrader.core.exceptions import RetryLater
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import Compat
from powertrader.thinker.session import CoinTraining, ThinkerSession
from powertrader.thinker.signal_engine import CoinView, SignalEngine

pytestmark = pytest.mark.kernel

START: Final = datetime(2024, 3, 4, tzinfo=UTC)
QUOTE: Final = Quote(99.9, 100.1)


class Market:
    """Candles that follow from the time alone, a list of what was asked, and switches for trouble."""

    def __init__(self) -> None:
        self.now = START
        self.asked: list[tuple[str, Timeframe]] = []
        self.without: set[Timeframe] = set()
        self.failing: set[str] = set()
        self.open_price = 100.0

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        self.asked.append((coin, timeframe))
        if coin in self.failing:
            msg = "no route to the venue"
            raise RetryLater(msg)
        if timeframe in self.without:
            return None
        opened = int(self.now.timestamp()) // timeframe.seconds * timeframe.seconds - timeframe.seconds
        wave = 1 + (opened // 3600 % 5) / 100 + len(coin) / 1000
        close = 100.0 * wave
        return Candle(opened, self.open_price, max(close, self.open_price), 90.0, close)


def learnt(seed: int = 1, *, low: float = -1.0, high: float = 0.5, threshold: float = 80.0) -> PatternMemory:
    draw = np.random.default_rng(seed)
    body, close_move = draw.normal(3, 2, 40), draw.normal(0, 1, 40)
    return PatternMemory(body, close_move, np.abs(close_move) + high, np.full(40, low), threshold)


class Trainings:
    """What training left behind, changeable by the test."""

    def __init__(self) -> None:
        self.trained_at = START - timedelta(days=1)
        self.never: set[str] = set()
        self.memories: dict[Timeframe, PatternMemory] = {
            timeframe: learnt(seed) for seed, timeframe in enumerate(TIMEFRAMES)
        }

    def __call__(self, coin: str) -> CoinTraining:
        if coin in self.never:
            return CoinTraining(None, {})
        return CoinTraining(self.trained_at.timestamp(), dict(self.memories))


class Stage:
    """A session with its market and trainings."""

    def __init__(self, compat: Compat = "safe", coins: Iterable[str] = ("BTC", "ETH")) -> None:
        self.market, self.trainings = Market(), Trainings()
        self.engine = SignalEngine(compat)
        self.coins = tuple(coins)
        self.session = ThinkerSession(self.engine, self.market, self.trainings)

    def step(
        self, hours: float = 0, quotes: dict[str, Quote] | None = None
    ) -> tuple[dict[str, str], list[str]]:
        """Step that many hours later; gives the reasons and the coins with a signal."""
        if not self.session.coins:
            self.session.set_coins(self.coins)
        self.market.asked.clear()
        self.market.now += timedelta(hours=hours)
        self.last = self.session.step(self.market.now, quotes or dict.fromkeys(self.session.coins, QUOTE))
        assert {*self.last.signals, *self.last.reasons} == set(self.session.coins)
        return dict(self.last.reasons), list(self.last.signals)

    def asked(self) -> set[str]:
        return {timeframe.value for _, timeframe in self.market.asked}


@pytest.mark.parametrize("compat", ["original", "safe"])
def test_a_signal_is_what_the_engine_makes_of_the_same_candles_memories_and_ask(compat: Compat) -> None:
    stage = Stage(compat)
    for hour in range(30):
        stage.step(hours=1)
        quote = Quote(90.0 + hour, 90.5 + hour)
        stage.step(quotes={"BTC": quote, "ETH": QUOTE})
        candles = [stage.market.latest_closed("BTC", timeframe) for timeframe in TIMEFRAMES]
        closed = tuple([candle for candle in candles if candle is not None])
        view = CoinView("BTC", closed, tuple(stage.trainings.memories.values()), quote.ask)
        assert stage.last.signals["BTC"] == stage.engine.generate_signal(view, stage.market.now)


def test_only_candles_that_must_have_closed_are_asked_for() -> None:
    stage = Stage()
    stage.step()
    assert len(stage.market.asked) == 14
    stage.step(hours=0.5)
    assert stage.market.asked == []
    stage.step(hours=0.5)
    assert stage.asked() == {"1hour"}
    stage.step(hours=1)
    assert stage.asked() == {"1hour", "2hour"}
    stage.step(hours=22)
    assert stage.asked() == {"1hour", "2hour", "4hour", "8hour", "12hour", "1day"}


def test_a_coin_without_a_price_is_silent_and_the_other_is_not() -> None:
    reasons, signals = Stage().step(quotes={"ETH": QUOTE})
    assert reasons == {"BTC": "no price"}
    assert signals == ["ETH"]


def test_a_coin_never_trained_is_silent_and_asks_for_no_candle() -> None:
    stage = Stage()
    stage.trainings.never = {"ETH"}
    reasons, signals = stage.step()
    assert reasons == {"ETH": "not trained yet; train this coin"}
    assert signals == ["BTC"]
    assert {coin for coin, _ in stage.market.asked} == {"BTC"}


def test_a_training_silences_its_coin_after_fourteen_days_and_a_new_one_speaks() -> None:
    stage = Stage(coins=["BTC"])
    stage.step()
    assert stage.step(hours=13 * 24) == ({}, ["BTC"])
    reasons, _ = stage.step(hours=0.1)
    assert reasons["BTC"].startswith("trained 14.0 days ago")
    stage.trainings.trained_at = stage.market.now
    stage.session.reload(["BTC"])
    assert stage.step() == ({}, ["BTC"])


def test_a_market_that_cannot_be_asked_silences_its_coin_for_this_step_only() -> None:
    stage = Stage()
    stage.market.failing = {"ETH"}
    reasons, signals = stage.step()
    assert reasons == {"ETH": "no 1hour candle: no route to the venue"}
    assert signals == ["BTC"]
    assert [coin for coin, _ in stage.market.asked].count("ETH") == 1
    stage.market.failing = set()
    assert stage.step() == ({}, ["BTC", "ETH"])


def test_safe_does_without_a_timeframe_that_has_no_candle_and_original_waits_for_it() -> None:
    safe, original = Stage("safe"), Stage("original")
    for stage in (safe, original):
        stage.market.without = {Timeframe.WEEK_1}
    assert safe.step()[1] == ["BTC", "ETH"]
    assert safe.session.notes("BTC") == ("1week: no usable closed candle yet",)
    reasons, _ = original.step()
    assert reasons["BTC"] == "closed candles of 6 timeframes, 7 are needed"
    original.market.without = set()
    assert original.step()[1] == ["BTC", "ETH"]


def test_a_coin_without_any_candle_is_silent() -> None:
    stage = Stage()
    stage.market.without = set(TIMEFRAMES)
    reasons, signals = stage.step()
    assert reasons["BTC"] == "closed candles of 0 timeframes, 1 are needed"
    assert signals == []


def test_a_candle_that_opened_at_zero_counts_as_none() -> None:
    stage = Stage()
    stage.market.open_price = 0.0
    reasons, _ = stage.step()
    assert "closed candles of 0 timeframes" in reasons["BTC"]


def test_a_reload_uses_the_new_memories_before_the_next_close() -> None:
    stage = Stage(coins=["BTC"])
    stage.step()
    before = stage.last.signals["BTC"]
    stage.trainings.memories = dict.fromkeys(TIMEFRAMES, learnt(99))
    stage.session.reload(["BTC"])
    stage.step()
    assert stage.last.signals["BTC"].short_bounds != before.short_bounds


def test_a_kept_coin_goes_on_and_an_added_one_starts() -> None:
    stage = Stage()
    stage.step()
    before = stage.last.signals["ETH"]
    stage.session.set_coins(["DOGE", "ETH"])
    assert stage.step() == ({}, ["DOGE", "ETH"])
    assert {coin for coin, _ in stage.market.asked} == {"DOGE"}
    assert stage.last.signals["ETH"] == before


def test_a_timeframe_without_memory_has_no_say_and_says_so() -> None:
    stage = Stage()
    del stage.trainings.memories[Timeframe.HOUR_4]
    assert stage.step()[1] == ["BTC", "ETH"]
    assert stage.session.notes("BTC") == ("4hour: no memory or no threshold; train this coin again",)


def test_a_missing_threshold_costs_safe_one_timeframe_and_original_the_coin() -> None:
    safe, original = Stage("safe"), Stage("original")
    for stage in (safe, original):
        stage.trainings.memories[Timeframe.DAY_1] = learnt(threshold=float("nan"))
    assert safe.step()[1] == ["BTC", "ETH"]
    assert safe.session.notes("ETH") == ("1day: no memory or no threshold; train this coin again",)
    reasons, signals = original.step()
    assert reasons["BTC"] == "no threshold for 1day; train this coin again"
    assert signals == []


def test_endless_spacing_costs_safe_the_worthless_timeframes_and_original_the_coin() -> None:
    safe, original = Stage("safe"), Stage("original")
    for stage in (safe, original):
        for timeframe in (Timeframe.HOUR_1, Timeframe.HOUR_2):
            stage.trainings.memories[timeframe] = learnt(low=-150.0, threshold=1e9)
        for timeframe in TIMEFRAMES[2:]:
            stage.trainings.memories[timeframe] = learnt(threshold=1e9)
    assert safe.step()[1] == ["BTC", "ETH"]
    assert len(safe.last.signals["BTC"].long_bounds) == 5
    assert safe.session.notes("BTC") == (
        "1hour: predicts a price that is not above 0",
        "2hour: predicts a price that is not above 0",
    )
    reasons, _ = original.step()
    assert "can never be spaced" in reasons["BTC"]
    assert "can never be spaced" in original.step()[0]["BTC"]


def test_a_damaged_memory_costs_original_the_timeframe_and_safe_the_entry() -> None:
    safe, original = Stage("safe"), Stage("original")
    for stage in (safe, original):
        whole = stage.trainings.memories[Timeframe.HOUR_8]
        stage.trainings.memories[Timeframe.HOUR_8] = PatternMemory(
            whole.body_pct,
            whole.close_move_pct,
            whole.high_move_pct,
            whole.low_move_pct,
            whole.threshold_pct,
            readable_body=np.arange(40) != 17,
            readable_fields=np.arange(40) != 18,
        )
        assert stage.step()[1] == ["BTC", "ETH"]
    assert original.session.notes("BTC") == ("8hour: damaged memory; train this coin again",)
    assert safe.session.notes("BTC") == ("8hour: 2 of 40 entries cannot be read",)


def test_a_memory_that_drives_the_margin_to_infinity_silences_its_coin_in_original_only() -> None:
    safe, original = Stage("safe"), Stage("original")
    for stage in (safe, original):
        # Two inactive timeframes move the bounds of 8hour to the place of 4hour (Q26).
        boundless, usual = learnt(high=float("inf"), threshold=1e9), learnt(threshold=1e9)
        stage.trainings.memories = {Timeframe.HOUR_4: boundless, Timeframe.HOUR_8: usual}
    dear = dict.fromkeys(("BTC", "ETH"), Quote(1e6, 2e6))
    assert safe.step(quotes=dear)[1] == ["BTC", "ETH"]
    reasons, _ = original.step(quotes=dear)
    assert reasons["BTC"] == "margin was inf: the memories hold numbers that are not finite"


def test_a_step_without_coins_is_empty() -> None:
    session = ThinkerSession(SignalEngine(), Market(), Trainings())
    assert session.step(START, {}).signals == {}
