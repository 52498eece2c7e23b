"""What was decided on coins, a file for each day: written by the trader, read by whoever explains it."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.file_operations import is_record
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON
from powertrader.models.decision import DecisionRecord
from powertrader.models.types import CoinSymbol

MOST_KEPT: Final = 100
"""So many of the newest decisions on a coin are given."""
_DAYS: Final = "*.jsonl"


def line_of(record: DecisionRecord) -> dict[str, object]:
    """Give a record as it is written; of its inputs those are left out that were not there."""
    line = encode(record)
    inputs = line["inputs"]
    if isinstance(inputs, dict):
        line["inputs"] = {name: value for name, value in inputs.items() if _is_told(value)}
    else:
        del line["inputs"]
    return line


def _is_told(value: object) -> bool:
    # a number of 0 is told, although it equals False
    return value is not None and value is not False and value != ""


def newest_first(folder: Path, store: FileStore, coin: CoinSymbol) -> Iterator[DecisionRecord]:
    """Give the decisions on a coin and those on every coin, the newest first; nothing is changed.

    folder: the records of a mode and account. Raises BadData naming a line that is no record.
    """
    for day in _days(folder):
        yield from _records(day, _numbered_back(_lines(store.read_bytes(day) or b"")), coin)


def newest_decisions(folder: Path, store: FileStore, coin: CoinSymbol) -> tuple[DecisionRecord, ...]:
    """Give the newest record of a coin, and after it why no step was made, when that is newer and holds on.

    Raises BadData as newest_first does.
    """
    return standing_of(newest_first(folder, store, coin), coin)


def standing_of(newest: Iterable[DecisionRecord], coin: CoinSymbol) -> tuple[DecisionRecord, ...]:
    """Pick from decisions, the newest first, what newest_decisions gives."""
    stop: DecisionRecord | None = None
    is_over = False
    for record in newest:
        if record.coin == coin:
            return (record,) if stop is None else (record, stop)
        if record.coin == EVERY_COIN and stop is None and not is_over:
            is_over = record.verdict == STEPS_GO_ON
            stop = None if is_over else record
    return () if stop is None else (stop,)


class DecisionLog:
    """Gives the newest decisions on one coin again and again; what was read is not read again.

    Asking for another coin or another folder begins anew. Not for several threads at once.
    """

    def __init__(self, store: FileStore) -> None:
        """Read nothing yet."""
        self._store = store
        self._about: tuple[Path, CoinSymbol] | None = None
        self._found: deque[DecisionRecord] = deque(maxlen=MOST_KEPT)
        self._place = _Place(Path(), 0, 0)

    def read(self, folder: Path, coin: CoinSymbol) -> tuple[DecisionRecord, ...]:
        """Give decisions on a coin and those on every coin, the newest first.

        Raises BadData naming a line that is no record, StorageError when one cannot be read.
        """
        place = self._place
        if self._about != (folder, coin) or self._store.size(place.day) < place.end:
            self._begin(folder, coin)
        for day in reversed(_days(folder)):
            if day.name >= self._place.day.name:
                self._read_on(day, coin)
        return tuple(self._found)

    def _begin(self, folder: Path, coin: CoinSymbol) -> None:
        self._about, self._place = None, _Place(Path(), 0, 0)
        self._found.clear()
        days = _days(folder)
        if days:
            lines = _ended_lines(self._store.read_bytes(days[0]) or b"")
            self._found.extend(_records(days[0], _numbered_back(lines), coin, MOST_KEPT))
            self._place = _Place(days[0], sum(map(len, lines)) + len(lines), len(lines))
        for day in days[1:]:
            if len(self._found) >= MOST_KEPT:
                break
            lines = _lines(self._store.read_bytes(day) or b"")
            self._found.extend(_records(day, _numbered_back(lines), coin, MOST_KEPT - len(self._found)))
        self._about = folder, coin

    def _read_on(self, day: Path, coin: CoinSymbol) -> None:
        place = self._place if day == self._place.day else _Place(day, 0, 0)
        if self._store.size(day) <= place.end:
            return
        lines = _ended_lines(self._store.read_bytes(day, place.end) or b"")
        for record in _records(day, enumerate(lines, start=place.lines + 1), coin):
            self._found.appendleft(record)
        end = place.end + sum(map(len, lines)) + len(lines)
        self._place = _Place(day, end, place.lines + len(lines))


class _Place(NamedTuple):
    """How far a day was read: its bytes and its lines."""

    day: Path
    end: int
    lines: int


def _days(folder: Path) -> list[Path]:
    """Give the files of a folder, the newest day first."""
    return sorted(folder.glob(_DAYS), reverse=True)


def _ended_lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")[:-1]


def _lines(content: bytes) -> list[bytes]:
    """Give the lines, also a last one that lacks only its end."""
    *lines, torn = content.split(b"\n")
    return [*lines, torn] if torn and is_record(torn) else lines


def _numbered_back(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    return reversed(list(enumerate(lines, start=1)))


def _records(
    day: Path, lines: Iterable[tuple[int, bytes]], coin: CoinSymbol, most: int | None = None
) -> Iterator[DecisionRecord]:
    """Give the records of a coin and of every coin in some numbered lines, at most so many."""
    marks = (_mark(coin), _mark(EVERY_COIN))
    # most lines are about other coins: those are not read in full
    wanted = ((number, line) for number, line in lines if any(mark in line for mark in marks))
    records = (_record(day, number, line) for number, line in wanted)
    yield from islice((record for record in records if record.coin in (coin, EVERY_COIN)), most)


def _mark(coin: CoinSymbol) -> bytes:
    return f'"coin": {json.dumps(coin, ensure_ascii=False)}'.encode()


def _record(day: Path, number: int, line: bytes) -> DecisionRecord:
    try:
        return decode(DecisionRecord, json.loads(line))
    except (ValueError, RecursionError) as error:
        msg = f"{day}, line {number} holds no JSON: {error}"
        raise DataCorruptionError(msg) from error
    except BadData as error:
        msg = f"{day}, line {number} is no decision: {error}"
        raise BadData(msg) from error
