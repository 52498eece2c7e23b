"""The thinker as a worker: one price request a step, trainings and coins that change, trouble that passes."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater, StorageError
from powertrader.core.mailbox import THINKER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.account import Quote
from powertrader.models.memory import PatternMemory
from powertrader.models.status import ThinkerReport
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.thinker.candle_feed import CandleFeed
from powertrader.thinker.publishing import SignalFiles
from powertrader.thinker.runner import STANDING_EVERY_S, RunnerPorts, ThinkerRunner
from powertrader.thinker.session import CoinTraining, ThinkerSession
from powertrader.thinker.signal_engine import SignalEngine
from tests.unit.thinker.feed_market import MONDAY, FeedMarket
from tests.unit.thinker.test_session import learnt

pytestmark = pytest.mark.kernel


class Prices:
    """A QuoteSource that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.ask = 100.0
        self.failing = False

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        self.asked.append(tuple(coins))
        if self.failing:
            msg = "no route"
            raise RetryLater(msg)
        return {coin: Quote(self.ask * 0.999, self.ask) for coin in self.asked[-1]}


class Worker:
    """A runner with its venue, prices, trainings and folder."""

    def __init__(self, root: Path) -> None:
        self.clock = ManualClock(MONDAY + timedelta(minutes=30))
        self.venue, self.prices = FeedMarket(self.clock), Prices()
        self.coins: list[str] = ["BTC", "ETH"]
        self.trained = {"BTC": 1, "ETH": 1}
        self.memory: PatternMemory = learnt(1)
        self.paths = HomePaths(root)
        feed = CandleFeed(self.venue, self.clock, self.clock)
        ports = RunnerPorts(
            ThinkerSession(SignalEngine("safe"), feed, self.training_of),
            feed,
            self.prices,
            SignalFiles(FileStore(), self.paths),
            lambda: self.coins,
            self.trained.get,
            self.clock,
            self.clock,
        )
        self.runner = ThinkerRunner(ports)
        self.loaded: list[str] = []

    def training_of(self, coin: str) -> CoinTraining:
        self.loaded.append(coin)
        if coin not in self.trained:
            return CoinTraining(None, {})
        return CoinTraining(MONDAY.timestamp(), dict.fromkeys(TIMEFRAMES, self.memory))

    def step(self, **passed: float) -> None:
        self.clock.sleep(timedelta(**passed).total_seconds())
        self.runner.step()

    def signalled(self) -> list[str]:
        assert self.runner.report is not None
        return list(self.runner.report.step.signals)

    def stage(self) -> str:
        return str(json.loads(self.paths.runner_ready.read_text(encoding="utf-8"))["stage"])


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    return Worker(tmp_path)


def test_every_step_asks_for_the_prices_of_all_coins_at_once(worker: Worker) -> None:
    worker.coins = [f"C{number}" for number in range(50)]
    for _ in range(5):
        worker.step(seconds=1)
    assert worker.prices.asked == [tuple(worker.coins)] * 5
    assert worker.runner.price_requests == 5


def test_the_signals_of_a_step_lie_in_the_folder(worker: Worker) -> None:
    worker.runner.start()
    assert worker.stage() == "starting"
    worker.step()
    assert worker.signalled() == ["BTC", "ETH"]
    mailbox = Mailbox(FileStore(), worker.paths)
    assert worker.runner.report is not None
    assert {coin: mailbox.read_signal(coin) for coin in worker.coins} == worker.runner.report.step.signals
    assert worker.stage() == "real_predictions"


def test_a_coin_that_was_trained_meanwhile_is_loaded_again_and_no_other(worker: Worker) -> None:
    worker.coins.append("SOL")
    worker.step()
    assert worker.signalled() == ["BTC", "ETH"]
    assert worker.stage() == "training_required"
    worker.loaded.clear()
    worker.trained["SOL"] = 2
    worker.step(seconds=1)
    assert worker.loaded == ["SOL"]
    assert worker.signalled() == ["BTC", "ETH", "SOL"]


def test_a_new_training_is_used_without_asking_for_a_candle_again(worker: Worker) -> None:
    worker.step()
    before = worker.venue.asked.total()
    assert worker.runner.report is not None
    old = worker.runner.report.step.signals["BTC"]
    worker.memory, worker.trained["BTC"] = learnt(7, high=2.0), 2
    worker.step(seconds=1)
    assert worker.runner.report.step.signals["BTC"].short_bounds != old.short_bounds
    assert worker.venue.asked.total() == before


def test_coins_follow_the_settings(worker: Worker) -> None:
    worker.step()
    worker.coins = ["ETH", "XRP"]
    worker.trained["XRP"] = 1
    worker.loaded.clear()
    worker.step(seconds=1)
    assert worker.loaded == ["XRP"]
    assert worker.signalled() == ["ETH", "XRP"]
    worker.coins = ["BTC", "ETH"]
    worker.venue.order.clear()
    worker.step(seconds=1)
    assert {coin for coin, _ in worker.venue.order} == {"BTC"}


def test_a_step_without_prices_fails_and_the_next_one_is_whole(worker: Worker) -> None:
    worker.prices.failing = True
    with pytest.raises(RetryLater):
        worker.step()
    worker.prices.failing = False
    worker.step(seconds=1)
    assert worker.signalled() == ["BTC", "ETH"]


def test_a_coin_whose_candles_fail_is_told_of_once_and_does_not_stop_the_other(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    worker.venue.failing["BTC"] = RetryLater("no route")
    for _ in range(3):
        worker.step(seconds=1)
    assert worker.signalled() == ["ETH"]
    assert worker.stage() == "warming_up"
    worker.venue.failing.clear()
    worker.step(minutes=1)
    assert worker.signalled() == ["BTC", "ETH"]
    said = [record.message for record in caplog.records if getattr(record, "coin", "") == "BTC"]
    assert said == [
        "no new candles; those known stay in use until they are too old",
        "no signal",
        "candles come again",
        "signals again",
    ]


def test_many_coins_that_lose_their_signals_together_share_a_line(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    untrained = [f"C{number}" for number in range(30)]
    worker.coins += untrained
    worker.step()
    (begins,) = [record.message for record in caplog.records if record.message.startswith("coins looked")]
    assert begins.endswith("C0, C1, C2 and 27 more")
    lines = [record for record in caplog.records if record.message == "no signal"]
    assert [(vars(line)["coins"], vars(line)["such_as"]) for line in lines] == [(30, "C0")]
    worker.trained |= dict.fromkeys(untrained, 1)
    worker.step(seconds=1)
    assert [record.message for record in caplog.records].count("signals again") == 1


def test_shortest_timeframes_are_asked_for_first_over_all_coins(worker: Worker) -> None:
    worker.step()
    expected = [(coin, timeframe) for timeframe in TIMEFRAMES for coin in worker.coins]
    assert worker.venue.order == expected


def test_a_folder_that_cannot_be_written_fails_the_step(worker: Worker) -> None:
    worker.runner.start()
    data = worker.paths.data
    data.rename(data.with_name("elsewhere"))
    data.write_text("a file in the place of the folder", encoding="utf-8")
    with pytest.raises(StorageError):
        worker.step()


def reported(worker: Worker) -> ThinkerReport:
    found = Mailbox(FileStore(), worker.paths).read(worker.paths.thinker_report, THINKER)
    assert found is not None
    return found


def test_a_report_tells_who_signals_who_waits_for_what_and_what_is_new(worker: Worker) -> None:
    worker.coins.append("SOL")
    worker.runner.start()
    assert reported(worker).stage == "starting"
    worker.step()
    report = reported(worker)
    assert (report.stage, report.ready, report.changed) == (
        "training_required",
        ("BTC", "ETH"),
        ("BTC", "ETH"),
    )
    assert dict(report.waiting) == {"SOL": "not trained yet; train this coin"}
    assert report.priced_at <= report.at
    worker.trained["SOL"] = 2
    worker.step(seconds=1)
    assert (reported(worker).stage, reported(worker).changed) == ("real_predictions", ("SOL",))


def test_prices_are_asked_for_after_the_candles_they_might_have_to_wait_for(worker: Worker) -> None:
    worker.venue.takes_s = 0.5
    worker.step()
    report = reported(worker)
    assert worker.venue.asked.total() == 2 * len(TIMEFRAMES)
    assert report.at == report.priced_at == worker.clock.now()


def test_the_log_tells_how_many_coins_signal_when_that_changes_and_not_in_every_step(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for _ in range(3):
        worker.step(seconds=1)
    lines = [text for text in caplog.messages if text.startswith("signals for ")]
    assert len(lines) == 1
    assert lines[0].startswith("signals for 2 of 2 coins; LONG: ")
    worker.coins = ["BTC"]
    worker.step(seconds=1)
    worker.step(seconds=STANDING_EVERY_S)
    lines = [text for text in caplog.messages if text.startswith("signals for ")]
    assert [line.partition(";")[0] for line in lines[1:]] == ["signals for 1 of 1 coins"]


def test_a_clock_that_is_set_back_an_hour_keeps_no_coin_silent(worker: Worker) -> None:
    worker.step()
    vars(worker.clock).update(vars(ManualClock(worker.clock.now() - timedelta(hours=1))))
    worker.step(seconds=1)
    assert worker.signalled() == ["BTC", "ETH"]
    signal = Mailbox(FileStore(), worker.paths).read_signal("BTC")
    assert signal is not None
    assert signal.made_at == worker.clock.now()
