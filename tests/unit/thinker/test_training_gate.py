"""A training may be asked for 14 days."""

import math

import pytest

from powertrader.thinker.training_gate import is_fresh, refusal

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    "trained_at_s, fresh",
    [
        (None, False),
        (0.0, False),
        (-1.0, False),
        (math.nan, False),
        (NOW, True),
        (NOW - 1_209_600, True),
        (NOW - 1_209_601, False),
        (NOW + 1_000_000, True),
    ],
)
def test_a_training_is_fresh_for_exactly_fourteen_days(trained_at_s: float | None, fresh: bool) -> None:
    assert is_fresh(trained_at_s, NOW) is fresh


def test_the_refusal_says_how_old_the_training_is() -> None:
    assert refusal(NOW - 15 * 86400, NOW).startswith("trained 15.0 days ago")


@pytest.mark.parametrize("never", [None, 0.0, math.nan])
def test_the_refusal_of_a_coin_never_trained_says_so(never: float | None) -> None:
    assert refusal(never, NOW) == "not trained yet; train this coin"
