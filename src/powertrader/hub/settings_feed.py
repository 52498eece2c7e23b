"""SettingsFeed: the settings in force, read again when one of their files changes."""

from collections.abc import Mapping
from pathlib import Path

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import (
    ConfigSources,
    LoadedConfig,
    SettingsError,
    read_sources,
    stamps_of,
)
from powertrader.core.exceptions import ConfigError
from powertrader.core.file_operations import Stamp
from powertrader.hub.view import SettingsView


class SettingsFeed:
    """Gives the settings, and what is wrong with them; the last good ones stay in force.

    Unlike a worker's watcher it also takes what needs a restart: the window shows what will be.
    """

    def __init__(self, sources: ConfigSources, loaded: LoadedConfig) -> None:
        """Watch the files of sources, from which loaded was read."""
        self._sources = sources
        self._stamps: Mapping[Path, Stamp] = loaded.stamps
        self._view = _view_of(loaded)

    def read(self) -> SettingsView:
        """Give the settings; the same object as before unless a file has changed."""
        stamps = stamps_of(self._sources.files)
        if stamps != self._stamps:
            self._stamps = stamps
            self._view = self._read()
        return self._view

    def _read(self) -> SettingsView:
        before = self._view
        try:
            return _view_of(read_sources(self._sources))
        except SettingsError as error:
            problems = error.problems
        except ConfigError as error:
            problems = (str(error),)
        return SettingsView(before.config, before.provenance, before.config_hash, problems)


def _view_of(loaded: LoadedConfig) -> SettingsView:
    config: TradingConfig = loaded.config
    return SettingsView(config, loaded.provenance, config.rules.config_hash)
