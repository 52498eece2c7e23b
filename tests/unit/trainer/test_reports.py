"""The reports of trainings on file: gone on with, begun anew when damaged, without secrets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import TrainingError
from powertrader.core.mailbox import TRAINING, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.models.timeframe import Timeframe
from powertrader.trainer.reports import TrainingReports
from powertrader.trainer.training_engine import TimeframeTraining

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def reports(tmp_path: Path) -> TrainingReports:
    return TrainingReports(
        HomePaths(tmp_path), ManualClock(NOW), NOW, "kucoin", Redactor(["abcdefgh"]).redact
    )


def test_the_next_process_goes_on_with_what_was_told_of_the_timeframes(tmp_path: Path) -> None:
    progress = reports(tmp_path).progress("ETH")
    progress.wall = ManualClock(NOW + timedelta(minutes=1))
    progress.trained(TimeframeTraining(Timeframe.HOUR_1, "finished"))
    later = reports(tmp_path).progress("ETH").report
    assert [row.timeframe for row in later.timeframes] == [Timeframe.HOUR_1]
    assert (later.state, later.source, later.at) == ("training", "kucoin", NOW)


def test_a_damaged_report_is_moved_aside_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    path = HomePaths(tmp_path).coin("ETH").training_report()
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert reports(tmp_path).progress("ETH").report.timeframes == ()
    assert not path.exists()


def test_a_reason_reaches_the_file_and_the_summary_without_secrets(tmp_path: Path) -> None:
    told, paths = reports(tmp_path), HomePaths(tmp_path)
    told.progress("ETH").broken(TrainingError("refused abcdefgh"), retrying=False)
    on_file = Mailbox(FileStore(paths.data), paths).read(paths.coin("ETH").training_report(), TRAINING)
    assert on_file == told.newest["ETH"]
    assert on_file is not None
    assert on_file.reason == "refused ***"
