"""A training that is broken off at any moment and started again leaves the bytes of one that was not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import RetryLater
from powertrader.core.stoppable_clock import StopAsked
from powertrader.core.storage import FileStore
from powertrader.models.candle import CandleHistory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.trainer.coin_training import CoinReport, CoinTrainer, HistorySource, RunOptions
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TrainingEngine
from tests.unit.trainer.test_coin_training import Market

START = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


class MortalStore(FileStore):
    """Dies at a file operation: before it is done, or right after it."""

    def __init__(self, dies_at: int, *, done: bool) -> None:
        super().__init__()
        self._dies_at = dies_at
        self._done = done
        self.operations = 0

    def _count(self) -> Iterator[None]:
        self.operations += 1
        if self.operations == self._dies_at and not self._done:
            raise Killed
        yield
        if self.operations == self._dies_at:
            raise Killed

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        for _ in self._count():
            super().write_bytes(path, content, durable=durable)

    def remove(self, path: Path) -> None:
        for _ in self._count():
            super().remove(path)


class Growing:
    """A market whose candles depend on the time they are seen at, as those of every market do."""

    def __init__(self, as_of_s: int) -> None:
        self._dropped = as_of_s // 3600 % 40

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        candles = Market().history(coin, timeframe).candles
        return CandleHistory.of(candles.between(0, len(candles) - self._dropped))


def trained(
    folder: Path, clock: ManualClock, store: FileStore | None = None, *, reprocess: bool = False
) -> CoinReport:
    files = TrainerFiles(store or FileStore(), CoinPaths(folder, "ETH"), "ETH")
    options = RunOptions(reprocess=reprocess, source_at=Growing)
    return CoinTrainer(Market(), clock, TrainingEngine()).train(files, options)


def learnt(folder: Path) -> dict[str, bytes]:
    """Give everything but the files that only tell of times."""
    told = (
        "trainer_status.json",
        "trainer_progress.json",
        "trainer_last_start_time.txt",
        "trainer_last_training_time.txt",
    )
    return {
        path.name: path.read_bytes() for path in sorted((folder / "ETH").iterdir()) if path.name not in told
    }


def prepared(folder: Path, base: str) -> Path:
    """Make a coin that knows nothing, our memories, or only the original's text files."""
    if base != "nothing":
        trained(folder, ManualClock(START - timedelta(days=7)))
    if base == "texts":
        for path in (folder / "ETH").glob("*.npz"):
            path.unlink()
    return folder


@pytest.mark.parametrize("dies_at", [20, 45, 70])
def test_what_is_to_be_learnt_anew_does_not_go_on_with_a_run_that_was_to_add(
    tmp_path: Path, dies_at: int
) -> None:
    before = prepared(tmp_path / "before", "ours")
    whole, folder = copytree(before, tmp_path / "whole"), copytree(before, tmp_path / "broken_off")
    trained(whole, ManualClock(START), reprocess=True)
    with pytest.raises(Killed):
        trained(folder, ManualClock(START), MortalStore(dies_at, done=True))
    trained(folder, ManualClock(START), reprocess=True)
    assert learnt(folder) == learnt(whole)


@pytest.mark.parametrize(
    "base, reprocess, every",
    [("texts", False, 1), ("ours", False, 6), ("ours", True, 7), ("nothing", False, 8)],
)
def test_killed_at_any_file_operation_and_started_again_it_leaves_the_same_bytes(
    tmp_path: Path, base: str, every: int, *, reprocess: bool
) -> None:
    before = prepared(tmp_path / "before", base)
    (before / "ETH").mkdir(parents=True, exist_ok=True)
    whole = copytree(before, tmp_path / "whole")
    counting = MortalStore(0, done=False)
    trained(whole, ManualClock(START), counting, reprocess=reprocess)
    expected = learnt(whole)
    assert counting.operations > 10 * len(TIMEFRAMES)
    for number in range(1, counting.operations + 1, every):
        folder = copytree(before, tmp_path / f"{number}")
        clock = ManualClock(START)
        with pytest.raises(Killed):
            trained(folder, clock, MortalStore(number, done=number % 2 == 0), reprocess=reprocess)
        if learnt(folder) != expected:
            # within the hour: whoever was killed before it noted anything begins with the same candles
            clock.sleep(600)
            assert trained(folder, clock, reprocess=reprocess).outcome == "finished"
        assert learnt(folder) == expected, f"killed at operation {number}"


def test_a_training_that_was_broken_off_days_ago_goes_on_with_the_candles_of_today(tmp_path: Path) -> None:
    asked: list[int] = []

    def source_at(as_of_s: int) -> HistorySource:
        asked.append(as_of_s)
        return Growing(as_of_s)

    clock = ManualClock(START)
    files = TrainerFiles(FileStore(), CoinPaths(tmp_path, "ETH"), "ETH")
    trainer = CoinTrainer(Market(), clock, TrainingEngine())
    done: list[object] = []
    trainer.train(files, RunOptions(lambda: len(done) > 2, done.append, source_at=source_at))
    clock.sleep(3600)
    trainer.train(files, RunOptions(lambda: len(done) > 4, done.append, source_at=source_at))
    clock.sleep(86400)
    report = trainer.train(files, RunOptions(source_at=source_at))
    assert [at - int(START.timestamp()) for at in asked] == [0, 0, 90_000]
    assert [one.timeframe for one in report.trainings] == list(TIMEFRAMES[5:])


class Troubled:
    """A market that cannot be asked for the candles of one timeframe."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        if timeframe is Timeframe.HOUR_4:
            raise self._error
        return Market().history(coin, timeframe)


def test_a_market_that_is_silent_for_a_while_is_no_failed_training(tmp_path: Path) -> None:
    files = TrainerFiles(FileStore(), CoinPaths(tmp_path, "ETH"), "ETH")
    silent = CoinTrainer(Troubled(RetryLater("no answer")), ManualClock(START), TrainingEngine())
    with pytest.raises(RetryLater):
        silent.train(files)
    assert files.checkpoint_index() == 2
    again = CoinTrainer(Market(), ManualClock(START), TrainingEngine()).train(files)
    assert [one.timeframe for one in again.trainings] == list(TIMEFRAMES[2:])


def test_a_download_that_is_broken_off_leaves_the_coin_interrupted(tmp_path: Path) -> None:
    files = TrainerFiles(FileStore(), CoinPaths(tmp_path, "ETH"), "ETH")
    report = CoinTrainer(Troubled(StopAsked()), ManualClock(START), TrainingEngine()).train(files)
    assert (report.outcome, len(report.trainings)) == ("interrupted", 2)


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b'{"schema": 1, "run": {"coin": "ETH"}}', b"\xff\x00", b"[1]"]
)
def test_a_damaged_note_of_a_broken_off_training_costs_only_what_it_noted(
    tmp_path: Path, damage: bytes
) -> None:
    clock = ManualClock(START)
    with pytest.raises(Killed):
        trained(tmp_path, clock, MortalStore(30, done=True))
    (tmp_path / "ETH" / "training_run.json").write_bytes(damage)
    assert trained(tmp_path, clock).outcome == "finished"
    assert not (tmp_path / "ETH" / "training_run.json").exists()


def test_a_training_on_old_candles_is_as_old_as_they_are(tmp_path: Path) -> None:
    files = TrainerFiles(FileStore(), CoinPaths(tmp_path, "ETH"), "ETH")
    old_s = int((START - timedelta(days=30)).timestamp())
    CoinTrainer(Market(), ManualClock(START), TrainingEngine()).train(files, RunOptions(as_of_s=old_s))
    assert (tmp_path / "ETH" / "trainer_last_training_time.txt").read_text() == str(old_s)


def test_the_original_learns_a_timeframe_again_whose_checkpoint_a_kill_prevented(tmp_path: Path) -> None:
    def run(store: FileStore) -> CoinReport:
        files = TrainerFiles(store, CoinPaths(tmp_path, "ETH"), "ETH")
        return CoinTrainer(Market(), ManualClock(START), TrainingEngine("original", "original")).train(files)

    texts = tmp_path / "ETH" / "neural_perfect_threshold_1hour.txt"
    number = 0
    while not texts.exists():
        number += 1
        with pytest.raises(Killed):
            run(MortalStore(number, done=True))
    assert not (tmp_path / "ETH" / "trainer_checkpoint.json").exists()
    known = texts.with_name("memories_1hour.txt").read_text()
    report = run(FileStore())
    assert report.trainings[0].timeframe is Timeframe.HOUR_1
    # on top of itself: what was just learnt is found known already
    assert report.trainings[0].learnt < len(known.split("~"))


def test_a_training_is_broken_off_from_its_first_file_to_its_last_and_never_otherwise(tmp_path: Path) -> None:
    files = TrainerFiles(FileStore(), CoinPaths(tmp_path, "ETH"), "ETH")
    assert not files.is_broken_off()
    for number in (1, 2, 3, 40):
        with pytest.raises(Killed):
            trained(tmp_path, ManualClock(START), MortalStore(number, done=True))
        assert files.is_broken_off(), f"killed at operation {number}"
    trained(tmp_path, ManualClock(START))
    assert not files.is_broken_off()
    assert files.trained_at_s() == START.timestamp()
