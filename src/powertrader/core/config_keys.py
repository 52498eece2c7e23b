"""The names of the settings: canonical and short, what each must be, and the nearest valid one."""

import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from powertrader.core.config import TradingConfig
from powertrader.core.config_fields import Key

_CLOSE_ENOUGH: Final = 0.5
_PLAIN: Final[Mapping[object, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}
_BOUND_WORDS: Final[Mapping[str, str]] = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a user meets it; name is canonical (section.key), short_name the other one, if any."""

    name: str
    section: type[BaseModel]
    field: str
    key: Key
    default: JsonValue
    expected: str
    nullable: bool

    @property
    def short_name(self) -> str:
        """How the original calls it, or its name without a section; empty when it has none."""
        return self.key.short_name


@functools.cache
def settings() -> Mapping[str, Setting]:
    """Give every setting by its canonical name, in the order of the tree."""
    config = TradingConfig()
    defaults = config.model_dump(mode="json")
    return {
        f"{section}.{name}": _setting(f"{section}.{name}", type(members), field, defaults[section][name])
        for section, members in config
        for name, field in type(members).model_fields.items()
    }


@functools.cache
def short_names() -> Mapping[str, str]:
    """Give the canonical name of every short one."""
    return {each.short_name: name for name, each in settings().items() if each.short_name}


def resolve(name: str) -> str | None:
    """Give the canonical name of a setting, or None when there is no such setting."""
    return name if name in settings() else short_names().get(name)


def nearest(name: str, cutoff: float = _CLOSE_ENOUGH) -> str:
    """Give the valid name that is most like a wrong one, or empty text when none is like it."""
    valid = [*settings(), *short_names()]
    found = difflib.get_close_matches(name, valid, n=1, cutoff=cutoff)
    if not found and cutoff <= _CLOSE_ENOUGH:
        last = name.rpartition(".")[2]
        found = [each for each in valid if each.rpartition(".")[2] == last][:1]
    return found[0] if found else ""


def sentence_of(section_name: str) -> str:
    """Give the one sentence that describes a section."""
    return (type(getattr(TradingConfig(), section_name)).__doc__ or "").strip()


def _setting(name: str, section: type[BaseModel], field: FieldInfo, default: JsonValue) -> Setting:
    key = next(each for each in field.metadata if isinstance(each, Key))
    nullable = type(None) in get_args(field.annotation)
    expected = key.expected or _expected(field.annotation, field.metadata)
    return Setting(name, section, name.partition(".")[2], key, default, expected, nullable)


def _expected(annotation: Any, metadata: list[Any]) -> str:  # noqa: ANN401  the types of types
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(map(str, get_args(annotation)))
    if get_origin(annotation) in {Union, UnionType}:
        inner = next(each for each in get_args(annotation) if each is not type(None))
        return f"{_expected(inner, metadata)}, or null"
    if get_origin(annotation) is Annotated:
        return _expected(get_args(annotation)[0], metadata)
    return f"{_PLAIN[annotation]} {_bounds(metadata)}".strip()


def _bounds(metadata: list[Any]) -> str:
    found = {
        name: f"{getattr(each, name):,.15g}"
        for name in _BOUND_WORDS
        for each in metadata
        if getattr(each, name, None) is not None
    }
    if "ge" in found and "le" in found:
        return f"from {found['ge']} to {found['le']}"
    return " and ".join(f"{_BOUND_WORDS[name]} {limit}" for name, limit in found.items())
