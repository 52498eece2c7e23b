"""A recorded case of an original script, and how a difference is described."""

import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from powertrader.core.exceptions import BadData, PowerTraderError

KINDS: Final = ("trainer", "thinker", "trader")
CANNOT_RUN: Final = (PowerTraderError, ArithmeticError, LookupError, TypeError, ValueError)
"""What ends the run of one case that lacks a field or that our code cannot follow; the others go on."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded case; inputs and outputs as golden/FORMAT.md describes them."""

    kind: str
    id: str
    title: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where our result is not the recorded one."""

    where: str
    expected: str
    actual: str


def load_case(path: Path) -> Case:
    """Read one case from a .json or .json.gz file.

    Raises BadData naming the file when it is no recorded case.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found = json.loads(raw)
        case = Case(found["kind"], found["id"], found["title"], found["inputs"], found["outputs"])
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        msg = f"{path} is not a recorded case: {error}"
        raise BadData(msg) from error
    if case.kind not in KINDS:
        msg = f"{path}: kind was {case.kind!r}, must be one of {', '.join(KINDS)}"
        raise BadData(msg)
    return case


def case_files(folder: Path) -> tuple[Path, ...]:
    """List the case files below a folder, in order of their names."""
    found = [*folder.rglob("*.json"), *folder.rglob("*.json.gz")]
    return tuple(sorted(found, key=lambda path: path.name))


def load_cases(folder: Path) -> Iterator[Case]:
    """Read every case below a folder, in order of the file names.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    files = case_files(folder)
    if not files:
        msg = f"{folder} holds no recorded cases (*.json or *.json.gz)"
        raise BadData(msg)
    return map(load_case, files)


def differences(where: str, expected: object, actual: object, *, rel: float = 0.0) -> Iterator[Difference]:
    """Compare two JSON-like values; integers and floats of equal value differ when rel is 0.

    rel: allowed relative difference of numbers, for example 1e-9; then 1 equals 1.0.
    """
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        if list(expected) != list(actual) and rel == 0.0:
            yield Difference(f"{where} keys", repr(list(expected)), repr(list(actual)))
        for key in {**expected, **actual}:
            if key not in expected or key not in actual:
                yield Difference(f"{where}.{key}", _shown(expected, key), _shown(actual, key))
            else:
                yield from differences(f"{where}.{key}", expected[key], actual[key], rel=rel)
    elif _is_list(expected) and _is_list(actual):
        yield from _list_differences(where, expected, actual, rel)
    elif not _equal(expected, actual, rel):
        yield Difference(where, repr(expected), repr(actual))


def _list_differences(where: str, expected: Any, actual: Any, rel: float) -> Iterator[Difference]:
    if len(expected) != len(actual):
        yield Difference(f"{where} length", repr(list(expected)), repr(list(actual)))
    for position, (left, right) in enumerate(zip(expected, actual, strict=False)):
        yield from differences(f"{where}[{position}]", left, right, rel=rel)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _shown(mapping: Mapping[str, Any], key: str) -> str:
    return repr(mapping[key]) if key in mapping else "(absent)"


def _equal(expected: object, actual: object, rel: float) -> bool:
    if _is_number(expected) and _is_number(actual):
        left, right = float(str(expected)), float(str(actual))
        if rel == 0.0:
            return repr(expected) == repr(actual)
        return left == right or math.isclose(left, right, rel_tol=rel, abs_tol=rel)
    return type(expected) is type(actual) and expected == actual


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
