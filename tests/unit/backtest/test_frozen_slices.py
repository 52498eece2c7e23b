"""Slices of a made-up market: trades, result and fingerprints stay, and no rule of the strategy is broken."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import pytest

from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.models.trade import is_dca
from tests.unit.backtest.frozen_slices import (
    SLICES,
    Frozen,
    Run,
    Slice,
    Traded,
    by_events,
    by_kernels,
    fingerprint_of,
    signals_of,
)

pytestmark = pytest.mark.money

FROM: Final = "da05a49"
"""The commit that these figures come from; when they are meant to change, so is this."""
SIGNALS: Final = {
    "2024 Q4": "0d0306b20b5c1561",
    "lively March": "6ffc18d43fc1cd85",
    "dear market": "1f03578be43f2b2d",
}
BY_EVENTS: Final = {
    "2024 Q4": Frozen(132, 11413.465921, "476661143d97bd3a"),
    "lively March": Frozen(47, 10145.030172, "fabc1eb23600f0b9"),
    "dear market": Frozen(38, 10020.932438, "4a0598ff92c75d02"),
}
BY_KERNELS: Final = {
    "2024 Q4": Frozen(132, 11413.465921, "476661143d97bd3a"),
    "lively March": Frozen(47, 10145.030172, "fabc1eb23600f0b9"),
    "dear market": Frozen(38, 10020.932438, "4a0598ff92c75d02"),
}
ENGINES: Final[
    tuple[tuple[Callable[[Slice, Mapping[str, SignalArrays]], Run], Mapping[str, Frozen]], ...]
] = (
    (by_events, BY_EVENTS),
    (by_kernels, BY_KERNELS),
)
DAY_S: Final = 86_400

signals = cache(signals_of)


@cache
def traded(one: Slice) -> tuple[Traded, ...]:
    """The trades of the event engine."""
    return by_events(one, signals(one)).trades


slices = pytest.mark.parametrize("one", SLICES, ids=[one.name for one in SLICES])


@slices
def test_the_signals_are_those_of_the_frozen_commit(one: Slice) -> None:
    assert fingerprint_of(signals(one)) == SIGNALS[one.name], f"other signals than at {FROM}"


@slices
@pytest.mark.parametrize("engine, frozen", ENGINES, ids=["events", "kernels"])
def test_each_engine_trades_as_at_the_frozen_commit(
    engine: Callable[[Slice, Mapping[str, SignalArrays]], Run], frozen: Mapping[str, Frozen], one: Slice
) -> None:
    assert engine(one, signals(one)).frozen() == frozen[one.name], f"other trades than at {FROM}"


@slices
def test_no_rule_of_the_strategy_is_broken(one: Slice) -> None:
    rules = one.config().rules
    trades = traded(one)
    assert most_dca_buys_in_a_day(trades) <= rules.max_dca_buys_per_24h
    assert lowest_cash(trades, one.config().replay.start_quote) >= 0
    for coin in rules.coins:
        own = [trade for trade in trades if trade.coin == coin]
        assert alternates(own)
        assert all(says_enter(signals(one)[coin], trade, rules.trade_start_level) for trade in own)


def test_a_broken_rule_would_be_found() -> None:
    buy = Traded(0, "BTC", "BUY", "entry", "1", "60", "0")
    dca = buy._replace(reason="dca_hard_1")
    sale = buy._replace(side="SELL", reason="trailing_exit", fee="1")
    later = [dca, dca._replace(time_s=DAY_S - 1), dca._replace(time_s=DAY_S)]
    assert most_dca_buys_in_a_day(later) == 2
    assert most_dca_buys_in_a_day([dca, dca, sale, dca]) == 2
    assert lowest_cash([buy, sale, buy, dca], 100) == -21
    assert [alternates(trades) for trades in ([buy, dca, sale, buy], [buy, buy], [dca], [sale])] == [
        True,
        False,
        False,
        False,
    ]


def most_dca_buys_in_a_day(trades: Sequence[Traded]) -> int:
    """The most further buys of one position within 24 hours; a sale begins the next one."""
    most = 0
    open_buys: dict[str, list[int]] = {}
    for trade in trades:
        buys = open_buys.setdefault(trade.coin, [])
        if trade.side == "SELL":
            buys.clear()
        elif is_dca(trade.reason):
            buys.append(trade.time_s)
            most = max(most, sum(trade.time_s - time_s < DAY_S for time_s in buys))
    return most


def lowest_cash(trades: Sequence[Traded], start: float) -> float:
    """The least that was ever left of the quote asset."""
    cash = lowest = start
    for trade in trades:
        cash += float(trade.value) - float(trade.fee) if trade.side == "SELL" else -float(trade.value)
        lowest = min(lowest, cash)
    return lowest


def alternates(trades: list[Traded]) -> bool:
    """Whether every position is opened once, averaged down any number of times, and sold once."""
    held = False
    for trade in trades:
        if (trade.reason == "entry") is held:
            return False
        held = trade.side == "BUY"
    return True


def says_enter(said: SignalArrays, trade: Traded, level: int) -> bool:
    """Whether the signal of that hour allowed an entry; other trades need none."""
    row = said.close_s.tolist().index(trade.time_s)
    return trade.reason != "entry" or (said.long[row] >= level and said.short[row] == 0)
