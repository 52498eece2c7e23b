"""How `powertrader compare` words what compat=safe decides otherwise than the original."""

from collections.abc import Iterator
from os.path import commonprefix
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from powertrader.parity.finding import Finding

SHARED_SHOWN: Final = 30
LONGEST_SHOWN: Final = 200
"""Characters shown of a difference, and of what stands before it in both texts."""


def finding_lines(case_id: str, finding: "Finding") -> Iterator[str]:
    """Say where a case is decided otherwise and by which deviation, then both texts."""
    original, ours = from_first_difference(finding.original, finding.ours)
    yield f"{finding.deviation or 'NO ID':6} {case_id} {finding.where}"
    yield f"       original {original}"
    yield f"       safe     {ours}"


def from_first_difference(original: str, ours: str) -> tuple[str, str]:
    """Give two texts from a little before the place where they part, cut when they are long."""
    shared = len(commonprefix((original, ours)))  # noqa: RUF071  these are texts, not paths
    start = max(0, shared - SHARED_SHOWN)
    return _cut(original, start), _cut(ours, start)


def _cut(text: str, start: int) -> str:
    stop = start + LONGEST_SHOWN
    return ("..." if start else "") + text[start:stop] + ("..." if stop < len(text) else "")
