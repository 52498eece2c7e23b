"""The original's text files of a trained timeframe: read as leniently as it did, written byte for byte.

memories_<tf>.txt holds entries joined by `~`, each `BODY CLOSE{}HIGH{}LOW` in percent;
memory_weights*_<tf>.txt hold factors joined by one blank; neural_perfect_threshold_<tf>.txt a distance
in percent. None ends with a newline. Source: golden/BEHAVIOUR.md sections 0.1, 1.5 and 1.6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from powertrader.models.memory import OriginalText, PatternMemory
from powertrader.models.types import BoolArray, FloatArray

ENTRY_SEPARATOR: Final = "~"
FIELD_SEPARATOR: Final = "{}"
NEW_WEIGHT: Final = "1.0"
_NOT_A_NUMBER: Final = float("nan")
_DECORATION: Final = str.maketrans("", "", "'\",[]")


@dataclass(frozen=True, slots=True)
class MemoryTexts:
    """Whole contents of one timeframe's files; None stands for a file that does not exist."""

    memories: str | None = None
    weights: str | None = None
    weights_high: str | None = None
    weights_low: str | None = None
    threshold: str | None = None


class Reading(NamedTuple):
    """Numbers read from texts, NaN where a text is no number, and which of them were numbers."""

    numbers: FloatArray
    known: BoolArray


def decode(raw: bytes) -> str:
    """Give the text that the original reads from a file: what is no UTF-8 is left out."""
    return raw.decode("utf-8", errors="ignore").replace("\r\n", "\n").replace("\r", "\n")


def parse_number(text: str | None) -> float | None:
    """Read a number as the original does; None when the text is missing or no number."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def parse_memory(texts: MemoryTexts) -> PatternMemory | None:
    """Give the memory these files hold, None when not even one of the four exists.

    When some of the four are missing, every body is unreadable: nothing can match, as in the
    original. Texts that numbers cannot give back stay in original_text. threshold_pct is NaN
    when the threshold is missing or no number; nothing matches then.
    """
    four = (texts.memories, texts.weights, texts.weights_high, texts.weights_low)
    if all(text is None for text in four):
        return None
    threshold = parse_number(texts.threshold)
    words = OriginalText(
        tuple(_cleaned(texts.memories or "").split(ENTRY_SEPARATOR)),
        *(() if text is None else tuple(_cleaned(text).split(" ")) for text in four[1:]),
    )
    threshold_pct = _NOT_A_NUMBER if threshold is None else threshold
    return memory_of(words, threshold_pct, complete=None not in four)


def memory_of(words: OriginalText, threshold_pct: float, *, complete: bool = True) -> PatternMemory:
    """Give the memory that entries and weights stand for; entry i takes the weights number i.

    words is kept in the memory unless the numbers alone give the same words. complete=False:
    a file is missing, so no entry can be used.
    """
    memory = aligned(read_entries(words.entries), read_weights(words), threshold_pct)
    if not complete:
        return replace(memory, readable_body=np.zeros(len(memory), dtype=np.bool_), original_text=words)
    if memory.readable_body is memory.readable_fields is None and words_of(memory) == words:
        return memory
    return replace(memory, original_text=words)


def read_entries(entries: Sequence[str]) -> Reading:
    """Read entries as four rows: bodies, close, high and low moves."""
    parts = [part for entry in entries for part in _parts_of(entry)]
    numbers, known = _read(parts)
    shape = (len(entries), 4)
    return Reading(numbers.reshape(shape).T, known.reshape(shape).T)


def read_weights(words: OriginalText) -> tuple[Reading, Reading, Reading]:
    """Read the weights of close, high and low; the lists may differ in length."""
    return _read(words.weights), _read(words.weights_high), _read(words.weights_low)


def aligned(
    entries: Reading, weights: tuple[Reading, Reading, Reading], threshold_pct: float
) -> PatternMemory:
    """Put the weights number i beside entry i; an entry without a weight has unreadable fields."""
    body, close_move, high_move, low_move = (np.ascontiguousarray(row) for row in entries.numbers)
    close_weight, high_weight, low_weight = (_fitted(weight, len(body)) for weight in weights)
    known = (close_weight.known, high_weight.known, low_weight.known)
    return PatternMemory(
        body,
        close_move,
        high_move,
        low_move,
        threshold_pct,
        _unless_one(close_weight.numbers),
        _unless_one(high_weight.numbers),
        _unless_one(low_weight.numbers),
        _unless_all(np.ascontiguousarray(entries.known[0])),
        _unless_all(np.logical_and.reduce([*entries.known, *known])),
    )


def words_of(memory: PatternMemory) -> OriginalText:
    """Give the entries and weights of a memory as the original spells them."""
    if memory.original_text is not None:
        return memory.original_text
    return OriginalText(
        entry_texts(memory.body_pct, memory.close_move_pct, memory.high_move_pct, memory.low_move_pct),
        weight_texts(memory.weights, len(memory)),
        weight_texts(memory.weights_high, len(memory)),
        weight_texts(memory.weights_low, len(memory)),
    )


def entry_texts(
    body: FloatArray, close_move: FloatArray, high_move: FloatArray, low_move: FloatArray
) -> tuple[str, ...]:
    """Spell entries, one per row of the columns (percent)."""
    columns = (body.tolist(), close_move.tolist(), high_move.tolist(), low_move.tolist())
    return tuple([f"{b!r} {c!r}{{}}{h!r}{{}}{w!r}" for b, c, h, w in zip(*columns, strict=True)])


def weight_texts(weights: FloatArray | None, count: int) -> tuple[str, ...]:
    """Spell count weights; None stands for a column of ones."""
    return (NEW_WEIGHT,) * count if weights is None else tuple(map(repr, weights.tolist()))


def words_by_kind(words: OriginalText) -> tuple[tuple[str, ...], ...]:
    """Give entries, weights, high weights and low weights, in this order."""
    return words.entries, words.weights, words.weights_high, words.weights_low


def without_blanks(words: OriginalText) -> OriginalText:
    """Give the words that survive writing: each list drops its own blank ones (Q18)."""
    return OriginalText(*map(_not_blank, words_by_kind(words)))


def export_memory(memory: PatternMemory) -> MemoryTexts:
    """Give the contents of the five files that the original would write for a memory."""
    words = without_blanks(words_of(memory))
    return MemoryTexts(
        ENTRY_SEPARATOR.join(words.entries),
        " ".join(words.weights),
        " ".join(words.weights_high),
        " ".join(words.weights_low),
        repr(memory.threshold_pct),
    )


def _cleaned(text: str) -> str:
    return text.translate(_DECORATION)


def _parts_of(entry: str) -> tuple[str, str, str, str]:
    """Cut an entry into body, close, high and low; what is missing becomes a blank."""
    pattern, *moves = entry.split(FIELD_SEPARATOR)
    words = pattern.split(" ")
    high, low = (*[move.replace(" ", "") for move in moves[:2]], "", "")[:2]
    return words[0], words[-1], high, low


def _read(texts: Sequence[str]) -> Reading:
    try:
        return Reading(np.array([*map(float, texts)], dtype=np.float64), np.ones(len(texts), dtype=np.bool_))
    except ValueError:
        found = [parse_number(text) for text in texts]
    numbers = [_NOT_A_NUMBER if number is None else number for number in found]
    known = [number is not None for number in found]
    return Reading(np.array(numbers, dtype=np.float64), np.array(known, dtype=np.bool_))


def _fitted(weights: Reading, count: int) -> Reading:
    missing = max(0, count - len(weights.numbers))
    numbers = np.concatenate((weights.numbers[:count], np.full(missing, _NOT_A_NUMBER)))
    return Reading(numbers, np.concatenate((weights.known[:count], np.zeros(missing, dtype=np.bool_))))


def _unless_one(weights: FloatArray) -> FloatArray | None:
    return None if bool(np.all(weights == 1.0)) else weights


def _unless_all(readable: BoolArray) -> BoolArray | None:
    return None if bool(readable.all()) else readable


def _not_blank(words: Iterable[str]) -> tuple[str, ...]:
    return tuple([word for word in words if word.strip()])
