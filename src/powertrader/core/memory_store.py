"""PatternMemory to and from one .npz file per timeframe: the same memory always gives the same bytes."""

import io
import json
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from powertrader.core.array_archive import UNREADABLE, members_of
from powertrader.core.exceptions import DataCorruptionError
from powertrader.models.memory import OriginalText, PatternMemory
from powertrader.models.types import BoolArray, FloatArray

SCHEMA: Final = 1
_NUMBERS: Final = ("body_pct", "close_move_pct", "high_move_pct", "low_move_pct")
_WEIGHTS: Final = ("weights", "weights_high", "weights_low")
_MASKS: Final = ("readable_body", "readable_fields")
_TEXTS: Final = ("entries", "weights", "weights_high", "weights_low")


def pack_memory(memory: PatternMemory) -> bytes:
    """Give the bytes of an .npz file that holds a memory; columns that are None are left out."""
    members: dict[str, NDArray[np.generic]] = {
        "schema": np.array(SCHEMA, dtype=np.int64),
        "threshold_pct": np.array(memory.threshold_pct, dtype=np.float64),
    }
    for name in (*_NUMBERS, *_WEIGHTS, *_MASKS):
        column = getattr(memory, name)
        if column is not None:
            members[name] = column
    if memory.original_text is not None:
        words = {name: getattr(memory.original_text, name) for name in _TEXTS}
        members["original_text"] = np.frombuffer(json.dumps(words).encode(), dtype=np.uint8)
    members["members"] = np.array(len(members), dtype=np.int64)
    target = io.BytesIO()
    np.savez(target, allow_pickle=False, **members)
    return target.getvalue()


def unpack_memory(raw: bytes, name: str) -> PatternMemory:
    """Give the memory that pack_memory turned into these bytes; name is the file, for the message.

    Raises DataCorruptionError when the bytes are truncated, foreign or of another schema.
    """
    try:
        return _memory_of(members_of(raw))
    except UNREADABLE as error:
        msg = f"{name} is no memory of schema {SCHEMA} ({error}); train the coin again"
        raise DataCorruptionError(msg) from error


def _memory_of(members: Mapping[str, NDArray[np.generic]]) -> PatternMemory:
    schema = int(members["schema"])
    if schema != SCHEMA:
        msg = f"schema was {schema}"
        raise ValueError(msg)
    if int(members["members"]) != len(members) - 1:
        msg = f"{members['members']} members were written, {len(members) - 1} are left"
        raise ValueError(msg)
    body, close_move, high_move, low_move = (_float_column(members, name) for name in _NUMBERS)
    weights, weights_high, weights_low = (_weight_column(members, name) for name in _WEIGHTS)
    readable_body, readable_fields = (_mask(members, name) for name in _MASKS)
    return PatternMemory(
        body,
        close_move,
        high_move,
        low_move,
        float(members["threshold_pct"]),
        weights,
        weights_high,
        weights_low,
        readable_body,
        readable_fields,
        _text(members),
    )


def _float_column(members: Mapping[str, NDArray[np.generic]], name: str) -> FloatArray:
    column = members[name]
    if column.ndim != 1 or column.dtype != np.float64:
        msg = f"{name} was {column.dtype} with {column.ndim} dimensions"
        raise ValueError(msg)
    return column.astype(np.float64, copy=False)


def _weight_column(members: Mapping[str, NDArray[np.generic]], name: str) -> FloatArray | None:
    return _float_column(members, name) if name in members else None


def _mask(members: Mapping[str, NDArray[np.generic]], name: str) -> BoolArray | None:
    if name not in members:
        return None
    column = members[name]
    if column.ndim != 1 or column.dtype != np.bool_:
        msg = f"{name} was {column.dtype} with {column.ndim} dimensions"
        raise ValueError(msg)
    return column.astype(np.bool_, copy=False)


def _text(members: Mapping[str, NDArray[np.generic]]) -> OriginalText | None:
    if "original_text" not in members:
        return None
    words = json.loads(members["original_text"].tobytes())
    return OriginalText(*(tuple(map(str, words[name])) for name in _TEXTS))
