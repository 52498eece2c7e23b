"""A home whose settings may be broken: it can be looked at, and what runs there can be stopped."""

from pathlib import Path

from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths, find_home, paths_of
from powertrader.models.types import CoinSymbol


def home_in_any_state(
    sources: ConfigSources, home: Path | None
) -> tuple[HomePaths, tuple[CoinSymbol, ...], str]:
    """Give folders and coins of a home, and what is wrong with its settings, nothing when they are fine.

    With settings that cannot be used no coins are known, and the data folder is that of the defaults.
    """
    root = find_home(home)
    try:
        config = load_config(sources).config
        return paths_of(root, config.paths.main_neural_dir), config.trading.coins, ""
    except ConfigError as error:
        return HomePaths(root), (), str(error)
