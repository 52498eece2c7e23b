"""Which cases a user's original scripts are compared on: recorded ones, made-up ones, the user's candles."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from powertrader.parity.case import Case, load_cases

MOST_ROWS: Final = 5000
"""Candles of one timeframe that a script learns in minutes: its work grows with their square."""


def recorded_scenarios(folder: Path, kinds: Collection[str], *, with_long: bool) -> Iterator[Case]:
    """Give the inputs of the recorded cases of some kinds; those that take very long only with_long.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    for case in load_cases(folder):
        if case.kind in kinds and (with_long or not _is_long(case)):
            yield case


def _is_long(case: Case) -> bool:
    klines: dict[str, Sequence[object]] = case.inputs.get("klines", {})
    return any(len(rows) > MOST_ROWS for rows in klines.values())
