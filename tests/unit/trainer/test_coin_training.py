"""A training run of one coin: its files, its checkpoint, and what it does when something is wrong."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import BadData, TrainingError
from powertrader.core.memory_files import load_memory
from powertrader.core.storage import FileStore
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import Compat
from powertrader.trainer.coin_training import CoinReport, CoinTrainer, RunOptions
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TimeframeTraining, TrainingEngine

NOW_S = 1_700_003_723


class Market:
    """Sixty random candles of every timeframe; some timeframes may be missing."""

    def __init__(self, missing: frozenset[Timeframe] = frozenset()) -> None:
        self._missing = missing
        self.asked: list[Timeframe] = []

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        self.asked.append(timeframe)
        if timeframe in self._missing:
            msg = f"no {timeframe} candles of {coin}"
            raise BadData(msg)
        close = 100 * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.02, 60)))
        opened = np.append(100.0, close[:-1])
        times = np.arange(60, dtype=np.int64) * timeframe.seconds
        high, low = np.maximum(opened, close), np.minimum(opened, close)
        return CandleHistory.of(Candles(times, opened, high, low, close, np.ones(60), timeframe.seconds))


def train(
    folder: Path, market: Market, options: RunOptions | None = None, compat: Compat = "safe"
) -> CoinReport:
    clock = ManualClock(datetime.fromtimestamp(NOW_S, UTC))
    files = TrainerFiles(FileStore(), CoinPaths(folder, "ETH"), "ETH")
    return CoinTrainer(market, clock, TrainingEngine("original", compat)).train(files, options)


def status(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "ETH" / "trainer_status.json").read_text())
    return found


def stop_after(count: int) -> RunOptions:
    done: list[TimeframeTraining] = []
    return RunOptions(should_stop=lambda: len(done) >= count, on_progress=done.append)


def contents(folder: Path, pattern: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "ETH").glob(pattern))}


def test_a_coin_is_trained_into_its_own_folder(tmp_path: Path) -> None:
    report = train(tmp_path, Market())
    assert report.outcome == "finished"
    assert [each.timeframe for each in report.trainings] == list(TIMEFRAMES)
    assert status(tmp_path)["state"] == "FINISHED"
    assert (tmp_path / "ETH" / "trainer_last_training_time.txt").read_text() == str(NOW_S)
    assert len(contents(tmp_path, "memory_*.npz")) == len(TIMEFRAMES)
    assert not (tmp_path / "ETH" / "trainer_checkpoint.json").exists()


def test_candles_are_asked_for_once_per_timeframe(tmp_path: Path) -> None:
    market = Market()
    train(tmp_path, market)
    assert market.asked == list(TIMEFRAMES)


def test_a_stopped_training_resumes_to_the_bytes_of_one_that_was_not(tmp_path: Path) -> None:
    train(tmp_path / "whole", Market())
    assert train(tmp_path / "parts", Market(), stop_after(3)).outcome == "interrupted"
    assert status(tmp_path / "parts")["state"] == "INTERRUPTED"
    assert status(tmp_path / "parts")["tf_index"] == 3
    assert not (tmp_path / "parts" / "ETH" / "trainer_last_training_time.txt").exists()
    assert len(train(tmp_path / "parts", Market()).trainings) == 4
    assert contents(tmp_path / "parts", "mem*") == contents(tmp_path / "whole", "mem*")


def test_killer_txt_stops_before_anything_is_trained(tmp_path: Path) -> None:
    (tmp_path / "ETH").mkdir()
    (tmp_path / "ETH" / "killer.txt").write_text(" Yes\n")
    report = train(tmp_path, Market())
    assert (report.outcome, report.trainings) == ("interrupted", ())


def test_one_missing_timeframe_costs_only_itself(tmp_path: Path) -> None:
    report = train(tmp_path, Market(frozenset({Timeframe.HOUR_8})))
    assert report.outcome == "finished"
    assert [str(error) for error in report.failures] == [
        "8hour cannot be trained without 8hour candles: no 8hour candles of ETH"
    ]
    assert not (tmp_path / "ETH" / "memory_8hour.npz").exists()


def test_the_original_ends_the_coin_at_the_first_failure(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="8hour"):
        train(tmp_path, Market(frozenset({Timeframe.HOUR_8})), compat="original")
    assert status(tmp_path)["state"] == "TRAINING"


def test_a_coin_that_learns_nothing_fails_and_is_not_called_trained(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="ETH could not be trained"):
        train(tmp_path, Market(frozenset(TIMEFRAMES)))
    assert status(tmp_path)["state"] == "FAILED"
    assert not (tmp_path / "ETH" / "trainer_last_training_time.txt").exists()


def test_a_resumed_training_whose_rest_fails_keeps_what_was_trained_before_it(tmp_path: Path) -> None:
    assert train(tmp_path, Market(), stop_after(6)).outcome == "interrupted"
    report = train(tmp_path, Market(frozenset({Timeframe.WEEK_1})))
    assert (report.outcome, len(report.failures)) == ("finished", 1)
    assert status(tmp_path)["state"] == "FINISHED"
    assert (tmp_path / "ETH" / "trainer_last_training_time.txt").read_text() == str(NOW_S)


def test_the_candles_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as caught:
        train(tmp_path, Market(frozenset({Timeframe.HOUR_1})))
    assert str(caught.value).count("no 1hour candles of ETH") == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"coin": "BTC", "tf_index": 5}', '{"coin": "ETH", "tf_index": "x"}', "\x00"]
)
def test_a_checkpoint_that_is_not_ours_means_the_beginning(tmp_path: Path, text: str) -> None:
    (tmp_path / "ETH").mkdir()
    (tmp_path / "ETH" / "trainer_checkpoint.json").write_text(text)
    assert len(train(tmp_path, Market()).trainings) == len(TIMEFRAMES)


def test_a_checkpoint_after_the_last_timeframe_means_finished(tmp_path: Path) -> None:
    (tmp_path / "ETH").mkdir()
    checkpoint = tmp_path / "ETH" / "trainer_checkpoint.json"
    checkpoint.write_text('{"coin": "eth", "tf_index": 7}')
    with pytest.raises(TrainingError, match="delete it"):
        train(tmp_path, Market(), compat="original")
    assert train(tmp_path, Market()).outcome == "finished"
    assert not checkpoint.exists()


def test_training_again_builds_on_what_was_known_unless_told_otherwise(tmp_path: Path) -> None:
    first = train(tmp_path, Market()).trainings[0].memory
    second = train(tmp_path, Market()).trainings[0].memory
    anew = train(tmp_path, Market(), RunOptions(reprocess=True)).trainings[0].memory
    assert first is not None
    assert second is not None
    assert anew is not None
    assert len(second) >= len(first)
    assert second.body_pct[: len(first)].tolist() == first.body_pct.tolist()
    assert anew.body_pct.tolist() == first.body_pct.tolist()


def loaded(folder: Path) -> PatternMemory | None:
    return load_memory(FileStore(), CoinPaths(folder, "ETH"), Timeframe.DAY_1)


def test_newer_text_files_are_imported_and_older_ones_are_not(tmp_path: Path) -> None:
    train(tmp_path, Market())
    texts = [tmp_path / "ETH" / f"memor{stem}_1day.txt" for stem in ("ies", "y_weights")]
    texts += [tmp_path / "ETH" / f"memory_weights_{side}_1day.txt" for side in ("high", "low")]
    for path, text in zip(texts, ("9.0 9.0{}9.0{}9.0", "1.0", "1.0", "1.0"), strict=True):
        path.write_text(text)
        os.utime(path, (0, 0))
    ours = loaded(tmp_path)
    assert ours is not None
    assert len(ours) > 1
    os.utime(texts[0], (2**33, 2**33))
    imported = loaded(tmp_path)
    assert imported is not None
    assert imported.body_pct.tolist() == [9.0]


def test_a_damaged_file_of_ours_is_moved_aside_and_the_text_counts(tmp_path: Path) -> None:
    train(tmp_path, Market())
    before = loaded(tmp_path)
    (tmp_path / "ETH" / "memory_1day.npz").write_bytes(b"damaged")
    os.utime(tmp_path / "ETH" / "memory_1day.npz", (2**33, 2**33))
    after = loaded(tmp_path)
    assert before is not None
    assert after is not None
    assert after.body_pct.tolist() == before.body_pct.tolist()
    assert list((tmp_path / "ETH").glob("memory_1day.npz.corrupt-*"))
