"""What a backtest comes to, whichever engine walked it, and the document that is saved of it.

docs/BACKTESTING.md describes the document.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from powertrader.analytics.backdrop import Backdrop
from powertrader.analytics.groups import Group, Month, groups_of, months_of
from powertrader.analytics.performance import (
    EquityCurve,
    Growth,
    TradeFigures,
    drawdown_pct,
    growth_of,
    trade_figures,
)
from powertrader.analytics.trips import trips_of
from powertrader.models.candle import Candles
from powertrader.models.moment import iso_text, utc_of
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import CoinSymbol, FloatArray

SCHEMA: Final = 1
KIND: Final = "backtest"
EngineName = Literal["event", "compiled"]
CURVE_POINTS: Final = 400


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What was run: coins, span, settings, and the hashes of what it was made from.

    settings: the whole tree. changed: settings that are not at their default, by name. notes: what a
    reader of the result should know, such as missing candles. asked_engine may be auto. strategy_params:
    those of an example strategy; the classic one is described by the settings.
    """

    engine: EngineName
    strategy: str
    coins: tuple[CoinSymbol, ...]
    quote_asset: str
    timeframe: str
    start: datetime
    stop: datetime
    retrain_days: int
    config_hash: str
    data_hash: str
    code_version: str
    settings: Mapping[str, object]
    changed: Mapping[str, object]
    source: str
    asked_engine: str = "auto"
    candles_folder: str | None = None
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    strategy_params: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def is_example(self) -> bool:
        """Whether an example strategy traded, which learns nothing and has no live form."""
        return bool(self.strategy_params)

    @property
    def strategy_text(self) -> str:
        """The strategy with its parameters, for people."""
        params = ", ".join(f"{name} {value:.15g}" for name, value in self.strategy_params.items())
        return f"{self.strategy} ({params})" if params else self.strategy


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """What is held of a coin at the end; money is in the quote asset, value at the last bid."""

    coin: CoinSymbol
    quantity: float
    cost: float
    stage: int
    value: float

    @property
    def unrealized_profit(self) -> float:
        """What it is worth more than it cost."""
        return self.value - self.cost


@dataclass(frozen=True, slots=True, eq=False)
class BacktestResult:
    """One backtest: what was run, its account and trades, and the figures made from them."""

    facts: RunFacts
    curve: EquityCurve
    trades: TradeColumns
    held: tuple[OpenPosition, ...]
    buy_and_hold_pct: float | None
    growth: Growth
    figures: TradeFigures
    groups: Mapping[str, tuple[Group, ...]]
    months: tuple[Month, ...]

    @property
    def metrics(self) -> dict[str, float | None]:
        """Every figure by name: what a sweep may aim at."""
        unrealized = sum(position.unrealized_profit for position in self.held)
        return {
            **asdict(self.growth),
            **asdict(self.figures),
            "buy_and_hold_pct": self.buy_and_hold_pct,
            "unrealized_profit": unrealized,
        }


@dataclass(frozen=True, slots=True, eq=False)
class RunOutcome:
    """What an engine hands over: account after each step, trades, and what is held at the end."""

    curve: EquityCurve
    trades: TradeColumns
    held: tuple[OpenPosition, ...]


def result_of(facts: RunFacts, outcome: RunOutcome, backdrop: Backdrop) -> BacktestResult:
    """Measure a run. Raises ValueError when the candles' length has no figure per year."""
    trips = trips_of(outcome.trades)
    return BacktestResult(
        facts=facts,
        curve=outcome.curve,
        trades=outcome.trades,
        held=outcome.held,
        buy_and_hold_pct=_hold_pct(backdrop.candles, outcome.curve),
        growth=growth_of(outcome.curve),
        figures=trade_figures(outcome.trades, outcome.curve, trips),
        groups=groups_of(outcome.trades, trips, backdrop),
        months=months_of(outcome.curve, trips),
    )


def document_of(result: BacktestResult) -> dict[str, object]:
    """Give the content of result.json; the same run gives the same content."""
    facts, curve = result.facts, result.curve
    return {
        "schema": SCHEMA,
        "kind": KIND,
        "engine": facts.engine,
        "asked_engine": facts.asked_engine,
        "strategy": facts.strategy,
        "strategy_params": dict(facts.strategy_params),
        "interrupted": facts.interrupted,
        "coins": list(facts.coins),
        "quote_asset": facts.quote_asset,
        "timeframe": facts.timeframe,
        "candles_from": facts.source,
        "candles_folder": facts.candles_folder,
        "start": iso_text(facts.start),
        "stop": iso_text(facts.stop),
        "retrain_days": facts.retrain_days,
        "first_step": _step_text(curve, 0),
        "last_step": _step_text(curve, -1),
        "steps": len(curve.time_s),
        "metrics": dict(result.metrics),
        "trades_by_reason": dict(result.trades.reason_counts()),
        "groups": {name: [asdict(group) for group in groups] for name, groups in result.groups.items()},
        "months": [asdict(month) for month in result.months],
        "open_positions": [
            {**asdict(position), "unrealized_profit": position.unrealized_profit} for position in result.held
        ],
        "curve": curve_document(curve),
        "notes": list(facts.notes),
        "changed_settings": dict(facts.changed),
        "config_hash": facts.config_hash,
        "data_hash": facts.data_hash,
        "code_version": facts.code_version,
        "config": dict(facts.settings),
    }


def curve_document(curve: EquityCurve, most: int = CURVE_POINTS) -> dict[str, object]:
    """Give the curve thinned to about so many points: the lowest and the highest of each stretch."""
    places = telling_places(curve.equity, most)
    falls = drawdown_pct(curve.with_start)[1:]
    return {
        "time": [iso_text(utc_of(time_s)) for time_s in curve.time_s[places].tolist()],
        "equity": curve.equity[places].tolist(),
        "drawdown_pct": falls[places].tolist(),
    }


def telling_places(values: FloatArray, most: int) -> list[int]:
    """Give positions that show a curve: its ends, and the lowest and highest of each of its stretches."""
    count = len(values)
    if count <= most:
        return list(range(count))
    edges = np.linspace(0, count, max(most // 2, 1) + 1).astype(int).tolist()
    places = {0, count - 1}
    for start, stop in pairwise(edges):
        part = values[start:stop]
        places |= {start + int(np.argmin(part)), start + int(np.argmax(part))}
    return sorted(places)


def _step_text(curve: EquityCurve, place: int) -> str | None:
    return iso_text(utc_of(int(curve.time_s[place]))) if len(curve.time_s) else None


def _hold_pct(candles: Mapping[CoinSymbol, Candles], curve: EquityCurve) -> float | None:
    """Return in percent of buying every coin for the same money at the first step; None without steps."""
    if not len(curve.time_s):
        return None
    ends = [float(curve.time_s[0]), float(curve.time_s[-1])]
    known = [[columns.closed_by(time_s) for time_s in ends] for columns in candles.values()]
    factors = [float(last.close[-1] / first.close[-1]) for first, last in known if len(first)]
    return (sum(factors) / len(factors) - 1) * 100 if factors else None
