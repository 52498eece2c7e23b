"""The original's memory files are read leniently and given back byte for byte."""

import numpy as np
import pytest

from powertrader.core.original_format import MemoryTexts, decode, export_memory, parse_memory, parse_number
from powertrader.models.memory import PatternMemory


def parsed(memories: str, weights: str = "1.0", **others: str | None) -> PatternMemory:
    columns: dict[str, str | None] = {
        "weights_high": "1.0",
        "weights_low": "1.0",
        "threshold": "1.5",
        **others,
    }
    memory = parse_memory(MemoryTexts(memories, weights, **columns))
    assert memory is not None
    return memory


def test_an_entry_holds_body_close_high_and_low() -> None:
    memory = parsed("0.5 1.25{}2.0{}-3.0")
    numbers = (memory.body_pct, memory.close_move_pct, memory.high_move_pct, memory.low_move_pct)
    assert [column.tolist() for column in numbers] == [[0.5], [1.25], [2.0], [-3.0]]
    assert (memory.weights, memory.readable_body, memory.original_text) == (None, None, None)
    assert memory.threshold_pct == 1.5


def test_decoration_is_cleaned_away() -> None:
    memory = parsed("['0.5', \"1.25\"]{}2.0{}-3.0", "['2.0']")
    assert memory.weights is not None
    assert (memory.body_pct.tolist(), memory.weights.tolist()) == ([0.5], [2.0])
    assert export_memory(memory).memories == "0.5 1.25{}2.0{}-3.0"


def test_odd_spellings_come_back_as_they_were() -> None:
    memory = parsed("+.5 1_0{}inf{}-nan~x", "1 02", weights_high="1e0 1", weights_low="1.0 1.0")
    written = export_memory(memory)
    assert (written.memories, written.weights, written.weights_high) == (
        "+.5 1_0{}inf{}-nan~x",
        "1 02",
        "1e0 1",
    )
    assert memory.close_move_pct[0] == 10.0


@pytest.mark.parametrize("entry", ["x 1.0{}1.0{}1.0", "", " 1.0{}1.0{}1.0", "{}1.0{}1.0"])
def test_a_body_that_is_no_number_is_marked(entry: str) -> None:
    readable = parsed(entry).readable_body
    assert readable is not None
    assert readable.tolist() == [False]


@pytest.mark.parametrize("entry", ["1.0 x{}1.0{}1.0", "1.0 1.0{}1.0", "1.0 1.0", "1.0 1.0{}a{}1.0"])
def test_other_fields_that_are_no_numbers_are_marked_apart(entry: str) -> None:
    memory = parsed(entry)
    assert memory.readable_body is None
    assert memory.readable_fields is not None
    assert memory.readable_fields.tolist() == [False]


def test_an_entry_without_a_weight_cannot_be_used() -> None:
    memory = parsed("1.0 1.0{}1.0{}1.0~2.0 2.0{}2.0{}2.0", weights_high="1.0 1.0", weights_low="1.0 1.0")
    assert memory.readable_fields is not None
    assert memory.readable_fields.tolist() == [True, False]


def test_a_missing_file_makes_every_entry_unusable() -> None:
    memory = parsed("1.0 1.0{}1.0{}1.0", weights_low=None)
    assert memory.readable_body is not None
    assert memory.readable_body.tolist() == [False]


def test_no_file_at_all_is_no_memory() -> None:
    assert parse_memory(MemoryTexts(threshold="1.0")) is None


def test_blank_entries_and_weights_are_dropped_each_on_its_own() -> None:
    written = export_memory(parsed("~1.0 1.0{}1.0{}1.0~ ", "1.0  2.0"))
    assert (written.memories, written.weights) == ("1.0 1.0{}1.0{}1.0", "1.0 2.0")


def test_numbers_have_their_shortest_text() -> None:
    column = np.array([1.6100000000000005, 1e-05, 0.1])
    written = export_memory(PatternMemory(column, column, column, column, 100.0))
    assert written.memories is not None
    assert written.memories.split("~")[1] == "1e-05 1e-05{}1e-05{}1e-05"
    assert (written.weights, written.threshold) == ("1.0 1.0 1.0", "100.0")


def test_a_threshold_that_is_no_number_is_not_a_number() -> None:
    assert np.isnan(parsed("1.0 1.0{}1.0{}1.0", threshold="high").threshold_pct)


def test_text_is_read_as_the_original_does() -> None:
    assert decode(b"1.0\r\n\xff2.0\r") == "1.0\n2.0\n"
    assert (parse_number(" 1.5\n"), parse_number("x"), parse_number(None)) == (1.5, None, None)
