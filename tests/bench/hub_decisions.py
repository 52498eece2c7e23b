"""Decisions for a made-up home: for each coin what the real rules make of made-up prices and signals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from powertrader.core.decision_log import line_of
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.account import Quote
from powertrader.models.decision import DecisionInputs, DecisionRecord, RuleNumbers
from powertrader.models.position import Holding, Trail
from powertrader.models.signal import SignalView
from powertrader.trader.repeat import repeat

RULES: Final = RuleNumbers(3, 0.5, (-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0), 2.0, 2, 5.0, 2.5, 0.5)
_SIGNALS: Final = (SignalView(2, 0), SignalView(5, 1), SignalView(0, 3), None)
_EARLIER: Final = 6
"""So many decisions lie before the newest of a coin."""


def decide_all(
    paths: HomePaths, coins: Sequence[str], held: int, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Write decisions on all coins, the first of which are held, and give the newest verdict of each."""
    day = paths.decisions("paper", "default", now.date())
    newest: list[tuple[str, str]] = []
    store, lines = FileStore(), []
    for place, coin in enumerate(coins):
        records = list(_decisions(coin, place, now, is_held=place < held))
        lines += records
        newest.append((coin, records[-1].verdict))
    for record in sorted(lines, key=lambda one: one.at):
        store.append_jsonl(day, line_of(record))
    return tuple(newest)


def _decisions(coin: str, place: int, now: datetime, *, is_held: bool) -> Iterator[DecisionRecord]:
    for number in range(_EARLIER, -1, -1):
        at = now - timedelta(seconds=7 * number + 3)
        signal = _SIGNALS[(place + number) % len(_SIGNALS)]
        price = 100.0 + place - number
        position = None
        if is_held:
            active = (place + number) % 3 == 0
            trail = Trail(active, line=price * 0.99, peak=price * 1.01, was_above=True)
            basis, bought = price * (0.985 + 0.02 * (place % 4)), (at - timedelta(hours=30),)
            position = Holding(coin, 20 / price, basis, 1, trail, bought)
        inputs = DecisionInputs(
            RULES,
            total=10_000.0,
            buying_power=4_000.0,
            funds=4_000.0,
            quote=Quote(price * 0.9995, price * 1.0005),
            signal=None if signal is None else replace(signal, made_at=at - timedelta(seconds=4)),
            held=is_held,
            position=position,
        )
        yield _decided(DecisionRecord(coin, "", (), at, "71e5d312067ca4a7", "classic-1", 12 + number, inputs))


def _decided(asked: DecisionRecord) -> DecisionRecord:
    again = repeat(asked)
    return replace(asked, verdict=again.verdict, gates=again.gates)
