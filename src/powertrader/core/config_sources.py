"""Where settings come from, and what counts when two sources disagree.

Command line over environment over .env over gui_settings.json over YAML files (a later one over an
earlier one) over the defaults. Every source is checked whole, also where a stronger one hides it.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from reprlib import Repr
from typing import Final, TypeAlias

from pydantic import JsonValue, ValidationError

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import Setting, nearest, resolve, settings
from powertrader.core.config_layers import (
    COMMAND_LINE,
    ENVIRONMENT_PREFIX,
    Entry,
    Layer,
    dotenv_layer,
    environment_layer,
    gui_settings_layer,
    mapping_layer,
    override_layer,
    yaml_layer,
)
from powertrader.core.exceptions import ConfigError
from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.redaction import Redactor

DEFAULT_ORIGIN: Final = "default"
REPLAY_ORIGIN: Final = "replay.start_allocation_pct"
REPLAY_REASON: Final = (
    "a replay enters with {stand_in:g} % instead of the default {default:g} %, which of 10,000 USDT is 0.50, "
    "less than an exchange's smallest order; --set start_allocation_pct=... overrides it"
)
log = logging.getLogger(__name__)

Values: TypeAlias = dict[str, tuple[object, str]]
"""Value and origin of each setting by canonical name."""


class SettingsError(ConfigError):
    """Settings that cannot be used; problems holds one sentence for each thing that is wrong."""

    def __init__(self, problems: Iterable[str], notes: Iterable[str] = ()) -> None:
        """Keep the sentences; the text is all problems, a line each. notes: what else was seen."""
        self.notes = tuple(notes)
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class ConfigSources:
    """Everything settings may come from. Files need not exist.

    yaml_files: a later one counts more. gui_settings: the original's gui_settings.json. dotenv: a .env file.
    environment: variables, of which those that begin with PT__ are read. overrides: texts name=value.
    """

    yaml_files: tuple[Path, ...] = ()
    gui_settings: Path | None = None
    dotenv: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that a change of settings may come from."""
        return (*self.yaml_files, *(path for path in (self.gui_settings, self.dotenv) if path is not None))


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """The settings in force, where each came from, and what the user should know.

    provenance: canonical name to origin. notes: things ignored or rewritten. missing: files that were
    named and are not there. stamps: of each file, taken before it was read.
    """

    config: TradingConfig
    provenance: Mapping[str, str]
    notes: tuple[str, ...] = ()
    missing: tuple[Path, ...] = ()
    stamps: Mapping[Path, Stamp] = field(default_factory=dict)

    def for_replay(self) -> "LoadedConfig":
        """Give the settings a replay runs with: its own first buy, unless the user chose one.

        A user who wrote the default on the command line or in the environment meant it.
        """
        name = "entry.start_allocation_pct"
        default = settings()[name].default
        origin = self.provenance[name]
        chosen = origin == COMMAND_LINE or ENVIRONMENT_PREFIX in origin
        if chosen or self.config.entry.start_allocation_pct != default:
            return self
        stand_in = self.config.replay.start_allocation_pct
        tree = self.config.model_dump(mode="json")
        tree["entry"]["start_allocation_pct"] = stand_in
        return replace(
            self,
            config=TradingConfig.model_validate(tree),
            provenance={**self.provenance, name: REPLAY_ORIGIN},
            notes=(*self.notes, REPLAY_REASON.format(stand_in=stand_in, default=default)),
        )


def load_config(sources: ConfigSources) -> LoadedConfig:
    """Read, check and merge every source; missing files are named once.

    Raises SettingsError (a ConfigError) with every problem of every source.
    """
    loaded = read_sources(sources)
    _tell_of(loaded.missing, logging.DEBUG)
    return loaded


def read_sources(sources: ConfigSources) -> LoadedConfig:
    """Do as load_config does, without a word in the log."""
    stamps = stamps_of(sources.files)
    missing = tuple(path for path in sources.yaml_files if stamps[path] is None)
    layers = tuple(_layers(sources, stamps))
    values, problems = merge(layers)
    notes = [note for layer in layers for note in layer.notes]
    config = _built(values, problems, notes)
    origins = {name: values[name][1] if name in values else DEFAULT_ORIGIN for name in settings()}
    if config.trading.mode == "live":
        notes.append(f"trading.mode is live ({origins['trading.mode']}): orders spend real money")
    return LoadedConfig(config, origins, tuple(notes), missing, stamps)


def problems_of(content: Mapping[str, JsonValue], origin: str = "settings") -> list[str]:
    """List what is wrong with an object such as gui_settings.json holds; empty when nothing is."""
    try:
        _built(*merge((mapping_layer(origin, content),)))
    except SettingsError as error:
        return list(error.problems)
    return []


def from_gui_settings(path: Path) -> TradingConfig:
    """Read one gui_settings.json over the defaults. Raises SettingsError; a missing file is a warning."""
    loaded = read_sources(ConfigSources(gui_settings=path))
    _tell_of([each for each, stamp in loaded.stamps.items() if stamp is None], logging.WARNING)
    return loaded.config


def merge(layers: Iterable[Layer]) -> tuple[Values, list[str]]:
    """Lay weaker layers below stronger ones (given last) and list every problem of all of them."""
    values: Values = {}
    problems: list[str] = []
    for layer in layers:
        problems.extend(layer.problems)
        seen: dict[str, Entry] = {}
        for entry in layer.entries:
            name = resolve(entry.name)
            if name is None:
                problems.append(_unknown(entry))
            elif name in seen:
                problems.append(
                    f"{entry.origin}: {entry.name} and {seen[name].name} are the same setting: keep one"
                )
            else:
                seen[name] = entry
                problems.extend(_problems_of_value(name, entry))
                values[name] = (entry.value, entry.origin)
    return values, problems


def expectation(setting: Setting, error: ValidationError) -> str:
    """Say what a setting must be, after a value that is not: with the reason where the words need one."""
    first = error.errors(include_url=False)[0]
    reason = f" ({first['msg'].removeprefix('Value error, ')})" if first["type"] == "value_error" else ""
    return f"must be {setting.expected}{reason}"


def stamps_of(paths: Iterable[Path]) -> dict[Path, Stamp]:
    """Give the stamp of each path."""
    return {path: stamp_of(path) for path in paths}


def _tell_of(missing: Sequence[Path], level: int) -> None:
    if missing:
        log.log(level, "no settings file, defaults in force: %s", ", ".join(map(str, missing)))


def _layers(sources: ConfigSources, stamps: Mapping[Path, Stamp]) -> Iterator[Layer]:
    for path in sources.yaml_files:
        if stamps[path] is not None:
            yield yaml_layer(path)
    if sources.gui_settings is not None and stamps[sources.gui_settings] is not None:
        yield gui_settings_layer(sources.gui_settings)
    if sources.dotenv is not None and stamps[sources.dotenv] is not None:
        yield dotenv_layer(sources.dotenv)
    yield environment_layer(sources.environment, "environment")
    yield override_layer(sources.overrides)


def _problems_of_value(name: str, entry: Entry) -> Iterator[str]:
    setting = settings()[name]
    try:
        setting.section.model_validate({setting.field: entry.value})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "".join(f"[{each}]" for each in first["loc"][1:] if isinstance(each, int))
        shown = _short.repr(_without_secrets(first["input"] if place else entry.value))
        yield (
            f"{entry.origin}: {entry.name}{place} was {shown}, {expectation(setting, error)}; "
            "correct it or remove it"
        )


def _without_secrets(value: object) -> object:
    # before it is shortened: an address with a password that was cut might not look like one any more
    return Redactor().redact(value) if isinstance(value, str) else value


def _unknown(entry: Entry) -> str:
    like = nearest(entry.name)
    advice = f"did you mean {like}?" if like else "`powertrader config docs` lists them all"
    return f"{entry.origin}: {entry.name[:80]!r} is no setting; {advice}"


def _built(values: Values, problems: Iterable[str], notes: Iterable[str] = ()) -> TradingConfig:
    """Make the settings, or raise SettingsError with these problems or those between the settings."""
    found = list(problems)
    if not found:
        try:
            return TradingConfig.model_validate(_tree(values))
        except ValidationError as error:
            found = [_conflict(each["msg"], values) for each in error.errors(include_url=False)]
    raise SettingsError(found, notes)


def _conflict(message: str, values: Values) -> str:
    text = message.removeprefix("Value error, ")
    origins = [f"{name} comes from {origin}" for name, (_, origin) in values.items() if name in text]
    return f"{text} ({', '.join(origins)})" if origins else text


def _tree(values: Values) -> dict[str, dict[str, object]]:
    tree: dict[str, dict[str, object]] = {}
    for name, (value, _) in values.items():
        section, _, key = name.partition(".")
        tree.setdefault(section, {})[key] = value
    return tree


_short: Final = Repr()
_short.maxlevel = 2
