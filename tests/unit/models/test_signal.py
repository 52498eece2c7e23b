"""Signal: checked once, stamped with its time."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from powertrader.models.signal import Signal, SignalView

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
SIGNAL = Signal("BTC", 4, 0, (99.0, 98.0), (101.0,), 1.5, 0.0, NOON)


@pytest.mark.parametrize(
    "change,reason",
    [
        ({"long_level": 8}, "long_level of BTC was 8"),
        ({"short_level": -1}, "short_level of BTC was -1"),
        ({"long_bounds": (math.nan,)}, "not finite"),
        ({"short_bounds": (math.inf,)}, "not finite"),
        ({"long_profit_margin_pct": math.nan}, "not finite"),
        ({"made_at": NOON.replace(tzinfo=None)}, "must be an aware time"),
    ],
)
def test_a_signal_that_cannot_be_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(SIGNAL, **change)


@pytest.mark.parametrize("age_s,fresh", [(0, True), (120, True), (120.000001, False), (-0.000001, False)])
def test_a_signal_is_fresh_up_to_its_age_and_never_from_the_future(age_s: float, fresh: bool) -> None:
    assert SIGNAL.is_fresh(NOON + timedelta(seconds=age_s), 120) is fresh


def test_a_decision_reads_levels_and_low_bounds() -> None:
    assert SIGNAL.view == SignalView(4, 0, (99.0, 98.0))
