"""A memory survives its file unchanged, and a damaged file is never taken for one."""

import numpy as np
import pytest

from powertrader.core.exceptions import DataCorruptionError
from powertrader.core.memory_store import pack_memory, unpack_memory
from powertrader.models.memory import OriginalText, PatternMemory

COLUMN = np.array([1.5, -2.0, np.nan])
PLAIN = PatternMemory(COLUMN, COLUMN, COLUMN, COLUMN, 1.25)
FULL = PatternMemory(
    COLUMN,
    COLUMN,
    COLUMN,
    COLUMN,
    1.25,
    np.array([1.0, 0.5, 2.0]),
    None,
    np.array([0.0, 1.0, 1.0]),
    np.array([True, False, True]),
    np.array([True, True, False]),
    OriginalText(("1.5 x{}", "é", ""), ("1",), (), ("0",)),
)


@pytest.mark.parametrize("memory", [PLAIN, FULL])
def test_a_memory_comes_back_as_it_was(memory: PatternMemory) -> None:
    again = unpack_memory(pack_memory(memory), "memory_1day.npz")
    for name in PatternMemory.__slots__:
        assert np.array_equal(getattr(again, name), getattr(memory, name), equal_nan=name.endswith("_pct"))


def test_the_same_memory_gives_the_same_bytes() -> None:
    assert pack_memory(FULL) == pack_memory(unpack_memory(pack_memory(FULL), "x"))


def test_columns_of_ones_take_no_room() -> None:
    ones = PatternMemory(COLUMN, COLUMN, COLUMN, COLUMN, 1.25, np.array([2.0, 1.0, 1.0]))
    assert len(pack_memory(PLAIN)) < len(pack_memory(ones))


@pytest.mark.parametrize("raw", [b"", b"binary \x00\xff", b"PK\x05\x06" + bytes(18), b"\x93NUMPY"])
def test_foreign_bytes_are_refused_naming_the_file(raw: bytes) -> None:
    with pytest.raises(DataCorruptionError, match=r"memory_1day\.npz"):
        unpack_memory(raw, "memory_1day.npz")


def test_every_truncation_is_noticed() -> None:
    raw = pack_memory(FULL)
    for length in range(0, len(raw), 11):
        with pytest.raises(DataCorruptionError):
            unpack_memory(raw[:length], "x")


def test_a_flipped_bit_is_noticed_or_changes_nothing() -> None:
    raw = pack_memory(FULL)
    for place in range(0, len(raw), 3):
        damaged = raw[:place] + bytes([raw[place] ^ 0x40]) + raw[place + 1 :]
        try:
            again = unpack_memory(damaged, "x")
        except DataCorruptionError:
            continue
        assert pack_memory(again) == raw
