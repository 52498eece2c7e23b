"""Settings that change while a process runs, and saving gui_settings.json."""

import json
import logging
import os
from pathlib import Path

import pytest
from pydantic import JsonValue

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, SettingsError, load_config
from powertrader.core.config_watch import ConfigWatcher, save_gui_settings
from powertrader.core.exceptions import ConfigError


def watched(gui: Path, *yaml_files: Path, overrides: tuple[str, ...] = ()) -> ConfigWatcher:
    sources = ConfigSources(yaml_files, gui_settings=gui, overrides=overrides)
    return ConfigWatcher(sources, load_config(sources))


def level_of(config: TradingConfig | None) -> int | None:
    return None if config is None else config.entry.trade_start_level


@pytest.fixture
def gui(tmp_path: Path) -> Path:
    path = tmp_path / "gui_settings.json"
    path.write_text('{"trade_start_level": 4}', encoding="utf-8")
    return path


def test_nothing_is_reported_while_nothing_changes(gui: Path) -> None:
    watcher = watched(gui)
    assert [watcher.poll(), watcher.poll()] == [None, None]
    assert watcher.loaded.config.entry.trade_start_level == 4


def test_a_changed_file_gives_the_new_settings_once(gui: Path) -> None:
    watcher = watched(gui)
    gui.write_text('{"trade_start_level": 5, "mine": 1}', encoding="utf-8")
    assert [level_of(watcher.poll()), watcher.poll()] == [5, None]
    assert watcher.loaded.config.entry.trade_start_level == 5


def test_a_file_replaced_by_one_of_equal_size_and_time_is_noticed(gui: Path) -> None:
    watcher = watched(gui)
    times = (gui.stat().st_atime_ns, gui.stat().st_mtime_ns)
    other = gui.with_name("other")
    other.write_text('{"trade_start_level": 6}', encoding="utf-8")
    os.utime(other, ns=times)
    other.replace(gui)
    assert level_of(watcher.poll()) == 6


def test_a_file_that_appears_is_noticed(tmp_path: Path) -> None:
    gui, own = tmp_path / "gui_settings.json", tmp_path / "own.yaml"
    watcher = watched(gui, own)
    own.write_text("trade_start_level: 2\n", encoding="utf-8")
    assert level_of(watcher.poll()) == 2
    gui.write_text('{"trade_start_level": 3}', encoding="utf-8")
    assert level_of(watcher.poll()) == 3


def test_a_change_that_means_the_same_is_none(gui: Path) -> None:
    watcher = watched(gui)
    gui.write_text('{"trade_start_level":   4}', encoding="utf-8")
    assert watcher.poll() is None


def test_what_the_command_line_says_outlives_every_change(gui: Path) -> None:
    watcher = watched(gui, overrides=("trade_start_level=7",))
    gui.write_text('{"trade_start_level": 5, "dca_multiplier": 1}', encoding="utf-8")
    config = watcher.poll()
    assert config is not None
    assert (config.entry.trade_start_level, config.dca.multiplier) == (7, 1.0)


def test_a_broken_file_is_reported_once_and_the_last_good_settings_stay(
    gui: Path, expected_errors: list[str]
) -> None:
    watcher = watched(gui)
    gui.write_text('{"trade_start_level": 9}', encoding="utf-8")
    assert [watcher.poll(), watcher.poll(), watcher.poll()] == [None, None, None]
    assert len(expected_errors) == 1
    assert watcher.loaded.config.entry.trade_start_level == 4
    gui.write_text("{broken", encoding="utf-8")
    assert [watcher.poll(), watcher.poll()] == [None, None]
    assert len(expected_errors) == 2
    gui.write_text('{"trade_start_level": 2}', encoding="utf-8")
    assert level_of(watcher.poll()) == 2
    assert len(expected_errors) == 2


def test_the_report_of_a_broken_file_names_file_key_and_bound(
    gui: Path, caplog: pytest.LogCaptureFixture, expected_errors: list[str]
) -> None:
    watcher = watched(gui)
    gui.write_text('{"trade_start_level": 9}', encoding="utf-8")
    watcher.poll()
    assert len(expected_errors) == 1
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"{gui}: trade_start_level was 9, must be a whole number from 1 to 7" in str(
        vars(record)["problems"]
    )


def test_a_deleted_file_changes_nothing_and_is_one_warning(
    gui: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = watched(gui)
    gui.unlink()
    assert [watcher.poll(), watcher.poll()] == [None, None]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert watcher.loaded.config.entry.trade_start_level == 4
    gui.write_text('{"trade_start_level": 5}', encoding="utf-8")
    assert level_of(watcher.poll()) == 5


@pytest.mark.parametrize("name, value", [("trading_mode", "testnet"), ("main_neural_dir", "elsewhere")])
def test_a_setting_that_needs_a_restart_changes_nothing_until_then(
    gui: Path, name: str, value: str, expected_errors: list[str]
) -> None:
    watcher = watched(gui)
    gui.write_text(json.dumps({"trade_start_level": 5, name: value}), encoding="utf-8")
    assert [watcher.poll(), watcher.poll()] == [None, None]
    assert watcher.loaded.config.entry.trade_start_level == 4
    assert len(expected_errors) == 1


def test_saving_keeps_foreign_keys_their_order_and_their_values(gui: Path) -> None:
    before = {"zz": [1, {"a": None}], "trade_start_level": 4, "dca_levels": [-1, -2], "Ä": "ö"}
    gui.write_text(json.dumps(before), encoding="utf-8")
    save_gui_settings(gui, {"entry.trade_start_level": 5, "dca.multiplier": 1.5, "trader.step_s": 2})
    after = json.loads(gui.read_text(encoding="utf-8"))
    assert list(after) == ["zz", "trade_start_level", "dca_levels", "Ä", "dca_multiplier", "trader.step_s"]
    assert after == {**before, "trade_start_level": 5, "dca_multiplier": 1.5, "trader.step_s": 2}
    assert load_config(ConfigSources(gui_settings=gui)).config.trader.step_s == 2.0


def test_saving_where_no_file_was_makes_one(tmp_path: Path) -> None:
    gui = tmp_path / "config" / "gui_settings.json"
    gui.parent.mkdir()
    save_gui_settings(gui, {"coins": ["ETH"]})
    assert TradingConfig.from_file(gui).rules.coins == ("ETH",)
    assert [path.name for path in gui.parent.iterdir()] == ["gui_settings.json"]


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"trade_start_level": 0}, "trade_start_level was 0"),
        ({"trade_start_lvl": 3}, "nearest is trade_start_level"),
        ({"trading_mode": "live", "compat": "original"}, "must be safe"),
        ({"trailing_gap_pct": float("nan")}, "trailing_gap_pct was nan"),
        ({"coins": []}, "coins was []"),
    ],
)
def test_a_wrong_change_is_refused_and_leaves_the_file_alone(
    gui: Path, changes: dict[str, JsonValue], told: str
) -> None:
    before = gui.read_bytes()
    with pytest.raises(SettingsError) as caught:
        save_gui_settings(gui, changes)
    assert told in str(caught.value)
    assert gui.read_bytes() == before


def test_a_damaged_file_is_not_overwritten(gui: Path) -> None:
    gui.write_text("{broken", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read as JSON"):
        save_gui_settings(gui, {"trade_start_level": 5})
    assert gui.read_text(encoding="utf-8") == "{broken"


def test_what_is_saved_is_what_a_running_process_sees(gui: Path) -> None:
    watcher = watched(gui)
    save_gui_settings(gui, {"trade_start_level": 7})
    assert level_of(watcher.poll()) == 7
