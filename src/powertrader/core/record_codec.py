"""Dataclasses, and the named tuples in them, to and from plain JSON values, exactly, by their types."""

import math
import types
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from powertrader.core.exceptions import BadData


class Record(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Kind = TypeVar("Kind", bound=Record)


def encode(record: Record) -> dict[str, object]:
    """Give a record as values that JSON can hold, by field name.

    Decimals and times become text. Raises BadData for a number that is not finite and a naive time.
    """
    return {name: write(getattr(record, name)) for name, write, _ in _codec(type(record))}


def decode(kind: type[Kind], values: object) -> Kind:
    """Give back the record that was encoded. Raises BadData naming the field that does not fit."""
    if not isinstance(values, dict):
        msg = f"{kind.__name__} was {values!r}, must be an object"
        raise BadData(msg)
    codec = _codec(kind)
    names = [name for name, _, _ in codec]
    if values.keys() != set(names):
        # a field that came later has a default, which is what older records mean
        required = {field.name for field in fields(kind) if field.default is MISSING}
        if not required <= values.keys() <= set(names):
            msg = f"{kind.__name__} has the fields {sorted(values)}, must have {sorted(names)}"
            raise BadData(msg)
    arguments: dict[str, Any] = {}
    for name, _, read in codec:
        if name not in values:
            continue
        try:
            arguments[name] = read(values[name])
        except (ValueError, ArithmeticError, TypeError) as error:
            msg = f"{name} of {kind.__name__} was {values[name]!r}: {error}"
            raise BadData(msg) from error
    try:
        return kind(**arguments)
    except ValueError as error:
        msg = f"{kind.__name__}: {error}"
        raise BadData(msg) from error


Writer = Callable[[Any], object]
Reader = Callable[[Any], object]


@cache
def _codec(kind: type) -> tuple[tuple[str, Writer, Reader], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, *_pair(hints[field.name])) for field in fields(kind))


def _pair(hint: Any) -> tuple[Writer, Reader]:  # noqa: ANN401  a type hint may be anything
    if get_origin(hint) in (Union, types.UnionType):
        return _optional(hint)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint))
    if hasattr(hint, "__dataclass_fields__"):
        return encode, lambda values: decode(hint, values)
    if isinstance(hint, type) and issubclass(hint, tuple):
        write, read = _tuple(tuple(get_type_hints(hint).values()))
        return write, lambda values: hint(*cast("tuple[Any, ...]", read(values)))
    return _simple(hint)


def _simple(hint: Any) -> tuple[Writer, Reader]:  # noqa: ANN401  as above
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str, hint
    if hint in (str, int, bool):
        return _same, _checked(hint)
    numbers: dict[object, tuple[Writer, Reader]] = {
        float: (_write_float, _read_float),
        Decimal: (_write_decimal, _read_decimal),
        datetime: (_write_time, _read_time),
    }
    if hint not in numbers:
        msg = f"a record cannot hold {hint}"
        raise TypeError(msg)
    return numbers[hint]


def _optional(hint: Any) -> tuple[Writer, Reader]:  # noqa: ANN401  as above
    (inner,) = (one for one in get_args(hint) if one is not types.NoneType)
    write, read = _pair(inner)
    return (
        lambda value: None if value is None else write(value),
        lambda value: None if value is None else read(value),
    )


def _tuple(hints: tuple[Any, ...]) -> tuple[Writer, Reader]:
    if hints[-1] is Ellipsis:
        write, read = _pair(hints[0])
        return lambda values: list(map(write, values)), lambda values: tuple(map(read, _list(values)))
    pairs = tuple(map(_pair, hints))
    return (
        lambda values: [pair[0](value) for pair, value in zip(pairs, values, strict=True)],
        lambda values: tuple(pair[1](value) for pair, value in zip(pairs, _list(values), strict=True)),
    )


def _list(values: object) -> list[object]:
    if not isinstance(values, list):
        msg = "must be a list"
        raise TypeError(msg)
    return values


def _same(value: object) -> object:
    return value


def _checked(kind: type) -> Reader:
    def read(value: object) -> object:
        if type(value) is not kind:
            msg = f"must be {kind.__name__}"
            raise TypeError(msg)
        return value

    return read


def _write_float(value: float) -> float:
    if not math.isfinite(value):
        msg = f"a record holds finite numbers only, not {value}"
        raise BadData(msg)
    return float(value)


def _read_float(value: object) -> float:
    if type(value) is not float or not math.isfinite(value):
        msg = "must be a finite number with a point or an exponent"
        raise TypeError(msg)
    return value


def _write_decimal(value: Decimal) -> str:
    if not value.is_finite():
        msg = f"a record holds finite numbers only, not {value}"
        raise BadData(msg)
    return str(value)


def _read_decimal(value: object) -> Decimal:
    number = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    if not number.is_finite():
        msg = "must be the text of a finite number"
        raise TypeError(msg)
    return number


def _write_time(value: datetime) -> str:
    if value.tzinfo is None:
        msg = f"a record holds aware times only, not {value}"
        raise BadData(msg)
    return value.isoformat()


def _read_time(value: object) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        msg = "must be the text of an aware time"
        raise TypeError(msg)
    return moment
