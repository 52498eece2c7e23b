"""One source of settings each: a file, the environment, the command line, read into plain entries.

Nothing is checked here but that the text can be read; a layer says what is wrong instead of raising.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import JsonValue

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import Setting, nearest, resolve, settings
from powertrader.core.exceptions import ConfigError

ENVIRONMENT_PREFIX: Final = "PT__"
_TYPING_ERROR: Final = 0.8
COMMAND_LINE: Final = "command line"
LARGEST_FILE: Final = 1 << 20
"""No settings file is larger than this, in bytes; a larger one is some other file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as it was written: where, under which name, and what."""

    origin: str
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says, and what could not be read in it."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered change of how a setting is written in gui_settings.json."""

    number: int
    what: str
    applies: Callable[[Setting, object], bool]
    rewrite: Callable[[Any], object]


def yaml_layer(path: Path) -> Layer:
    """Read a YAML file of sections; dotted and short names are understood too."""
    try:
        content = yaml_document(path)
    except ConfigError as error:
        return Layer(problems=(str(error),))
    if content is None:
        return Layer()
    if not isinstance(content, Mapping):
        return Layer(
            problems=(f"{path}: must hold sections with keys, such as `dca:`, found {_kind(content)}",)
        )
    entries: list[Entry] = []
    problems: list[str] = []
    for name, value in content.items():
        if name in TradingConfig.model_fields and not isinstance(value, Mapping | None):
            problems.append(f"{path}: {name} is a section: write its keys below it, found {_kind(value)}")
        else:
            entries.extend(_flat(str(path), str(name), value))
    return Layer(tuple(entries), tuple(problems))


def yaml_document(path: Path) -> object:
    """Read what a YAML file holds. Raises ConfigError naming the file, also for a key that comes twice."""
    try:
        return yaml.load(_text_of(path), Loader=_UniqueKeyLoader)  # noqa: S506  a subclass of SafeLoader
    except (OSError, ValueError, yaml.YAMLError, RecursionError, LookupError, AttributeError) as error:
        # The last two are what the parser raises for explicit tags on other text, such as `!!bool maybe`.
        raise ConfigError(_unreadable(path, error, "YAML")) from error


def gui_settings_layer(path: Path) -> Layer:
    """Read the original's gui_settings.json; keys that are not ours leave a note, as does each migration."""
    try:
        return mapping_layer(str(path), json_object(path))
    except ConfigError as error:
        return Layer(problems=(str(error),))


def json_object(path: Path) -> dict[str, JsonValue]:
    """Read a file that holds one JSON object. Raises ConfigError naming the file and what is wrong."""
    try:
        content = json.loads(_text_of(path))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(_unreadable(path, error, "JSON")) from error
    if not isinstance(content, dict):
        msg = f"{path}: must hold one object with keys, found {_kind(content)}"
        raise ConfigError(msg)
    return content


def mapping_layer(origin: str, content: Mapping[str, object]) -> Layer:
    """Take the settings out of an object such as the original's: flat names, foreign ones allowed."""
    entries: list[Entry] = []
    notes: list[str] = []
    for name, value in content.items():
        found = resolve(name)
        if found is None:
            notes.append(
                f"{origin}: {name[:80]!r} is no setting of ours; it is kept and ignored{_hint(name)}"
            )
        elif value is None and not settings()[found].nullable:
            notes.append(f"{origin}: {name} is null, which counts as not set")
        else:
            migrated, steps = migrate(settings()[found], value)
            entries.append(Entry(origin, name, migrated))
            notes.extend(f"{origin}: {name}: {step}" for step in steps)
    return Layer(tuple(entries), notes=tuple(notes))


def migrate(setting: Setting, value: object) -> tuple[object, tuple[str, ...]]:
    """Give a value of gui_settings.json as it is written today, and which migrations that took."""
    steps = []
    for migration in MIGRATIONS:
        if migration.applies(setting, value):
            value = migration.rewrite(value)
            steps.append(f"{migration.what} (migration {migration.number})")
    return value, tuple(steps)


def environment_layer(variables: Mapping[str, str | None], origin: str) -> Layer:
    """Take the settings out of environment variables: PT__SECTION__KEY or PT__SHORT_NAME."""
    entries = []
    problems = []
    notes: list[str] = []
    for variable, value in variables.items():
        if not variable.upper().startswith(ENVIRONMENT_PREFIX):
            notes.extend(_misspelled(variable, origin))
            continue
        name = variable[len(ENVIRONMENT_PREFIX) :].lower().replace("__", ".")
        if value is None:
            problems.append(f"{origin} {variable} has no value: write {variable}=VALUE")
        else:
            entries.append(Entry(f"{origin} {variable}", name, value))
    return Layer(tuple(entries), tuple(problems), tuple(notes))


def dotenv_layer(path: Path) -> Layer:
    """Read PT__ variables from a .env file; everything else in it is not looked at."""
    from dotenv import dotenv_values  # noqa: PLC0415  only where a .env file exists

    try:
        return environment_layer(dotenv_values(stream=StringIO(_text_of(path)), interpolate=False), str(path))
    except (OSError, ValueError) as error:
        return Layer(problems=(_unreadable(path, error, "lines NAME=VALUE"),))


def override_layer(texts: Iterable[str]) -> Layer:
    """Take `name=value` texts of the command line; of two for one name the later counts."""
    entries: dict[str, Entry] = {}
    problems = []
    for text in texts:
        name, sign, value = text.partition("=")
        name = name.strip()
        if sign and name:
            entries[resolve(name) or name] = Entry(COMMAND_LINE, name, value)
        else:
            problems.append(
                f"{COMMAND_LINE}: {text[:80]!r} must be written name=value, such as dca.multiplier=1.5"
            )
    return Layer(tuple(entries.values()), tuple(problems))


class _UniqueKeyLoader(yaml.SafeLoader):
    """SafeLoader that refuses a key that comes twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  as in the parent
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = [key for key, times in Counter(keys).items() if times > 1]
        if twice:
            problem = f"the key {twice[0]!r} comes twice"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _hint(name: str) -> str:
    like = nearest(name, _TYPING_ERROR)
    return f"; did you mean {like}?" if like else ""


def _misspelled(variable: str, origin: str) -> Iterator[str]:
    """Name the right spelling of a variable that has one underscore where two belong."""
    prefix, _, rest = variable.upper().partition("_")
    for section in TradingConfig.model_fields:
        key = rest.removeprefix(f"{section.upper()}_").lstrip("_")
        if prefix == "PT" and rest.startswith(f"{section.upper()}_"):
            yield (
                f"{origin} {variable} is ignored; did you mean {ENVIRONMENT_PREFIX}{section.upper()}__{key}?"
            )


def _flat(origin: str, name: str, value: object) -> Iterator[Entry]:
    if name in TradingConfig.model_fields or isinstance(value, Mapping):
        keys = value if isinstance(value, Mapping) else {}
        yield from (Entry(origin, f"{name}.{key}", each) for key, each in keys.items())
    else:
        yield Entry(origin, name, value)


def _text_of(path: Path) -> str:
    with path.open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        msg = f"it is larger than {LARGEST_FILE} bytes"
        raise ValueError(msg)
    return raw.decode("utf-8-sig")


def _unreadable(path: Path, error: Exception, form: str) -> str:
    words = _marked(error) if isinstance(error, yaml.MarkedYAMLError) else str(error)
    reason = " ".join(words.split()) or type(error).__name__
    return f"{path}: cannot be read as {form}: {reason[:200]}; correct it or remove it"


def _marked(error: yaml.MarkedYAMLError) -> str:
    """Say what is wrong and where, without the line itself: somebody may have put a key there."""
    told = ((error.context, error.context_mark), (error.problem, error.problem_mark))
    return ", ".join(
        f"{words} in line {mark.line + 1}, column {mark.column + 1}" if mark else words
        for words, mark in told
        if words
    )


def _kind(value: object) -> str:
    return {dict: "an object", list: "a list", str: "text", type(None): "nothing"}.get(
        type(value), "a single value"
    )


def _is_percent_text(setting: Setting, value: object) -> bool:
    return setting.key.unit.startswith("%") and isinstance(value, str) and value.rstrip().endswith("%")


def _has_blank_names(setting: Setting, value: object) -> bool:
    return (
        setting.name == "trading.coins" and isinstance(value, list) and any(_is_blank(each) for each in value)
    )


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


MIGRATIONS: Final = (
    Migration(
        1, "the percent sign was dropped", _is_percent_text, lambda value: value.strip().removesuffix("%")
    ),
    Migration(
        2,
        "blank names were dropped",
        _has_blank_names,
        lambda value: [each for each in value if not _is_blank(each)],
    ),
)
"""What the original wrote or accepted in gui_settings.json and we write differently; never renumbered."""
