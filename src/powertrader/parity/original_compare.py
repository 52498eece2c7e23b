"""An original script and our code on the same input: which files and orders differ."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from os.path import commonprefix
from typing import Any, Final

from powertrader.parity.case import Difference, differences
from powertrader.parity.original_moment import Moment, ProgramRun
from powertrader.parity.trainer_cases import expected_end

_BEFORE: Final = 30
_SHOWN: Final = 160
_ABSENT: Final = "(no such file)"
_ORDER: Final = ("side", "symbol", "quantity", "result")
_MOMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "trainer": ("at the end", "at the end"),
    "thinker": ("start-up", "pass"),
    "trader": ("start-up", "tick"),
}


@dataclass(slots=True)
class Tally:
    """How much was compared: files that one side changed in a moment, and orders.

    equal_value counts JSON files whose bytes differ although they say the same, spelled otherwise.
    """

    moments: int = 0
    files: int = 0
    equal_value: int = 0
    orders: int = 0


def compare_runs(
    kind: str, theirs: Sequence[ProgramRun], ours: Sequence[ProgramRun], tally: Tally
) -> Iterator[Difference]:
    """Give every difference in the order in which it came about, and count into tally."""
    for number, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        where = f"run {number + 1}, " if len(ours) > 1 else ""
        yield from _moments(where, kind, (their.moments, our.moments), tally)
        if not _same_end(kind, their.end, our.end):
            yield Difference(f"{where}how it ended", _told_end(their), _told_end(our))


def _moments(
    where: str, kind: str, sides: tuple[Sequence[Moment], Sequence[Moment]], tally: Tally
) -> Iterator[Difference]:
    before = (Moment({}), Moment({}))
    first, later = _MOMENTS[kind]
    for number, (their, our) in enumerate(zip(*sides, strict=False)):
        name = f"{where}{f'{later} {number}' if number else first}"
        tally.moments += 1
        yield from _orders(name, their, our, tally)
        yield from _files(name, (their, our), before, tally)
        before = (their, our)
    if len(sides[0]) != len(sides[1]):
        counts = [f"{len(side) - 1} of them" for side in sides]
        yield Difference(f"{where}number of {later}s", *counts)


def _orders(where: str, their: Moment, our: Moment, tally: Tally) -> Iterator[Difference]:
    for number, pair in enumerate(zip_longest(their.orders, our.orders)):
        tally.orders += 1
        told = [_told_order(order) for order in pair]
        if told[0] != told[1]:
            yield Difference(f"{where}, order {number + 1}", *told)


def _files(
    where: str, now: tuple[Moment, Moment], before: tuple[Moment, Moment], tally: Tally
) -> Iterator[Difference]:
    for path in sorted({*now[0].tree, *now[1].tree, *before[0].tree, *before[1].tree}):
        if all(new.tree.get(path) == old.tree.get(path) for new, old in zip(now, before, strict=True)):
            continue
        tally.files += 1
        theirs, ours = now[0].tree.get(path), now[1].tree.get(path)
        if theirs == ours:
            continue
        if _equal_in_value(path, theirs, ours):
            tally.equal_value += 1
            continue
        yield Difference(f"{where}, file {path}", *_excerpts(theirs, ours))


def _equal_in_value(path: str, theirs: str | None, ours: str | None) -> bool:
    if theirs is None or ours is None or not path.endswith((".json", ".jsonl")):
        return False
    try:
        sides = [[json.loads(line) for line in _documents(path, text)] for text in (theirs, ours)]
    except ValueError:
        return False
    return not any(differences(path, *sides))


def _documents(path: str, text: str) -> list[str]:
    return text.splitlines() if path.endswith(".jsonl") else [text]


def _excerpts(theirs: str | None, ours: str | None) -> tuple[str, str]:
    """Give both texts from a little before the place where they part."""
    start = max(0, len(commonprefix((theirs or "", ours or ""))) - _BEFORE)  # noqa: RUF071  texts, not paths
    return _excerpt(theirs, start), _excerpt(ours, start)


def _excerpt(text: str | None, start: int) -> str:
    return _ABSENT if text is None else repr(text[start : start + _SHOWN])


def _told_order(order: Mapping[str, Any] | None) -> str:
    return "no order" if order is None else " ".join(str(order[name]) for name in _ORDER)


def _same_end(kind: str, theirs: str, ours: str) -> bool:
    if kind == "trainer":
        return expected_end(theirs) == ours
    # the thinker catches its error, tells it and ends by itself
    return theirs == ours or (kind == "thinker" and ours == "terminated" and theirs.startswith("exit:"))


def _told_end(run: ProgramRun) -> str:
    return f"{run.end} ({run.detail})" if run.detail else run.end
