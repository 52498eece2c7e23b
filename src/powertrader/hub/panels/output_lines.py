"""Which lines of a worker's output are new, and whose they are. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.view import OutputTail
from powertrader.models.types import CoinSymbol

_OF_COIN: Final = re.compile(r"^\S+ \S+ \[[A-Z]+\] trainer\.(?P<coin>[A-Z0-9]+): ")
_TIMED: Final = re.compile(r"^\d{4}-\d\d-\d\d (?P<time>\d\d:\d\d:\d\d) (?:\[INFO\] |(?P<grave>\[[A-Z]+\] ))")
_OF_ALL: Final = re.compile(r"^\S+ \S+ \[[A-Z]+\] ")


@dataclass(frozen=True, slots=True)
class Seen:
    """How far an output was shown."""

    generation: int = -1
    ends: int = 0


def seen_of(tail: OutputTail) -> Seen:
    """Give that all of an output was shown."""
    return Seen(tail.generation, tail.ends)


def new_lines(tail: OutputTail, seen: Seen) -> tuple[str, ...]:
    """Give the lines that were not shown yet; all of them when the file was begun anew."""
    if tail.generation != seen.generation:
        return tail.lines
    return tail.lines[max(0, seen.ends - tail.begins) :]


@dataclass(frozen=True, slots=True)
class CoinLine:
    """A line of the trainer and the coin it is about, empty for none or all."""

    coin: CoinSymbol
    line: str


def of_coins(lines: Iterable[str], coin: CoinSymbol = "") -> Iterator[CoinLine]:
    """Tell lines of the trainer apart by coin; coin: that of the line before the first.

    What has no beginning of its own, such as the lines of a traceback, belongs to the line before.
    """
    for line in lines:
        found = _OF_COIN.match(line)
        if found is not None:
            coin = found["coin"]
        elif _OF_ALL.match(line):
            coin = ""
        yield CoinLine(coin, line)


def brief(line: str) -> str:
    """Give a line without its day, and without the level that most lines have: the pane is narrow."""
    return _TIMED.sub(r"\g<time> \g<grave>", line)


def with_prefix(one: CoinLine) -> str:
    """Give a line of the trainer as it is shown: with its coin in front."""
    return text(
        "classic.output_line", prefix=one.coin or text("classic.trainer_prefix"), line=brief(one.line)
    )
