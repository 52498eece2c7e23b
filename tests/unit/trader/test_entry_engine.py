"""EntryEngine: when a coin is bought anew, and for how much."""

import pytest

from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.entry_engine import EntryEngine


def engine(level: int = 3, percent: float = 0.005) -> EntryEngine:
    return EntryEngine(TradingRules(("BTC",), trade_start_level=level, start_allocation_pct=percent))


@pytest.mark.parametrize("level", range(1, 8))
def test_a_coin_is_entered_from_the_start_level_on(level: int) -> None:
    entered = [long for long in range(8) if engine(level).should_enter(SignalView(long, 0))]
    assert entered == list(range(level, 8))


@pytest.mark.parametrize("short", [1, 2, 7, -1])
def test_any_short_signal_forbids_an_entry(short: int) -> None:
    assert not engine().should_enter(SignalView(7, short))


@pytest.mark.parametrize(
    "percent, value, amount",
    [
        (0.005, 10_000.0, 0.5),
        (0.005, 8_400.0, 0.5),
        (0.005, 20_000.0, 1.0),
        (0.5, 10_000.0, 50.0),
        (150.0, 1_000.0, 1_500.0),
        (0.0, 1_000.0, 0.5),
        (1.0, 0.0, 0.5),
    ],
)
def test_the_allocation_is_a_percent_of_the_account_with_a_floor_of_half_a_unit(
    percent: float, value: float, amount: float
) -> None:
    assert engine(percent=percent).calculate_entry_size(value) == amount
