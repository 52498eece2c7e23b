"""The trainer as a worker: what is due is trained, several at once, whatever single coins do."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from powertrader.core.exceptions import BadData, PowerTraderError, RateLimitError, RetryLater
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import FloatArray
from powertrader.trainer.coin_training import CoinReport
from powertrader.trainer.due import due_reason
from powertrader.trainer.runner import LONGEST_PAUSE_S, MOST_TRIES, TrainerPorts, TrainerRunner
from powertrader.trainer.training_engine import TimeframeTraining

DEADLINE_S = 20.0
NOW_S = 1_700_000_000.0


@dataclass
class Stage:
    """Coins that are due until they were trained, trained by what the test says."""

    coins: tuple[str, ...] = ("BTC", "ETH")
    workers: int = 2
    stays: bool = False
    now_s: float = 0.0
    trained: list[str] = field(default_factory=list)
    failures: list[tuple[str, str, bool]] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)
    doing: dict[str, Callable[[Callable[[], bool]], None]] = field(default_factory=dict)
    due: dict[str, str] = field(default_factory=dict)
    looked: list[str] = field(default_factory=list)
    learnt: Callable[[], tuple[TimeframeTraining, ...]] = tuple

    def __post_init__(self) -> None:
        self.runner = TrainerRunner(
            TrainerPorts(
                lambda: self.coins,
                self._due,
                self._train,
                lambda coin, error, again: self.failures.append((coin, str(error), again)),
                self.woken.set,
                self.workers,
                self.stays,
                lambda: self.now_s,
            )
        )

    def _due(self, coin: str) -> str:
        self.looked.append(coin)
        return self.due.get(coin, "asked for")

    def _train(self, coin: str, stop: Callable[[], bool]) -> CoinReport:
        if coin in self.doing:
            self.doing[coin](stop)
        self.trained.append(coin)
        if self.stays:
            self.due[coin] = ""
        return CoinReport(coin, "interrupted" if stop() else "finished", self.learnt())

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline
            self.runner.step()
            self.woken.wait(0.02)
            self.woken.clear()

    def until_failed(self, count: int) -> None:
        self.until(lambda: len(self.failures) >= count)


@pytest.fixture
def make() -> Iterator[Callable[..., Stage]]:
    """Make stages whose runners are closed at the end."""
    made: list[Stage] = []

    def one(**options: Any) -> Stage:
        made.append(Stage(**options))
        return made[-1]

    yield one
    for stage in made:
        stage.runner.close(0)


@pytest.fixture
def stage(make: Callable[..., Stage]) -> Stage:
    return make()


def raising(error: PowerTraderError) -> Callable[[Callable[[], bool]], None]:
    def fail(_stop: Callable[[], bool]) -> None:
        raise error

    return fail


def test_a_run_trains_each_coin_once_and_is_done(stage: Stage) -> None:
    stage.until(lambda: stage.runner.done)
    assert sorted(stage.trained) == ["BTC", "ETH"]
    stage.runner.step()
    assert stage.runner.busy == ()


def test_a_thousand_coins_to_train_are_counted_in_the_log(
    make: Callable[..., Stage], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stage = make(coins=tuple([f"C{number}" for number in range(1000)]), workers=0)
    stage.runner.step()
    assert [record.message for record in caplog.records] == [
        "coins to train: C0, C1, C2, C3, C4 and 995 more"
    ]


@pytest.mark.parametrize("count, looks", [(10, 300), (1000, 6000)])
def test_a_thousand_coins_that_are_not_due_are_looked_at_less_often_than_ten(
    make: Callable[..., Stage], count: int, looks: int
) -> None:
    coins = tuple([f"C{number}" for number in range(count)])
    stage = make(coins=coins, stays=True, due=dict.fromkeys(coins, ""))
    for second in range(60):
        stage.now_s = second
        stage.runner.step()
    assert len(stage.looked) == looks
    assert set(stage.looked) == set(coins)


def test_as_many_coins_are_trained_at_once_as_there_are_workers(make: Callable[..., Stage]) -> None:
    both = threading.Barrier(2)
    stage = make(coins=("A1", "A2", "A3", "A4"))
    stage.doing = {coin: lambda _stop: void(both.wait(DEADLINE_S)) for coin in stage.coins}
    stage.until(lambda: stage.runner.done)
    assert len(stage.trained) == 4


def void(_value: object) -> None:
    """Give nothing."""


def test_a_coin_that_cannot_be_trained_does_not_keep_the_others_from_it(stage: Stage) -> None:
    stage.doing["BTC"] = raising(BadData("no such pair"))
    stage.until(lambda: stage.runner.done)
    assert stage.trained == ["ETH"]
    assert stage.failures == [("BTC", "no such pair", False)]
    assert str(stage.runner.coins["BTC"].failure) == "no such pair"


def test_a_silent_venue_is_asked_again_after_growing_pauses_and_given_up_in_a_run_that_shall_end(
    make: Callable[..., Stage],
) -> None:
    stage = make(coins=("BTC",))
    stage.doing["BTC"] = raising(RetryLater("no answer"))
    pauses = []
    for _ in range(MOST_TRIES):
        stage.until_failed(len(stage.failures) + 1)
        pauses.append(stage.runner.coins["BTC"].not_before_s - stage.now_s)
        stage.now_s = stage.runner.coins["BTC"].not_before_s
    assert pauses == [1, 2, 4, 8, 16, 32]
    assert [again for _, _, again in stage.failures] == [True] * 5 + [False]
    assert stage.runner.done


def test_a_venue_that_asks_for_a_pause_gets_it_and_is_then_asked_again(make: Callable[..., Stage]) -> None:
    stage = make(coins=("BTC",))
    stage.doing["BTC"] = raising(RateLimitError("too many", 30.0))
    stage.until(lambda: bool(stage.failures))
    assert stage.runner.coins["BTC"].not_before_s == 30.0
    del stage.doing["BTC"]
    stage.runner.step()
    assert stage.runner.busy == ()
    stage.now_s = 30.0
    stage.until(lambda: stage.runner.done)
    assert stage.runner.coins["BTC"].failure is None


def test_a_trainer_that_stays_never_gives_a_silent_venue_up(make: Callable[..., Stage]) -> None:
    stage = make(coins=("BTC",), stays=True)
    stage.doing["BTC"] = raising(RetryLater("no answer"))
    for number in range(MOST_TRIES + 4):
        stage.until_failed(number + 1)
        stage.now_s = stage.runner.coins["BTC"].not_before_s
    assert all(again for _, _, again in stage.failures)
    assert stage.runner.coins["BTC"].not_before_s - stage.now_s <= LONGEST_PAUSE_S


def test_a_trainer_that_stays_trains_what_becomes_due_and_a_coin_that_is_new(
    make: Callable[..., Stage],
) -> None:
    stage = make(stays=True)
    stage.until(lambda: sorted(stage.trained) == ["BTC", "ETH"])
    stage.coins = ("BTC", "ETH", "XRP")
    stage.until(lambda: "XRP" in stage.trained)
    stage.due["ETH"] = "it was trained 8.0 days ago"
    stage.now_s += 60
    stage.until(lambda: stage.trained.count("ETH") == 2)
    assert stage.trained.count("BTC") == 1


def test_a_coin_that_nobody_wants_any_more_is_stopped(stage: Stage) -> None:
    begun = threading.Event()

    def until_stopped(stop: Callable[[], bool]) -> None:
        begun.set()
        while not stop():
            time.sleep(0.01)

    stage.doing["ETH"] = until_stopped
    stage.until(begun.is_set)
    stage.coins = ("BTC",)
    stage.until(lambda: not stage.runner.busy)
    assert "ETH" in stage.trained


def test_a_stopped_trainer_waits_shortly_and_names_what_hangs(make: Callable[..., Stage]) -> None:
    stage, release = make(workers=1), threading.Event()
    stage.doing["BTC"] = lambda _stop: void(release.wait(DEADLINE_S))
    stage.runner.step()
    began = time.monotonic()
    assert stage.runner.close(0.1) == ("BTC",)
    assert time.monotonic() - began < DEADLINE_S / 2
    release.set()


def test_an_error_that_nobody_expected_comes_out_of_the_step_and_the_coin_is_tried_again(
    make: Callable[..., Stage],
) -> None:
    stage = make(coins=("BTC",))
    stage.doing["BTC"] = lambda _stop: void(1 // 0)
    with pytest.raises(ZeroDivisionError):
        stage.until(lambda: False)
    assert "logs/trainer.log" in str(stage.runner.coins["BTC"].failure)
    stage.doing.clear()
    stage.now_s += 60
    stage.until(lambda: stage.runner.done)
    assert stage.trained == ["BTC"]


def test_errors_that_nobody_expected_are_counted_once_each_and_end_a_run_that_shall_end(
    make: Callable[..., Stage],
) -> None:
    stage = make(coins=("BTC",))
    stage.doing["BTC"] = lambda _stop: void(1 // 0)
    pauses = []
    for _ in range(MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            stage.until(lambda: False)
        pauses.append(stage.runner.coins["BTC"].not_before_s - stage.now_s)
        stage.now_s = stage.runner.coins["BTC"].not_before_s
    assert pauses == [1, 2, 4, 8, 16, 32]
    assert stage.runner.done
    assert stage.failures == []


@pytest.mark.parametrize(
    "trained_at_s, broken_off, days, words",
    [
        (None, False, 7.0, "never trained"),
        (0.0, False, 7.0, "never trained"),
        (float("nan"), False, 7.0, "never trained"),
        (1000.0, True, 7.0, "broken off"),
        (NOW_S - 8 * 86400, False, 7.0, "trained 8.0 days ago"),
        (NOW_S - 6 * 86400, False, 7.0, ""),
        (NOW_S - 100 * 86400, False, 0.0, ""),
        (None, False, 0.0, "never trained"),
        (NOW_S + 3600, False, 7.0, ""),
        (NOW_S + 30 * 86400, False, 7.0, "from the future"),
        (NOW_S + 30 * 86400, False, 0.0, "from the future"),
    ],
)
def test_what_is_due_is_what_was_never_trained_broken_off_or_too_old(
    trained_at_s: float | None, *, broken_off: bool, days: float, words: str
) -> None:
    reason = due_reason(trained_at_s, broken_off, NOW_S, days)
    assert words in reason
    assert bool(words) == bool(reason)


def test_what_was_learnt_is_not_kept_in_memory_once_it_is_in_the_files(make: Callable[..., Stage]) -> None:
    learnt: list[weakref.ref[FloatArray]] = []

    def learn() -> tuple[TimeframeTraining, ...]:
        moves = np.ones(4)
        learnt.append(weakref.ref(moves))
        memory = PatternMemory(moves, moves, moves, moves, 1.0)
        return (TimeframeTraining(Timeframe.HOUR_1, "finished", memory),)

    stage = make(stays=True, learnt=learn)
    stage.until(lambda: len(stage.trained) == 2 and not stage.runner.busy)
    assert [state.outcome for state in stage.runner.coins.values()] == ["finished", "finished"]
    assert len(learnt) == 2
    stage.until(lambda: all(moves() is None for moves in learnt))
