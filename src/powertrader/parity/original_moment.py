"""What a program run left behind, moment by moment: an original script's or ours on the same input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moment:
    """What a start-up, a pass, a tick or a whole training left: its orders and the whole folder."""

    tree: Mapping[str, str]
    orders: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of a program: how it ended, in the words of golden/FORMAT.md, and its moments."""

    end: str
    moments: Sequence[Moment]
    detail: str = ""
    refused: Sequence[str] = field(default=())
