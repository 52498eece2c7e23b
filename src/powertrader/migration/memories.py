"""What the original learnt about a coin, read as it did, checked, and in the form we keep it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from powertrader.core.clock import SystemClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import StorageError
from powertrader.core.memory_files import read_texts, text_files
from powertrader.core.memory_store import pack_memory
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.original_format import (
    ENTRY_SEPARATOR,
    FIELD_SEPARATOR,
    MemoryTexts,
    decode,
    parse_memory,
    parse_number,
)
from powertrader.core.original_ledger import moment_of
from powertrader.core.settled_files import Patience, or_damaged_for_good, read_settled
from powertrader.core.storage import FileStore
from powertrader.migration.item import Item
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol

PATIENCE: Final = Patience(6, 0.1)
"""The original writes a file in place; what changed while it was read is read again."""
_FIELD_SEPARATORS: Final = 2
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class TimeframeFound:
    """What was learnt about one timeframe; item is None when nothing of it can be used.

    unreadable counts the patterns whose text is damaged. threshold_pct is None when there is none.
    """

    timeframe: Timeframe
    patterns: int = 0
    unreadable: int = 0
    threshold_pct: float | None = None
    problems: tuple[str, ...] = ()
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class CoinFound:
    """What a folder has of one coin. trained_at is None when that is not told."""

    coin: CoinSymbol
    folder: Path
    timeframes: tuple[TimeframeFound, ...]
    trained_at: datetime | None
    times: tuple[Item, ...]
    problems: tuple[str, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """What is imported: the time of the training comes last, for it says that all of it is there."""
        learnt = tuple(each.item for each in self.timeframes if each.item is not None)
        return (*learnt, *self.times) if learnt else ()


def read_coin(original: OriginalFolder, coin: CoinSymbol, target: CoinPaths) -> CoinFound:
    """Read what the original learnt about a coin, for the files of the same coin in the home."""
    source = original.coin(coin)
    store = FileStore()
    timeframes = tuple(each for one in TIMEFRAMES if (each := _timeframe(store, source, target, one)))
    training_time, problems = _training_time(store, source)
    times = tuple(_times(store, source, target)) if training_time is not None else ()
    trained_at = None if training_time is None else moment_of(training_time)
    return CoinFound(coin, source.base, timeframes, trained_at, times, problems)


def read_unhurried(
    read: Callable[[], Content], files: Sequence[Path], is_whole: Callable[[Content], bool]
) -> tuple[Content, bool]:
    """Read files that somebody may be writing; the second value says whether they stood still.

    What is not whole is believed once two reads agree on it.
    """
    return read_settled(read, files, or_damaged_for_good(is_whole), PATIENCE, SystemClock())


def _timeframe(
    store: FileStore, source: CoinPaths, target: CoinPaths, timeframe: Timeframe
) -> TimeframeFound | None:
    files = text_files(source, timeframe)
    if not any(path.exists() for path in files):
        return None
    try:
        texts, settled = read_unhurried(lambda: read_texts(store, source, timeframe), files, _is_whole)
    except StorageError as error:
        return TimeframeFound(timeframe, problems=(str(error),))
    memory = parse_memory(texts)
    if texts.memories is None or memory is None:
        absent = f"{files[0].name} is missing, so nothing of {timeframe} can be used: train this coin again"
        return TimeframeFound(timeframe, problems=(absent,))
    unreadable = _unreadable(memory)
    problems = tuple(_problems(texts, memory, files, unreadable))
    if not settled:
        problems = (*problems, f"{files[0].name} was being written: import it again when that has ended")
    threshold = None if np.isnan(memory.threshold_pct) else memory.threshold_pct
    if not _is_ours(texts, memory):
        return TimeframeFound(timeframe, 0, len(memory), threshold, problems)
    item = Item(
        f"{source.coin} {timeframe}",
        target.pattern_memory(timeframe),
        pack_memory(memory),
        _present(store, target, timeframe),
    )
    return TimeframeFound(timeframe, len(memory), unreadable, threshold, problems, item)


def _is_whole(texts: MemoryTexts) -> bool:
    """Tell at a glance whether no file looks cut off: as many weights as patterns, the last one complete."""
    weights = (texts.weights, texts.weights_high, texts.weights_low)
    if texts.memories is None or not texts.threshold:
        return False
    separators = texts.memories.count(ENTRY_SEPARATOR)
    last = texts.memories.rpartition(ENTRY_SEPARATOR)[2]
    complete = last.count(FIELD_SEPARATOR) == _FIELD_SEPARATORS
    return complete and all(text is not None and text.count(" ") == separators for text in weights)


def _is_ours(texts: MemoryTexts, memory: PatternMemory) -> bool:
    """Tell whether there is any pattern in the text, whatever its weights."""
    if "\x00" in (texts.memories or ""):
        return False
    body = memory.readable_body
    if None in (texts.weights, texts.weights_high, texts.weights_low):
        # without one of them nothing counts as readable, whatever the patterns are
        alone = parse_memory(MemoryTexts(texts.memories, "", "", "", texts.threshold))
        body = None if alone is None else alone.readable_body
    return len(memory) > 0 and (body is None or bool(body.any()))


def _unreadable(memory: PatternMemory) -> int:
    damaged = np.zeros(len(memory), dtype=np.bool_)
    for readable in (memory.readable_body, memory.readable_fields):
        if readable is not None:
            damaged |= ~readable
    return int(damaged.sum())


def _problems(
    texts: MemoryTexts, memory: PatternMemory, files: Sequence[Path], unreadable: int
) -> Iterator[str]:
    if not _is_ours(texts, memory):
        what = "is empty" if not (texts.memories or "").strip() else "holds no pattern at all"
        yield f"{files[0].name} {what}; it is left out: train this coin again"
        return
    weights = (texts.weights, texts.weights_high, texts.weights_low)
    for path, text in zip(files[1:4], weights, strict=True):
        if text is None:
            yield f"{path.name} is missing: as in the original, this timeframe has no say until it is trained"
        elif len(text.split(" ")) != len(memory):
            yield (
                f"{path.name} has {len(text.split(' '))} weights for {len(memory)} patterns: one of the two "
                "files was cut off"
            )
    if unreadable and None not in weights:
        yield (
            f"{files[0].name}: {unreadable} of {len(memory)} patterns or their weights are damaged; they "
            "alone are left out (the original would not use the timeframe at all)"
        )
    if np.isnan(memory.threshold_pct):
        state = "is missing" if texts.threshold is None else f"holds {texts.threshold[:20]!r}, no number"
        yield f"{files[4].name} {state}: this timeframe has no say until it is trained again"


def _present(store: FileStore, target: CoinPaths, timeframe: Timeframe) -> bytes | None:
    """Give the memory the home has, also where somebody put the original's texts there by hand."""
    ours = store.read_bytes(target.pattern_memory(timeframe))
    if ours is not None:
        return ours
    memory = parse_memory(read_texts(store, target, timeframe))
    return None if memory is None else pack_memory(memory)


def _training_time(store: FileStore, source: CoinPaths) -> tuple[float | None, tuple[str, ...]]:
    path = source.trainer_last_training_time()
    raw = store.read_bytes(path)
    if raw is None:
        return None, (f"{path.name} is missing: the coin counts as not trained, train it here",)
    seconds = parse_number(decode(raw).strip())
    if seconds is None or seconds <= 0 or moment_of(seconds) is None:
        return None, (f"{path.name} holds {decode(raw)[:20]!r}, no time: the coin counts as not trained",)
    return seconds, ()


def _times(store: FileStore, source: CoinPaths, target: CoinPaths) -> Iterator[Item]:
    """Give when the coin was trained, as the original noted it; the time that opens the gate comes last."""
    pairs = (
        (source.trainer_last_start_time(), target.trainer_last_start_time()),
        (source.trainer_last_training_time(), target.trainer_last_training_time()),
    )
    for path, wanted in pairs:
        raw = store.read_bytes(path)
        text = "" if raw is None else decode(raw).strip()
        if parse_number(text) is not None:
            name = f"{source.coin} {path.stem}"
            yield Item(name, wanted, text.encode(), store.read_bytes(wanted))
