"""Signals that a trader may act on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.clock import Clock, ManualClock, ScaledClock
from powertrader.core.exceptions import BadData
from powertrader.core.fresh_signals import CLOCK_SKEW_S, FreshSignals
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal

NOW = datetime(2024, 1, 1, tzinfo=UTC)
AGE_S = 120.0


def signals(home: Path, market: Clock, made_s: float) -> FreshSignals:
    """Give a reader of a folder with one signal, made so many seconds from now."""
    paths = HomePaths(home)
    mailbox = Mailbox(FileStore(paths.data), paths)
    mailbox.publish_signal(Signal("BTC", 3, 0, (), (), 0.0, 0.0, market.now() + timedelta(seconds=made_s)))
    return FreshSignals(mailbox, market, AGE_S)


@pytest.mark.parametrize("made_s, is_given", [(0.0, True), (-AGE_S, True), (-AGE_S - 1, False)])
def test_a_signal_is_given_until_it_is_too_old(tmp_path: Path, *, made_s: float, is_given: bool) -> None:
    read = signals(tmp_path, ManualClock(NOW), made_s)
    assert (read("BTC") is not None) is is_given
    assert read("ETH") is None


def test_how_old_a_signal_may_be_can_change_at_any_time(tmp_path: Path) -> None:
    read = signals(tmp_path, ManualClock(NOW), -AGE_S)
    read.max_age_s = AGE_S / 2
    assert read("BTC") is None
    read.max_age_s = AGE_S
    assert read("BTC") is not None


def test_where_the_market_runs_faster_a_signal_is_old_after_as_many_seconds_of_the_wall(
    tmp_path: Path,
) -> None:
    wall = ManualClock(NOW)
    read = signals(tmp_path, ScaledClock(wall, NOW, 3600.0), 0.0)
    wall.sleep(AGE_S)
    assert read("BTC") is not None
    wall.sleep(1.0)
    assert read("BTC") is None


def test_a_signal_from_the_future_is_refused_and_a_clock_a_little_ahead_is_not(tmp_path: Path) -> None:
    assert signals(tmp_path, ManualClock(NOW), CLOCK_SKEW_S)("BTC") is not None
    with pytest.raises(BadData, match="BTC is from the future"):
        signals(tmp_path, ManualClock(NOW), CLOCK_SKEW_S + 1)("BTC")
