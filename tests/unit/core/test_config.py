"""TradingConfig: defaults, bounds, the rules view, the hash and the typed word for live trading."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue, ValidationError

from powertrader.core.config import (
    CONFIRMATION_WORD,
    TradingConfig,
    config_hash,
    hash_of_tree,
    require_confirmation,
)
from powertrader.core.exceptions import ConfigError


def test_the_original_settings_keep_their_defaults() -> None:
    rules = TradingConfig().rules
    assert rules.coins == ("BTC", "ETH", "XRP", "BNB", "DOGE")
    assert (rules.trade_start_level, rules.start_allocation_pct) == (3, 0.005)
    assert rules.dca_levels == (-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0)
    assert (rules.dca_multiplier, rules.max_dca_buys_per_24h) == (2.0, 2)
    assert (rules.pm_start_pct_no_dca, rules.pm_start_pct_with_dca, rules.trailing_gap_pct) == (5.0, 2.5, 0.5)


def test_trading_is_on_paper_safe_and_original_unless_said_otherwise() -> None:
    trading = TradingConfig().trading
    assert (trading.mode, trading.compat, trading.training, trading.quote_asset) == (
        "paper",
        "safe",
        "original",
        "USDT",
    )


def test_settings_cannot_be_changed_in_place() -> None:
    config = TradingConfig()
    with pytest.raises(ValidationError, match="frozen"):
        config.entry.trade_start_level = 5  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        config.entry = TradingConfig().entry  # type: ignore[misc]


@pytest.mark.parametrize("level", [0, 8, True, 3.5, "x", None])
def test_a_start_level_that_is_no_level_is_refused(level: object) -> None:
    with pytest.raises(ValidationError, match="trade_start_level"):
        TradingConfig.model_validate({"entry": {"trade_start_level": level}})


def test_a_zero_takes_effect_where_the_original_ignored_it() -> None:
    config = TradingConfig.model_validate(
        {"dca": {"multiplier": 0, "max_buys_per_24h": 0}, "trailing": {"gap_pct": 0, "start_pct_no_dca": 0}}
    )
    rules = config.rules
    assert (rules.dca_multiplier, rules.max_dca_buys_per_24h) == (0.0, 0)
    assert (rules.trailing_gap_pct, rules.pm_start_pct_no_dca) == (0.0, 0.0)


def test_coins_become_trimmed_capitals() -> None:
    config = TradingConfig.model_validate({"trading": {"coins": [" eth", "1inch "]}})
    assert config.rules.coins == ("ETH", "1INCH")


@pytest.mark.parametrize(
    "coins",
    [[], ["../BTC"], ["BTC/ETH"], ["BTC", "btc "], ["B" * 21], [""], [1], ["C:"], ["A\0"], ["Ä"], None],
)
def test_coins_that_are_no_symbols_or_come_twice_are_refused(coins: object) -> None:
    with pytest.raises(ValidationError, match=r"trading\.coins"):
        TradingConfig.model_validate({"trading": {"coins": coins}})


@pytest.mark.parametrize("levels", [[], [2.5], [-100], ["x"], [None], [True], [float("-inf")]])
def test_dca_levels_that_are_no_falls_are_refused(levels: object) -> None:
    with pytest.raises(ValidationError, match=r"dca\.levels"):
        TradingConfig.model_validate({"dca": {"levels": levels}})


def test_the_quote_asset_cannot_be_traded_against_itself() -> None:
    with pytest.raises(ValidationError, match=r"trading\.coins holds USDT"):
        TradingConfig.model_validate({"trading": {"coins": ["BTC", "USDT"]}})


def test_live_refuses_to_repeat_the_accidents_of_the_original() -> None:
    with pytest.raises(ValidationError, match=r"must be safe when trading\.mode is live"):
        TradingConfig.model_validate({"trading": {"mode": "live", "compat": "original"}})


@pytest.mark.parametrize("mode", ["paper", "demo", "testnet"])
def test_modes_without_real_money_may_repeat_them(mode: str) -> None:
    config = TradingConfig.model_validate({"trading": {"mode": mode, "compat": "original"}})
    assert config.rules.compat == "original"


@pytest.mark.parametrize("mode", ["paper", "demo", "testnet"])
def test_only_live_asks_for_a_typed_word(mode: str) -> None:
    require_confirmation(TradingConfig.model_validate({"trading": {"mode": mode}}), None)


@pytest.mark.parametrize("word", [None, "", "live", "LIVE ", "yes"])
def test_live_does_not_start_without_the_exact_word(word: str | None) -> None:
    live = TradingConfig.model_validate({"trading": {"mode": "live"}})
    with pytest.raises(ConfigError, match=f"--confirm-live {CONFIRMATION_WORD}"):
        require_confirmation(live, word)
    require_confirmation(live, "LIVE")


@pytest.mark.parametrize("tier, maker, taker", [("binance", 0.1, 0.1), ("coinbase", 0.4, 0.6)])
def test_fees_are_those_of_the_tier(tier: str, maker: float, taker: float) -> None:
    costs = TradingConfig.model_validate({"costs": {"tier": tier}}).costs.model
    assert (costs.maker_pct, costs.taker_pct) == (maker, taker)


def test_a_fee_of_ones_own_replaces_that_of_the_tier_even_when_it_is_zero() -> None:
    costs = TradingConfig.model_validate({"costs": {"tier": "coinbase", "maker_pct": 0}}).costs.model
    assert (costs.maker_pct, costs.taker_pct) == (0.0, 0.6)


def test_the_hash_is_that_of_the_sorted_text_of_the_deciding_settings() -> None:
    tree: dict[str, JsonValue] = {
        "dca": {"multiplier": 1.5, "levels": [-2.5, -5.0]},
        "paths": {"main_neural_dir": "elsewhere"},
        "trading": {"mode": "live", "coins": ["BTC"]},
    }
    text = b'{"dca.levels":[-2.5,-5.0],"dca.multiplier":1.5,"trading.coins":["BTC"]}'
    assert hash_of_tree(tree) == hashlib.sha256(text).hexdigest()[:16] == "486993f1ec3a9ce9"


def test_another_process_gives_the_same_hash() -> None:
    program = (
        "from powertrader.core.config import TradingConfig, config_hash; "
        "print(config_hash(TradingConfig.model_validate({'dca': {'multiplier': 1.5}})))"
    )
    source = str(Path(__file__).parents[3] / "src")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": source, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert outputs == {config_hash(TradingConfig.model_validate({"dca": {"multiplier": 1.5}}))}


def test_a_decision_setting_changes_the_hash() -> None:
    changed = TradingConfig.model_validate({"trailing": {"gap_pct": 0.6}})
    assert config_hash(changed) != config_hash(TradingConfig())
    assert changed.rules.config_hash == config_hash(changed)


def test_places_looks_and_the_mode_do_not_change_the_hash() -> None:
    elsewhere = TradingConfig.model_validate(
        {"hub": {"candles_limit": 500}, "paths": {"main_neural_dir": "x"}, "trading": {"mode": "testnet"}}
    )
    assert config_hash(elsewhere) == config_hash(TradingConfig())


def test_minus_zero_and_zero_are_one_setting() -> None:
    minus, zero = (
        TradingConfig.model_validate({"trailing": {"gap_pct": gap}, "dca": {"levels": [gap]}})
        for gap in (-0.0, 0.0)
    )
    assert config_hash(minus) == config_hash(zero)


def test_the_hash_of_an_archived_config_is_recomputed_without_knowing_its_keys() -> None:
    archived = TradingConfig().model_dump(mode="json")
    assert hash_of_tree(archived) == config_hash(TradingConfig())
    from_a_later_version = {**archived, "risk": {"max_exposure_pct": 50.0}}
    assert hash_of_tree(from_a_later_version) != config_hash(TradingConfig())


def test_validate_lists_nothing_for_checked_settings_and_every_finding_for_unchecked_ones() -> None:
    config = TradingConfig()
    assert config.validate() == []
    entry = config.entry.model_copy(update={"trade_start_level": 9, "start_allocation_pct": -1.0})
    found = config.model_copy(update={"entry": entry}).validate()
    assert [each.partition(":")[0] for each in found] == [
        "entry.trade_start_level",
        "entry.start_allocation_pct",
    ]
