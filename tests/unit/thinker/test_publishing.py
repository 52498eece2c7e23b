"""Signals as files: what is written, when it is written again, and what a full folder costs."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.mailbox import THINKER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from powertrader.models.status import ThinkerReport
from powertrader.thinker.original_texts import TEXTS_REFRESH_S
from powertrader.thinker.publishing import REFRESH_S, SignalFiles
from powertrader.thinker.session import ThinkerStep

NOW: Final = datetime(2024, 3, 4, tzinfo=UTC)
SIGNAL: Final = Signal("BTC", 3, 0, (99.0, 98.0), (105.0,), 0.5, 0.5, NOW)


class Folder:
    """A home, and what lies in it."""

    def __init__(self, root: Path) -> None:
        self.paths = HomePaths(root)
        self.files = SignalFiles(FileStore(), self.paths)

    def publish(self, signal: Signal | None, later_s: float = 0.0) -> dict[str, str]:
        moment = NOW + timedelta(seconds=later_s)
        step = ThinkerStep({}, {"BTC": "no price"})
        if signal is not None:
            step = ThinkerStep({"BTC": replace(signal, made_at=moment)}, {})
        published = self.files.publish(step.signals, moment)
        return self.files.export(step, moment) | published.failed

    def made_at(self) -> datetime:
        read = Mailbox(FileStore(), self.paths).read_signal("BTC")
        assert read is not None
        return read.made_at

    def level(self) -> str:
        return self.paths.coin("BTC").signal_long().read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_signal_that_stays_the_same_is_renewed_before_it_grows_stale(folder: Folder) -> None:
    folder.publish(SIGNAL)
    folder.publish(SIGNAL, later_s=REFRESH_S - 1)
    assert folder.made_at() == NOW
    folder.publish(SIGNAL, later_s=REFRESH_S)
    assert folder.made_at() == NOW + timedelta(seconds=REFRESH_S)


def test_texts_that_say_nothing_new_are_left_alone_for_a_while_and_come_back_when_deleted(
    folder: Folder,
) -> None:
    folder.publish(SIGNAL)
    folder.paths.coin("BTC").signal_long().unlink()
    folder.publish(SIGNAL, later_s=REFRESH_S)
    assert not folder.paths.coin("BTC").signal_long().exists()
    folder.publish(SIGNAL, later_s=TEXTS_REFRESH_S)
    assert folder.level() == "3"


@pytest.mark.parametrize("changed", [replace(SIGNAL, long_level=7), replace(SIGNAL, short_level=7)])
def test_a_signal_that_changes_is_written_at_once(folder: Folder, changed: Signal) -> None:
    folder.publish(SIGNAL)
    folder.publish(changed, later_s=1)
    assert folder.made_at() == NOW + timedelta(seconds=1)


def test_a_clock_that_was_set_back_does_not_keep_a_signal_from_being_renewed(folder: Folder) -> None:
    folder.publish(SIGNAL)
    folder.publish(SIGNAL, later_s=-3600)
    assert folder.made_at() == NOW - timedelta(hours=1)


def test_a_coin_that_falls_silent_keeps_its_signal_and_says_level_0_to_old_tools(folder: Folder) -> None:
    folder.publish(SIGNAL)
    assert folder.level() == "3"
    folder.publish(None, later_s=1)
    assert folder.level() == "0"
    assert folder.made_at() == NOW
    folder.publish(SIGNAL, later_s=2)
    assert folder.level() == "3"


def test_what_could_not_be_written_is_named_and_written_as_soon_as_it_can_be(folder: Folder) -> None:
    folder.paths.root.joinpath("data").write_text("a file in the place of the folder", encoding="utf-8")
    assert "move that file away" in folder.publish(SIGNAL)["BTC"]
    folder.paths.root.joinpath("data").unlink()
    assert folder.publish(SIGNAL, later_s=1) == {}
    assert folder.made_at() == NOW + timedelta(seconds=1)


def report(stage: str = "real_predictions", later_s: float = 0.0, *changed: str) -> ThinkerReport:
    at = NOW + timedelta(seconds=later_s)
    return ThinkerReport(at, at, at, stage, changed, ("BTC",), ())


def told_at(folder: Folder) -> datetime | None:
    found = Mailbox(FileStore(), folder.paths).read(folder.paths.thinker_report, THINKER)
    return None if found is None else found.at


def test_a_report_is_written_at_once_when_it_says_something_new_and_otherwise_now_and_then(
    folder: Folder,
) -> None:
    folder.files.report(report("starting"))
    assert told_at(folder) == NOW
    folder.files.report(report(later_s=1))
    assert told_at(folder) == NOW + timedelta(seconds=1)
    folder.files.report(report(later_s=2))
    assert told_at(folder) == NOW + timedelta(seconds=1)
    folder.files.report(report("real_predictions", 3, "BTC"))
    assert told_at(folder) == NOW + timedelta(seconds=3)
    folder.files.report(report(later_s=3 + REFRESH_S))
    assert told_at(folder) == NOW + timedelta(seconds=3 + REFRESH_S)


def test_coins_that_say_something_new_are_named_once(folder: Folder) -> None:
    def changed(signal: Signal, later_s: float) -> tuple[str, ...]:
        return folder.files.publish({"BTC": signal}, NOW + timedelta(seconds=later_s)).changed

    assert changed(SIGNAL, 0) == ("BTC",)
    assert changed(SIGNAL, 1) == ()
    assert changed(replace(SIGNAL, long_level=4), 2) == ("BTC",)
    # written again because of its age, which is nothing new
    assert changed(replace(SIGNAL, long_level=4), 2 + REFRESH_S) == ()


def test_the_files_of_many_coins_are_not_renewed_in_the_same_moment(folder: Folder) -> None:
    signals = {f"C{number}": replace(SIGNAL, coin=f"C{number}") for number in range(20)}
    folder.files.publish(signals, NOW)
    mailbox = Mailbox(FileStore(), folder.paths)
    renewed = []
    for second in range(1, int(REFRESH_S) + 1):
        at = NOW + timedelta(seconds=second)
        folder.files.publish({coin: replace(one, made_at=at) for coin, one in signals.items()}, at)
        read = [mailbox.read_signal(coin) for coin in signals]
        renewed.append(sum(one is not None and one.made_at == at for one in read))
    assert renewed == [2] * int(REFRESH_S)


def test_only_those_texts_are_written_that_say_something_new(folder: Folder) -> None:
    folder.publish(SIGNAL)
    margin = folder.paths.coin("BTC").profit_margin_long()
    margin.unlink()
    folder.publish(replace(SIGNAL, long_level=5), later_s=1)
    assert folder.level() == "5"
    assert not margin.exists()


def test_where_writing_takes_too_long_the_rest_of_the_texts_comes_in_the_next_steps(folder: Folder) -> None:
    coins = [f"C{number}" for number in range(5)]
    budget = [2]

    def enough() -> bool:
        budget[0] -= 1
        return budget[0] < 0

    def written(level: int) -> list[str]:
        """Let every coin say something new, and give those whose texts say it."""
        budget[0] = 2
        step = ThinkerStep({one: replace(SIGNAL, coin=one, long_level=level) for one in coins}, {})
        assert folder.files.export(step, NOW, enough) == {}
        paths = [folder.paths.coin(one).signal_long() for one in coins]
        return [path.parent.name for path in paths if path.exists() and path.read_text() == str(level)]

    assert [written(level) for level in (1, 2, 3)] == [["C0", "C1"], ["C2", "C3"], ["C0", "C4"]]


def test_readiness_is_told_as_the_original_tells_it(folder: Folder) -> None:
    folder.files.publish_readiness("starting", (), 2, NOW)
    assert _ready(folder) == (False, "starting", [], 2)
    folder.files.publish_readiness("warming_up", ["ETH"], 2, NOW)
    assert _ready(folder) == (False, "warming_up", ["ETH"], 2)
    folder.files.publish_readiness("real_predictions", ["ETH", "BTC"], 2, NOW)
    assert _ready(folder) == (True, "real_predictions", ["BTC", "ETH"], 2)
    text = folder.paths.runner_ready.read_text(encoding="utf-8")
    assert list(json.loads(text)) == ["timestamp", "ready", "stage", "ready_coins", "total_coins"]
    assert json.loads(text)["timestamp"] == NOW.timestamp()


def test_readiness_that_says_nothing_new_is_not_written_again(folder: Folder) -> None:
    folder.files.publish_readiness("starting", (), 2, NOW)
    folder.paths.runner_ready.unlink()
    folder.files.publish_readiness("starting", (), 2, NOW + timedelta(seconds=5))
    assert not folder.paths.runner_ready.exists()


def _ready(folder: Folder) -> tuple[bool, str, list[str], int]:
    content = json.loads(folder.paths.runner_ready.read_text(encoding="utf-8"))
    return content["ready"], content["stage"], content["ready_coins"], content["total_coins"]
