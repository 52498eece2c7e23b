"""Settings as a form edits them: text to a checked value and back, and the settings that come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, JsonValue, ValidationError

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import Setting, settings
from powertrader.core.config_sources import SettingsError, expectation

Kind: TypeAlias = Literal["switch", "choice", "folder", "file", "text"]
"""With what a person gives a value; text also stands for numbers and lists."""

Value: TypeAlias = JsonValue
"""Of a setting, as JSON has it; not to be changed where it is given."""

_PATHS: Final[Mapping[str, Kind]] = {"folder": "folder", "file": "file"}
_LARGEST_PLAIN: Final = 1e15


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means: a value as JSON has it, or what is wrong with the text."""

    value: Value = None
    problem: str = ""


def kind_of(setting: Setting) -> Kind:
    """Tell with what a person gives this setting."""
    if setting.section.model_fields[setting.field].annotation is bool:
        return "switch"
    if choices_of(setting):
        return "choice"
    return _PATHS.get(setting.key.unit, "text")


def choices_of(setting: Setting) -> tuple[str, ...]:
    """Give the values that a setting may have; empty when they cannot be listed."""
    annotation = setting.section.model_fields[setting.field].annotation
    return tuple(map(str, get_args(annotation))) if get_origin(annotation) is Literal else ()


def read_setting(name: str, text: str) -> Reading:
    """Check the text of one setting by its canonical name."""
    setting = settings()[name]
    given: str | None = text.strip()
    if setting.nullable and given in {"", "null"}:
        given = None
    elif setting.key.unit.startswith("%") and given is not None:
        given = given.replace("%", "")
    try:
        checked = setting.section.model_validate({setting.field: given})
    except ValidationError as error:
        return Reading(problem=expectation(setting, error))
    return Reading(checked.model_dump(mode="json")[setting.field])


def text_of(value: Value) -> str:
    """Write a value as read_setting understands it and a person would."""
    if value is None:
        return ""
    if isinstance(value, list):
        pairs = [":".join(map(text_of, one)) if isinstance(one, list) else text_of(one) for one in value]
        return ", ".join(pairs)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return str(int(value))
    return str(value)


@lru_cache(8)
def values_of(config: TradingConfig) -> Mapping[str, Value]:
    """Give every setting by its canonical name."""
    return {
        f"{section}.{name}": value
        for section, members in config
        if isinstance(members, BaseModel)
        for name, value in members.model_dump(mode="json").items()
    }


def config_with(config: TradingConfig, changes: Mapping[str, Value]) -> TradingConfig:
    """Give the settings with some changed. Raises SettingsError where they do not fit one another."""
    tree = config.model_dump(mode="json")
    for name, value in changes.items():
        section, _, field = name.partition(".")
        tree[section][field] = value
    try:
        return TradingConfig.model_validate(tree)
    except ValidationError as error:
        found = [each["msg"].removeprefix("Value error, ") for each in error.errors(include_url=False)]
        raise SettingsError(found) from error
