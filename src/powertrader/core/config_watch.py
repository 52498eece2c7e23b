"""Settings that change while processes run: noticing it, and writing gui_settings.json."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import nearest, resolve, settings
from powertrader.core.config_layers import json_object
from powertrader.core.config_sources import (
    ConfigSources,
    LoadedConfig,
    SettingsError,
    problems_of,
    read_sources,
    stamps_of,
)
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage import FileStore

INDENT: Final = 2
"""Of gui_settings.json, as the original writes it."""
log = logging.getLogger(__name__)


class ConfigWatcher:
    """Tells a running process when its settings have changed; the last good ones stay in force.

    A file that is deleted changes nothing, as in the original; neither does a change of a setting that
    needs a restart, such as trading.mode. Each is reported once.
    """

    def __init__(self, sources: ConfigSources, loaded: LoadedConfig) -> None:
        """Watch the files of sources, from which loaded was read."""
        self._sources = sources
        self._loaded = loaded
        self._seen = dict(loaded.stamps)

    @property
    def loaded(self) -> LoadedConfig:
        """The settings in force."""
        return self._loaded

    def poll(self) -> TradingConfig | None:
        """Give the new settings when a file has changed them, otherwise None."""
        stamps = stamps_of(self._sources.files)
        if stamps == self._seen:
            return None
        self._seen = stamps
        gone = [str(path) for path, stamp in self._loaded.stamps.items() if stamp and not stamps[path]]
        if gone:
            log.warning("settings file deleted, its last values stay in force", extra={"files": gone})
            return None
        return self._reloaded()

    def _reloaded(self) -> TradingConfig | None:
        try:
            found = read_sources(self._sources)
            _refuse_restarts(self._loaded.config, found.config)
        except ConfigError as error:
            log.error("settings not usable, the last good ones stay in force", extra={"problems": str(error)})  # noqa: TRY400  the user needs the problems, not our lines
            return None
        changed = found.config != self._loaded.config
        self._loaded = found
        self._seen = dict(found.stamps)
        if not changed:
            return None
        log.info("settings changed", extra={"config_hash": found.config.rules.config_hash})
        return found.config


def save_gui_settings(path: Path, changes: Mapping[str, JsonValue]) -> None:
    """Change settings in gui_settings.json; other keys, known or not, stay as and where they are.

    changes: by canonical or short name. The whole file is checked before it is replaced in one step.
    Raises SettingsError with every problem, of the file or of the changes; the file is then untouched.
    """
    unknown = [name for name in changes if resolve(name) is None]
    if unknown:
        raise SettingsError(
            f"{path}: {name!r} is no setting; nearest is {nearest(name) or 'none'}" for name in unknown
        )
    content = json_object(path) if path.exists() else {}
    spelled = {resolve(name): name for name in content}
    for name, value in changes.items():
        canonical = resolve(name) or name
        written = spelled.get(canonical) or settings()[canonical].short_name or canonical
        content[written] = value
    problems = problems_of(content, str(path))
    if problems:
        raise SettingsError(problems)
    FileStore().write_text(
        path, json.dumps(content, indent=INDENT, ensure_ascii=False, allow_nan=False) + "\n"
    )


def _refuse_restarts(running: TradingConfig, found: TradingConfig) -> None:
    before, after = running.model_dump(), found.model_dump()
    refused = []
    for name, setting in settings().items():
        section, _, field = name.partition(".")
        if setting.key.restart and before[section][field] != after[section][field]:
            refused.append(
                f"{name} is now {after[section][field]!r} and was {before[section][field]!r} at the start: "
                "restart to change it"
            )
    if refused:
        raise SettingsError(refused)
