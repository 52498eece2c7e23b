"""Where a coin's memories lie: ours as .npz, the original's as text; the newer of the two counts."""

from contextlib import suppress
from pathlib import Path

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import DataCorruptionError
from powertrader.core.memory_store import unpack_memory
from powertrader.core.original_format import MemoryTexts, decode, export_memory, parse_memory
from powertrader.core.storage import FileStore
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import Timeframe

_ABSENT_NS = -1


def load_memory(store: FileStore, paths: CoinPaths, timeframe: Timeframe) -> PatternMemory | None:
    """Give what a coin has learnt about a timeframe, None when nothing.

    The original's text files are imported when they are newer than ours, or ours is damaged; a
    damaged file of ours is moved aside. Raises StorageError when a file cannot be read.
    """
    ours = paths.pattern_memory(timeframe)
    if _changed_ns(ours) >= max(map(_changed_ns, text_files(paths, timeframe))):
        # moved aside and told of: the texts are what is left
        with suppress(DataCorruptionError):
            memory = store.read_parsed(ours, lambda raw: unpack_memory(raw, str(ours)))
            if memory is not None:
                return memory
    return parse_memory(read_texts(store, paths, timeframe))


def read_texts(store: FileStore, paths: CoinPaths, timeframe: Timeframe) -> MemoryTexts:
    """Give the contents of the original's files."""
    return MemoryTexts(*(_text(store, path) for path in text_files(paths, timeframe)))


def write_texts(store: FileStore, paths: CoinPaths, timeframe: Timeframe, memory: PatternMemory) -> None:
    """Export a memory to the original's four files of entries and weights; the threshold has its own."""
    texts = export_memory(memory)
    contents = (texts.memories, texts.weights, texts.weights_high, texts.weights_low)
    for path, content in zip(text_files(paths, timeframe), contents, strict=False):
        store.write_text(path, content or "")


def text_files(paths: CoinPaths, timeframe: Timeframe) -> tuple[Path, ...]:
    """Give the original's files in the order of MemoryTexts: entries, three of weights, the threshold."""
    return (
        paths.memory_file(timeframe),
        paths.weight_file(timeframe),
        paths.weight_high_file(timeframe),
        paths.weight_low_file(timeframe),
        paths.threshold_file(timeframe),
    )


def _text(store: FileStore, path: Path) -> str | None:
    raw = store.read_bytes(path)
    return None if raw is None else decode(raw)


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return _ABSENT_NS
