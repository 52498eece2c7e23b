"""PatternMemory: columns of one length."""

from dataclasses import replace

import numpy as np
import pytest

from powertrader.models.memory import PatternMemory

TWO = np.array([1.0, 2.0])


def test_a_memory_counts_its_entries() -> None:
    assert len(PatternMemory(TWO, TWO, TWO, TWO, 1.0)) == 2


@pytest.mark.parametrize("name", ["close_move_pct", "high_move_pct", "low_move_pct"])
def test_a_column_of_another_length_is_refused_by_name(name: str) -> None:
    memory = PatternMemory(TWO, TWO, TWO, TWO, 1.0)
    with pytest.raises(ValueError, match=f"column {name} has 3 rows, body_pct has 2"):
        replace(memory, **{name: np.zeros(3)})  # type: ignore[arg-type]


def test_weights_and_masks_are_held_to_the_same_length() -> None:
    with pytest.raises(ValueError, match="column weights has 1 rows"):
        PatternMemory(TWO, TWO, TWO, TWO, 1.0, weights=np.ones(1))
    with pytest.raises(ValueError, match="column readable_fields has 3 rows"):
        PatternMemory(TWO, TWO, TWO, TWO, 1.0, readable_fields=np.ones(3, dtype=np.bool_))
