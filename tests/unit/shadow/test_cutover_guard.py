"""The guard between PowerTrader and an original that still runs: nobody trades the other's coins."""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.config_cutover import CutoverSection
from powertrader.core.exceptions import ConfigError
from powertrader.models.rules import TradingRules
from powertrader.shadow.cutover_guard import CutoverGuard
from powertrader.shadow.install import account_of, find_install

COINS: Final = ("BTC", "ETH", "SOL")
RULES: Final = TradingRules(COINS)


def install(folder: Path, *coins: str, **more: object) -> Path:
    """Leave a folder of the original whose settings list these coins."""
    (folder / "hub_data").mkdir(parents=True, exist_ok=True)
    write(folder / "gui_settings.json", json.dumps({"coins": list(coins), **more}))
    return folder


def write(path: Path, text: str) -> None:
    """Write a file with a time stamp of its own, as the original reads its settings by that."""
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else None
    path.write_text(text, encoding="utf-8")
    if later is not None:
        os.utime(path, ns=(later, later))


def holds(folder: Path, coin: str, quantity: float) -> None:
    """Let the original's trader tell that it holds a coin."""
    positions = {coin: {"quantity": quantity, "current_buy_price": 1.0, "current_sell_price": 1.0}}
    document = {"timestamp": 1.0, "account": {"total_account_value": 1.0}, "positions": positions}
    write(folder / "hub_data" / "trader_status.json", json.dumps(document))


def guard(
    folder: Path | None, *, share_pct: float = 100.0, account: str = "", held: str = ""
) -> CutoverGuard:
    section = CutoverSection(share_pct=share_pct, original_folder="" if folder is None else str(folder))
    ours = frozenset([held] if held else [])
    return CutoverGuard(section, account, lambda: ours, SystemClock())


def section(folder: Path | None, share_pct: float = 100.0) -> CutoverSection:
    return CutoverSection(share_pct=share_pct, original_folder="" if folder is None else str(folder))


def test_without_a_folder_everything_may_start_and_the_rules_stay_the_same_object() -> None:
    free = guard(None)
    free.refuse_start(COINS)
    assert free.applied(RULES, section(None)) is RULES


def test_a_folder_that_is_no_original_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="pt_trader"):
        guard(tmp_path)


def test_a_folder_that_depends_on_where_we_were_started_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"cutover\.original_folder was 'old', must be a full path"):
        guard(Path("old"))


def test_a_coin_that_both_list_keeps_the_trader_from_starting(tmp_path: Path) -> None:
    folder = install(tmp_path / "old one", "ETH", "DOGE")
    with pytest.raises(ConfigError) as refused:
        guard(folder).refuse_start(COINS)
    text = str(refused.value)
    assert "both trade ETH:" in text
    assert str(folder / "gui_settings.json") in text
    assert "trading.coins" in text


def test_other_coins_on_another_account_may_start(tmp_path: Path) -> None:
    other = guard(install(tmp_path / "old", "DOGE"))
    other.refuse_start(COINS)
    assert other.applied(RULES, section(tmp_path / "old")) is RULES


def test_an_original_without_settings_trades_its_five_default_coins(tmp_path: Path) -> None:
    folder = install(tmp_path / "old")
    (folder / "gui_settings.json").unlink()
    (folder / "pt_trader.py").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="default is BTC, ETH"):
        guard(folder).refuse_start(COINS)


def test_a_coin_the_original_still_holds_keeps_the_trader_from_starting(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    holds(folder, "SOL", 2.0)
    with pytest.raises(ConfigError, match="still holds SOL"):
        guard(folder).refuse_start(COINS)
    holds(folder, "SOL", 0.0)
    guard(folder).refuse_start(COINS)


def test_a_coin_we_hold_is_ours_whatever_the_share_says(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "BTC")
    guard(folder, share_pct=0).refuse_start(COINS)
    with pytest.raises(ConfigError, match="both trade BTC"):
        guard(folder, share_pct=0, held="BTC").refuse_start(COINS)


def test_the_same_key_keeps_the_trader_from_starting_whatever_the_coins_are(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    write(folder / "b_key.txt", "\ufeff a-key-of-the-original \r\n")
    account = account_of(find_install(folder))
    with pytest.raises(ConfigError, match="sub-account") as refused:
        guard(folder, account=account).refuse_start(COINS)
    assert "a-key-of-the-original" not in str(refused.value)
    guard(folder, account="11223344").refuse_start(COINS)


def test_a_coin_the_original_begins_to_list_is_not_bought_any_more(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    running = guard(folder)
    assert running.applied(RULES, section(folder)).no_entry == {}
    install(folder, "DOGE", "ETH")
    stopped = running.applied(RULES, section(folder))
    assert list(stopped.no_entry) == ["ETH"]
    assert str(folder / "gui_settings.json") in stopped.no_entry["ETH"]
    assert running.applied(RULES, section(folder)) is stopped
    install(folder, "DOGE")
    assert running.applied(RULES, section(folder)).no_entry == {}


def test_settings_of_the_original_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "ETH")
    running = guard(folder)
    write(folder / "gui_settings.json", '{"coins": ["DO')
    assert list(running.applied(RULES, section(folder)).no_entry) == ["ETH"]


def test_what_cannot_be_read_at_the_start_is_not_taken_for_nothing(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    for name in ("gui_settings.json", "hub_data/trader_status.json", "b_key.txt"):
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        for damaged in (b"", b"\x00", b'{"timestamp": 1.0, "positi'):
            if name == "b_key.txt" and damaged.strip():
                continue
            path.write_bytes(damaged)
            with pytest.raises(ConfigError, match="not known") as refused:
                guard(folder, account="11223344").refuse_start(COINS)
            assert str(path) in str(refused.value)
        path.unlink()
        if before is not None:
            path.write_bytes(before)
    guard(folder, account="11223344").refuse_start(COINS)


def test_a_folder_of_books_that_is_not_there_is_not_taken_for_empty_books(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE", hub_data_dir="/not/mounted")
    with pytest.raises(ConfigError, match="hub_data_dir names /not/mounted"):
        guard(folder).refuse_start(COINS)


def test_what_the_original_held_and_whose_it_is_stays_known_while_it_cannot_be_read(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    write(folder / "b_key.txt", "another")
    running = guard(folder, account="11223344")
    holds(folder, "SOL", 2.0)
    assert list(running.applied(RULES, section(folder)).no_entry) == ["SOL"]
    write(folder / "hub_data" / "trader_status.json", '{"timestamp": 1.0, "acc')
    assert list(running.applied(RULES, section(folder)).no_entry) == ["SOL"]
    # read again although nothing tells that it has changed
    holds(folder, "SOL", 0.0)
    assert running.applied(RULES, section(folder)).no_entry == {}
    holds(folder, "SOL", 2.0)
    assert list(running.applied(RULES, section(folder)).no_entry) == ["SOL"]
    folder.rename(tmp_path / "away")
    assert list(running.applied(RULES, section(folder)).no_entry) == ["SOL"]
    (tmp_path / "away").rename(folder)
    (folder / "hub_data" / "trader_status.json").unlink()
    assert running.applied(RULES, section(folder)).no_entry == {}


def test_our_own_key_stays_known_while_its_file_is_being_written(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    write(folder / "b_key.txt", "their own key")
    ours = account_of(find_install(folder))
    running = guard(folder, account=ours)
    assert set(running.applied(RULES, section(folder)).no_entry) == set(COINS)
    write(folder / "b_key.txt", "")
    assert set(running.applied(RULES, section(folder)).no_entry) == set(COINS)
    write(folder / "b_key.txt", "another")
    assert running.applied(RULES, section(folder)).no_entry == {}


def test_settings_nested_too_deeply_change_nothing(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "ETH")
    running = guard(folder)
    write(folder / "gui_settings.json", "[" * 100_000)
    assert list(running.applied(RULES, section(folder)).no_entry) == ["ETH"]


def test_the_key_of_ours_in_the_original_stops_every_purchase(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    write(folder / "b_key.txt", "their own key")
    ours = account_of(find_install(folder))
    write(folder / "b_key.txt", "another")
    running = guard(folder, account=ours)
    assert running.applied(RULES, section(folder)).no_entry == {}
    write(folder / "b_key.txt", "their own key")
    assert set(running.applied(RULES, section(folder)).no_entry) == set(COINS)


def test_a_share_that_changes_while_running_takes_effect() -> None:
    running = guard(None, share_pct=0)
    assert set(running.applied(RULES, section(None, 0)).no_entry) == set(COINS)
    assert running.applied(RULES, section(None, 100)).no_entry == {}


def test_rules_that_change_while_running_are_those_in_force(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "ETH")
    running = guard(folder)
    assert running.applied(RULES, section(folder)).coins == COINS
    changed = running.applied(TradingRules(("ETH", "ADA"), trade_start_level=5), section(folder))
    assert (changed.coins, changed.trade_start_level) == (("ETH", "ADA"), 5)
    assert list(changed.no_entry) == ["ETH"]


def test_what_could_not_be_read_is_tried_again_also_when_its_file_looks_the_same(tmp_path: Path) -> None:
    folder = install(tmp_path / "old", "DOGE")
    holds(folder, "SOL", 2.0)
    path = folder / "hub_data" / "trader_status.json"
    sound, times = path.read_bytes(), (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_bytes(b"x" * len(sound))
    os.utime(path, ns=times)
    running = guard(folder)
    assert running.applied(RULES, section(folder)).no_entry == {}
    path.write_bytes(sound)
    os.utime(path, ns=times)
    assert list(running.applied(RULES, section(folder)).no_entry) == ["SOL"]
