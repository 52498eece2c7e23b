"""Fields of Binance's JSON, each with its type or as BadData that names it."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from powertrader.core.exceptions import BadData

Fields: TypeAlias = Mapping[str, object]
"""A JSON object whose fields have no type yet."""

_LONGEST_NUMBER: Final = 60
_LONGEST_SHOWN: Final = 60
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
_MOST_MS: Final = 1 << 53


def fields_of(value: object, subject: str) -> Fields:
    """Give a JSON object. Raises BadData for anything else."""
    if not isinstance(value, dict):
        raise _bad(subject, value, "an object")
    return value


def rows_of(value: object, subject: str) -> Sequence[object]:
    """Give a JSON list. Raises BadData for anything else."""
    if not isinstance(value, list):
        raise _bad(subject, value, "a list")
    return value


def text(fields: Fields, name: str) -> str:
    """Give a text that is not empty. Raises BadData for anything else."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise _bad(name, value, "a text")
    return value


def whole(fields: Fields, name: str) -> int:
    """Give a whole number from 0 on. Raises BadData for anything else."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_MS:
        raise _bad(name, value, "a whole number from 0 on")
    return value


def switch(fields: Fields, name: str) -> bool:
    """Give true or false. Raises BadData for anything else."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise _bad(name, value, "true or false")
    return value


def number(fields: Fields, name: str) -> Decimal:
    """Give a decimal, which Binance writes as text. Raises BadData unless it is finite."""
    return as_decimal(fields.get(name), name)


def amount(fields: Fields, name: str) -> Decimal:
    """Give a decimal from 0 on. Raises BadData for anything else."""
    value = number(fields, name)
    if value < 0:
        raise _bad(name, str(value), "a number from 0 on")
    return value


def as_decimal(value: object, name: str) -> Decimal:
    """Give the decimal of a text or number called name. Raises BadData unless it is finite and sensible."""
    written = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    # matched before it is converted: arithmetic with an exponent of thousands is an error of its own
    if len(written) > _LONGEST_NUMBER or not _NUMBER.fullmatch(written):
        raise _bad(name, value, "a decimal number")
    return Decimal(written)


def _bad(name: str, value: object, expected: str) -> BadData:
    shown = repr(value)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}..."
    return BadData(f"Binance's {name} was {shown}, must be {expected}")
