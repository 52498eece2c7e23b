"""Notifications: what is worth one, and where it goes today."""

import logging

import pytest

from powertrader.models.events import TrainingFinished, WorkerStarted
from powertrader.services.notify import LogChannel, Notifier
from tests.unit.core.event_cases import AT, CASES


class Telephone:
    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, text: str) -> None:
        self.texts.append(text)


def test_trades_and_troubles_are_told_but_neither_signals_nor_what_went_as_it_should() -> None:
    telephone = Telephone()
    notify = Notifier(telephone)
    for case in CASES:
        notify(case)
    notify(WorkerStarted("thinker", 7, restarted=False, at=AT))
    notify(TrainingFinished("ETH", "too few candles", AT))
    told = " | ".join(telephone.texts)
    assert len(telephone.texts) == len(CASES) - 1
    for part in ("bought 0.1 BTC", "was not traded", "stopped", "crash", "plugin", "too few candles"):
        assert part in told
    assert "signals" not in told
    assert "was trained" not in told


def test_the_log_channel_says_in_the_log_what_would_be_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    Notifier(LogChannel())(CASES[1])
    assert caplog.messages == ["PAPER: bought 0.1 BTC for 10.00 USDT (entry)"]
