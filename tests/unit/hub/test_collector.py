"""Collector: the first view comes at once, histories with the next, and what fails is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import read_sources
from powertrader.core.event_journal import JournalReader
from powertrader.core.exceptions import BadData
from powertrader.core.snapshot import SnapshotReader
from powertrader.hub.account_history import AccountHistoryReader
from powertrader.hub.collector import Collector, Sources
from powertrader.hub.output_feed import OutputFeed
from powertrader.hub.ports import HubPorts, LedgerPort
from powertrader.hub.settings_feed import SettingsFeed
from powertrader.hub.state import HubState
from powertrader.hub.trades_view import LedgerName, TradesView


class OneTrade:
    """A ledger that is read at once, or cannot be read."""

    def __init__(self, problem: str = "") -> None:
        self.asked = 0
        self.problem = problem

    def read(self, whose: LedgerName) -> TradesView | None:
        self.asked += 1
        if self.problem:
            raise BadData(self.problem)
        return TradesView(whose) if self.asked == 1 else None


@pytest.fixture
def collector_of(hub_ports: HubPorts) -> Callable[[LedgerPort | None], Collector]:
    paths, sources = hub_ports.paths, hub_ports.sources

    def make(ledger: LedgerPort | None) -> Collector:
        parts = Sources(
            settings=SettingsFeed(sources, read_sources(sources)),
            snapshots=SnapshotReader(paths, hub_ports.mailbox),
            output=OutputFeed({}, str),
            account=AccountHistoryReader(paths),
            journals=JournalReader(paths.logs),
            ledger=ledger,
            clock=SystemClock(),
        )
        return Collector(parts, HubState())

    return make


def test_the_first_view_waits_for_no_history(
    collector_of: Callable[[LedgerPort | None], Collector], hub_ports: HubPorts
) -> None:
    history = hub_ports.paths.account_value_history
    history.parent.mkdir(parents=True)
    history.write_text('{"ts": 1700000000.0, "total_account_value": 10.0}\n', encoding="utf-8")
    ledger = OneTrade()
    collector = collector_of(ledger)
    first = collector.look()
    assert (len(first.account), first.trades.complete, ledger.asked) == (0, False, 0)
    second = collector.look()
    assert (len(second.account), second.trades.complete, ledger.asked) == (1, True, 1)


@pytest.mark.parametrize("ledger", [None, OneTrade("entry 3 is damaged")], ids=["none", "damaged"])
def test_a_ledger_that_is_not_there_or_damaged_keeps_nobody_reading_for_ever(
    collector_of: Callable[[LedgerPort | None], Collector], ledger: LedgerPort | None
) -> None:
    collector = collector_of(ledger)
    for _ in range(3):
        view = collector.look()
    assert view.trades.complete
    assert view.problems == (() if ledger is None else ("entry 3 is damaged",))


def test_settings_that_cannot_be_used_are_named_and_the_last_good_ones_stay(
    collector_of: Callable[[LedgerPort | None], Collector], hub_ports: HubPorts
) -> None:
    collector = collector_of(None)
    before = collector.look().settings
    settings: Path = hub_ports.paths.gui_settings
    settings.parent.mkdir(parents=True)
    settings.write_text('{"dca_multiplier": "much"}', encoding="utf-8")
    after = collector.look().settings
    assert after.config == before.config
    assert any("dca_multiplier" in problem for problem in after.problems)
