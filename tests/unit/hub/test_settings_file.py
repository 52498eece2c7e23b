"""gui_settings.json as the window writes it."""

import json
from pathlib import Path

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, SettingsError, read_sources
from powertrader.core.exceptions import ConfigError
from powertrader.hub.settings_file import Clash, SettingsClash, begin_anew, save_changes
from powertrader.hub.view import SettingsView

LEVEL, PCT = "entry.trade_start_level", "entry.start_allocation_pct"


@pytest.fixture
def gui(tmp_path: Path) -> Path:
    path = tmp_path / "gui_settings.json"
    path.write_text('{"mine": [1], "trade_start_level": 4}', encoding="utf-8")
    return path


def in_force(gui: Path) -> SettingsView:
    loaded = read_sources(ConfigSources(gui_settings=gui))
    return SettingsView(loaded.config, loaded.provenance, loaded.config.rules.config_hash)


def test_changes_are_written_and_other_keys_stay(gui: Path) -> None:
    save_changes(gui, {LEVEL: 5, PCT: 0.5}, in_force(gui))
    assert json.loads(gui.read_text("utf-8")) == {
        "mine": [1],
        "trade_start_level": 5,
        "start_allocation_pct": 0.5,
    }


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "config" / "gui_settings.json"
    save_changes(path, {LEVEL: 5}, SettingsView(TradingConfig()))
    assert json.loads(path.read_text("utf-8")) == {"trade_start_level": 5}


def test_what_somebody_else_changed_meanwhile_is_never_written_over(gui: Path) -> None:
    base = in_force(gui)
    gui.write_text('{"trade_start_level": 6}', encoding="utf-8")
    with pytest.raises(SettingsClash, match=r"entry\.trade_start_level") as told:
        save_changes(gui, {LEVEL: 5, PCT: 0.5}, base)
    assert told.value.clashes == (Clash(LEVEL, "6", "5"),)
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 6}
    save_changes(gui, {LEVEL: 5}, base, force=True)
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 5}


def test_a_key_that_was_taken_out_meanwhile_counts_as_changed(gui: Path) -> None:
    base = in_force(gui)
    gui.write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsClash) as told:
        save_changes(gui, {LEVEL: 5}, base)
    assert told.value.clashes == (Clash(LEVEL, "3", "5"),)


def test_other_keys_that_changed_meanwhile_are_no_clash_and_stay(gui: Path) -> None:
    base = in_force(gui)
    gui.write_text('{"trade_start_level": 4, "dca_multiplier": 1.5}', encoding="utf-8")
    save_changes(gui, {LEVEL: 5}, base)
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 5, "dca_multiplier": 1.5}


@pytest.mark.parametrize("written", ['"4"', "4.0", '"5"'])
def test_the_same_value_written_otherwise_or_as_wanted_is_no_clash(gui: Path, written: str) -> None:
    base = in_force(gui)
    gui.write_text(f'{{"trade_start_level": {written}}}', encoding="utf-8")
    save_changes(gui, {LEVEL: 5}, base)
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 5}


def test_a_percent_sign_of_an_older_file_is_no_clash(gui: Path) -> None:
    gui.write_text('{"start_allocation_pct": "0.5%"}', encoding="utf-8")
    save_changes(gui, {PCT: 0.6}, in_force(gui))
    assert json.loads(gui.read_text("utf-8")) == {"start_allocation_pct": 0.6}


def test_a_damaged_file_is_told_and_left_as_it_is(gui: Path) -> None:
    base = in_force(gui)
    gui.write_text("{half", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read as JSON"):
        save_changes(gui, {LEVEL: 5}, base)
    assert gui.read_text("utf-8") == "{half"


def test_a_change_that_cannot_be_used_is_told_and_nothing_is_written(gui: Path) -> None:
    with pytest.raises(SettingsError, match="must be a whole number from 1 to 7"):
        save_changes(gui, {LEVEL: 9}, in_force(gui))
    assert json.loads(gui.read_text("utf-8"))["trade_start_level"] == 4


def test_a_damaged_file_is_put_aside_and_the_settings_in_force_are_written_anew(gui: Path) -> None:
    base = in_force(gui)
    gui.write_text("{half", encoding="utf-8")
    aside = begin_anew(gui, base)
    assert aside.read_text("utf-8") == "{half"
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 4}


def test_what_other_sources_give_is_not_written_when_a_file_is_begun_anew(gui: Path) -> None:
    sources = ConfigSources(gui_settings=gui, overrides=("dca.multiplier=1.5",))
    loaded = read_sources(sources)
    begin_anew(gui, SettingsView(loaded.config, loaded.provenance))
    assert json.loads(gui.read_text("utf-8")) == {"trade_start_level": 4}
