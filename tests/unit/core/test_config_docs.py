"""The reference pages that are made from the settings themselves."""

from pathlib import Path

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_docs import markdown_reference, yaml_reference
from powertrader.core.config_keys import nearest, resolve, settings, short_names
from powertrader.core.config_sources import ConfigSources, load_config

ROOT = Path(__file__).parents[3]
ORIGINAL_KEYS = """
    main_neural_dir coins trade_start_level start_allocation_pct dca_multiplier dca_levels
    max_dca_buys_per_24h pm_start_pct_no_dca pm_start_pct_with_dca trailing_gap_pct
    default_timeframe timeframes candles_limit ui_refresh_seconds chart_refresh_seconds hub_data_dir
    script_neural_runner2 script_neural_trainer script_trader auto_start_scripts
"""


def test_the_committed_yaml_is_the_one_made_from_the_settings() -> None:
    committed = (ROOT / "config" / "trading_config.yaml").read_text(encoding="utf-8")
    assert committed == yaml_reference(), "run: powertrader config docs --yaml > config/trading_config.yaml"


def test_the_committed_page_is_the_one_made_from_the_settings() -> None:
    committed = (ROOT / "docs" / "CONFIGURATION.md").read_text(encoding="utf-8")
    assert committed == markdown_reference(), "run: powertrader config docs > docs/CONFIGURATION.md"


def test_the_committed_yaml_names_every_setting_with_its_default() -> None:
    loaded = load_config(ConfigSources((ROOT / "config" / "trading_config.yaml",)))
    assert loaded.config == TradingConfig()
    assert "default" not in loaded.provenance.values()


@pytest.mark.parametrize("name", ORIGINAL_KEYS.split())
def test_every_key_of_the_original_is_a_name(name: str) -> None:
    assert resolve(name) in settings()


def test_every_setting_has_a_unit_a_bound_and_one_sentence() -> None:
    for setting in settings().values():
        assert setting.key.unit, setting.name
        assert setting.expected, setting.name
        assert setting.key.sentence.endswith("."), setting.name


def test_no_short_name_hides_another_name() -> None:
    shorts = [setting.short_name for setting in settings().values() if setting.short_name]
    assert len(set(shorts)) == len(shorts) == len(short_names())
    assert not set(shorts) & set(settings())


def test_the_nearest_name_may_be_in_another_section() -> None:
    assert nearest("take_profit.gap_pct") == "trailing.gap_pct"
    assert nearest("§") == ""
