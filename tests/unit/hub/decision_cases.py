"""Decisions for tests of what the window tells of them: made by the real rules from given inputs."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from powertrader.core.decision_log import line_of
from powertrader.core.storage import FileStore
from powertrader.models.account import Quote
from powertrader.models.decision import DecisionInputs, DecisionRecord, RuleNumbers
from powertrader.models.position import Holding, Trail
from powertrader.models.signal import SignalView
from powertrader.trader.repeat import repeat
from tests.unit.snapshots import NOW

RULES: Final = RuleNumbers(3, 0.5, (-2.5, -5.0, -10.0, -20.0), 2.0, 2, 5.0, 2.5, 0.5)
SIGNAL: Final = SignalView(2, 0, (94.0, 91.5), NOW - timedelta(seconds=4))
INPUTS: Final = DecisionInputs(
    RULES, total=10_000.0, buying_power=9_000.0, funds=9_000.0, quote=Quote(99.95, 100.05), signal=SIGNAL
)


def holding(coin: str, **changes: Any) -> Holding:
    """Half a coin bought at 102, whose trailing line is not reached."""
    trail = Trail(active=False, line=107.1, peak=0.0, was_above=False)
    return replace(Holding(coin, 0.5, 102.0, 0, trail, ()), **changes)


def decision(coin: str = "BTC", at: datetime = NOW, **changes: Any) -> DecisionRecord:
    """What the rules decide on a coin from inputs with some changes."""
    inputs = replace(INPUTS, **changes)
    asked = DecisionRecord(coin, "", (), at, "71e5d312067ca4a7", "classic-1", 12, inputs)
    again = repeat(asked)
    return replace(
        asked, verdict=again.verdict, gates=again.gates, inputs=replace(inputs, decided=again.verdict)
    )


def held_decision(coin: str = "BTC", at: datetime = NOW, **changes: Any) -> DecisionRecord:
    """What the rules decide on a coin that is held."""
    return decision(coin, at, held=True, position=holding(coin), **changes)


def keep(folder: Path, records: Iterable[DecisionRecord]) -> None:
    """Write decisions as the trader does."""
    for record in records:
        FileStore().append_jsonl(folder / f"{record.at:%Y-%m-%d}.jsonl", line_of(record))
