"""What a person is told before the trader's first step, and whose rules hold in each of them."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.bootstrap_trader import other_ledgers
from powertrader.cli.trader_view import RulesInForce
from powertrader.core.clock import ManualClock
from powertrader.core.config_cutover import CutoverSection
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.config_watch import ConfigWatcher
from powertrader.core.fresh_signals import FreshSignals
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.shadow.cutover_guard import CutoverGuard
from powertrader.trader.outlets import Identity

pytestmark = pytest.mark.money


def test_ledgers_of_the_same_mode_under_other_keys_are_named(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    ledger = paths.ledger("live", "new")
    for folder in (
        ledger,
        paths.ledger("live", "old"),
        paths.ledger("demo", "x"),
        paths.commands("live", "old"),
    ):
        folder.mkdir(parents=True)
    ledger.with_name("live-old.lock").touch()
    assert other_ledgers(ledger, Identity("live", "new", "USDT")) == ("live-old",)


def test_settings_that_change_hold_from_the_next_step_on_and_broken_ones_change_nothing(
    tmp_path: Path, expected_errors: list[str]
) -> None:
    file, clock, paths = tmp_path / "settings.yaml", ManualClock(datetime(2026, 1, 1, tzinfo=UTC)), tmp_path

    def write(text: str, age_s: int) -> None:
        file.write_text(text, encoding="utf-8")
        os.utime(file, (age_s, age_s))

    write("trading: {coins: [BTC, ETH]}", 1)
    sources = ConfigSources(yaml_files=(file,))
    home = HomePaths(paths)
    signals = FreshSignals(Mailbox(FileStore(home.data), home), clock, 120.0)
    guard = CutoverGuard(CutoverSection(), "", frozenset, clock)
    rules = RulesInForce(ConfigWatcher(sources, load_config(sources)), guard, signals)
    before = rules()
    assert (before.coins, rules.step_s()) == (("BTC", "ETH"), 1.0)
    assert rules() is before
    trader = "trader: {step_s: 5, signal_max_age_s: 30}"
    write(f"trading: {{coins: [BTC, SOL]}}\n{trader}\ncutover: {{share_pct: 0}}", 2)
    after = rules()
    assert (after.coins, rules.step_s(), signals.max_age_s) == (("BTC", "SOL"), 5.0, 30.0)
    assert set(after.no_entry) == {"BTC", "SOL"}
    write("trading: {coins: [BTC", 3)
    assert rules() is after
    assert len(expected_errors) == 1


def test_the_mode_and_the_original_folder_do_not_change_under_a_running_trader(
    tmp_path: Path, expected_errors: list[str]
) -> None:
    file, clock, home = tmp_path / "settings.yaml", ManualClock(datetime(2026, 1, 1, tzinfo=UTC)), tmp_path
    file.write_text("trading: {coins: [BTC]}", encoding="utf-8")
    sources = ConfigSources(yaml_files=(file,))
    paths = HomePaths(home)
    signals = FreshSignals(Mailbox(FileStore(paths.data), paths), clock, 120.0)
    guard = CutoverGuard(CutoverSection(), "", frozenset, clock)
    rules = RulesInForce(ConfigWatcher(sources, load_config(sources)), guard, signals)
    before = rules()
    for number, text in enumerate(("trading: {mode: live", "cutover: {original_folder: /old")):
        file.write_text(f"{text}}}", encoding="utf-8")
        os.utime(file, (number, number))
        assert rules() is before
    assert len(expected_errors) == 2
