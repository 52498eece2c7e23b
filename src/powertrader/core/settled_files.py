"""Files that another program writes in place: read again until they are whole and nobody is at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from powertrader.core.clock import Clock
from powertrader.core.file_operations import stamp_of

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often files are looked at, and the pause between two looks, in seconds."""

    tries: int
    pause_s: float


def read_settled(
    read: Callable[[], Content],
    files: Sequence[Path],
    is_whole: Callable[[Content], bool],
    patience: Patience,
    clock: Clock,
) -> tuple[Content, bool]:
    """Give what was read last, and whether it is whole and the files stood still while it was read.

    Every look is shown to is_whole, in order.
    """
    left = patience.tries
    while True:
        stamps = [stamp_of(path) for path in files]
        found = read()
        whole = is_whole(found)
        left -= 1
        if whole and stamps == [stamp_of(path) for path in files]:
            return found, True
        if left <= 0:
            return found, False
        clock.sleep(patience.pause_s)


def or_damaged_for_good(is_whole: Callable[[Content], bool]) -> Callable[[Content], bool]:
    """Give a rule that also believes what is not whole once two looks in a row agree on it."""
    looks: list[Content] = []

    def is_believed(found: Content) -> bool:
        agreed = found in looks[-1:]
        looks.append(found)
        return agreed or is_whole(found)

    return is_believed
