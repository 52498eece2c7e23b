"""What a form says about a setting."""

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import settings
from powertrader.hub.settings_model import Draft, groups
from powertrader.hub.settings_money import Means
from powertrader.hub.settings_words import change_words, explanation, look_of, title_of, words_of
from powertrader.hub.text import text
from powertrader.hub.view import SettingsView
from tests.unit.hub.views import settings_view

MANY = [f"C{number}" for number in range(1000)]
LEVEL = "entry.trade_start_level"
NOBODY = Means(None, "USDT")


def test_every_setting_and_group_has_a_title_of_its_own_words() -> None:
    assert all(len(title_of(name)) > 2 for name in settings())
    assert all(text(f"settings.group.{section}") for section in groups())


def test_a_setting_is_explained_by_its_sentence_what_it_must_be_and_its_names() -> None:
    assert explanation("setting:trading.coins").splitlines() == [
        "The coins that are trained and traded, in this order.",
        "Must be different coins, such as BTC, ETH. Default: BTC, ETH, XRP, BNB, DOGE.",
        "trading.coins, in short coins",
    ]
    assert explanation("setting:paper.start_quote").endswith(
        "Takes effect when the workers are started again."
    )
    assert explanation("settings.help.save") == text("settings.help.save")


def test_an_unknown_key_of_an_explanation_is_an_error() -> None:
    with pytest.raises(KeyError):
        explanation("settings.help.nothing")


def test_only_lists_paths_and_addresses_have_wide_fields() -> None:
    wide = {name for name, setting in settings().items() if words_of(setting).wide}
    assert {"trading.coins", "dca.levels", "paths.main_neural_dir", "exchange.url"} <= wide
    assert not wide & {"entry.trade_start_level", "trading.mode", "hub.notify"}


def test_a_thousand_coins_do_not_fill_the_screen() -> None:
    config = TradingConfig.model_validate({"trading": {"coins": MANY}})
    draft = Draft(settings_view(config)).edited("trading.coins", ", ".join([*MANY, "SOL"]))
    look = look_of(draft, "trading.coins", NOBODY, {}, config)
    assert max(len(words) for _, words in look.notes) < 120
    assert look.notes[0][1].startswith("● Not saved; now: C0, C1, ")


def test_of_a_long_list_the_change_is_what_comes_and_goes() -> None:
    before = ", ".join(MANY)
    assert change_words(before, ", ".join([*MANY[1:], "SOL"])) == ("1000 values", "with SOL; without C0")
    assert change_words(before, ", ".join(reversed(MANY))) == ("1000 values", "in another order")
    assert change_words("", "3") == ("(empty)", "3")


def test_a_value_from_another_file_says_from_which() -> None:
    config = TradingConfig.model_validate({"entry": {"trade_start_level": 5}})
    for origin, told in (("/me/own.yaml", True), ("/home/config/gui_settings.json", False)):
        draft = Draft(SettingsView(config, {LEVEL: origin}))
        look = look_of(draft, LEVEL, NOBODY, {}, config)
        assert (f"From {origin}" in [words for _, words in look.notes]) is told
        assert look.enabled
