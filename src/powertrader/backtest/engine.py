"""Replay: training, thinker and trader over past candles, with the session that trades live.

One step is one close of the finest candles. What is seen at a step closed by then; only the clock,
the market and the exchange differ from live.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Final

import numpy as np

from powertrader.backtest.mock_exchange import MockExchange
from powertrader.backtest.thinking import Thinking
from powertrader.market.replay import closes_of
from powertrader.models.candle import Candles
from powertrader.models.decision import DecisionRecord
from powertrader.models.moment import utc_of
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol, IntArray
from powertrader.trader.session import Session, StepReport

_SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class ReplaySpan:
    """From when to when a replay trades; it is trained on what closed by start.

    Raises ValueError unless stop is after start and retrain_days is above 0.
    """

    start: datetime
    stop: datetime
    retrain_days: int = 7

    def __post_init__(self) -> None:
        """Check the order once."""
        if self.stop <= self.start:
            ends, starts = self.stop.isoformat(" "), self.start.isoformat(" ")
            msg = f"the replay would end {ends}, which is not after its start {starts}"
            raise ValueError(msg)
        if self.retrain_days <= 0:
            msg = f"retrain_days was {self.retrain_days}, must be > 0"
            raise ValueError(msg)

    def steps(self, candles: Iterable[Candles]) -> IntArray:
        """Give every close of these candles after the start and by the stop, seconds since 1970."""
        closes = closes_of(candles)
        return self.after_start(closes[closes <= self.stop.timestamp()])

    def after_start(self, closes_s: IntArray) -> IntArray:
        """Leave out what closed by the start: it was trained on."""
        return closes_s[closes_s > self.start.timestamp()]

    def retrainings(self, steps_s: IntArray) -> list[int]:
        """Give the positions of the steps before which every coin is trained again."""
        found: list[int] = []
        days_s = self.retrain_days * _SECONDS_PER_DAY
        position = int(np.searchsorted(steps_s, self.start.timestamp() + days_s))
        while position < len(steps_s):
            found.append(position)
            position = int(np.searchsorted(steps_s, steps_s[position] + days_s))
        return found


@dataclass(slots=True)
class ReplayCourse:
    """What has happened so far: one equity value in the quote asset for each step.

    last_bid: the newest known bid of each coin at the end. training_s: time spent on training again,
    the only figure that another run will not repeat.
    """

    times: list[datetime] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    decisions: list[DecisionRecord] = field(default_factory=list)
    last_bid: Mapping[CoinSymbol, float] = field(default_factory=dict)
    training_s: float = 0.0
    interrupted: bool = False

    @property
    def steps(self) -> int:
        """Steps done."""
        return len(self.times)


@dataclass(frozen=True, slots=True)
class ReplayParts:
    """What a replay walks with: a venue made of candles, and where signals come from."""

    exchange: MockExchange
    thinking: Thinking
    quote_asset: str


class ReplayEngine:
    """Walks a market forward, training again on the way."""

    def __init__(self, parts: ReplayParts) -> None:
        """Bind the parts."""
        self._exchange = parts.exchange
        self._thinking = parts.thinking
        self._quote_asset = parts.quote_asset

    def train(self, coins: Iterable[CoinSymbol]) -> Iterator[CoinSymbol]:
        """Train each coin on the candles closed by now, let the thinker use it, then give its name."""
        for coin in coins:
            self._thinking.train(coin, self._exchange.clock.now())
            yield coin

    def count_steps(self, span: ReplaySpan) -> int:
        """Give how many steps a walk over the span has."""
        return len(self._steps(span))

    def walk(
        self,
        span: ReplaySpan,
        rules: TradingRules,
        session: Session,
        go_on: Callable[[StepReport], bool],
    ) -> ReplayCourse:
        """Go through the steps of a span until its end, or until go_on, told of each step, says no."""
        course = ReplayCourse()
        steps_s = self._steps(span)
        self._thinking.begin(rules.coins, steps_s)
        retrainings = set(span.retrainings(steps_s))
        for step, close_s in enumerate(steps_s.tolist()):
            now = utc_of(close_s)
            quotes = self._exchange.advance(now)
            if step in retrainings:
                started = perf_counter()
                deque(self.train(rules.coins), maxlen=0)
                course.training_s += perf_counter() - started
            self._thinking.think(step, now, quotes)
            report = session.step(rules)
            course.times.append(now)
            course.equity.append(self.equity())
            course.decisions.extend(report.records)
            if not go_on(report):
                course.interrupted = True
                break
        course.last_bid = dict(self._exchange.quotes.last_bid)
        return course

    def equity(self) -> float:
        """Value of the account in the quote asset, coins at their newest bid."""
        total = 0.0
        last_bid = self._exchange.quotes.last_bid
        for balance in self._exchange.get_account().balances:
            amount = float(balance.free + balance.locked if balance.locked else balance.free)
            if balance.asset == self._quote_asset:
                total += amount
            elif amount:
                total += amount * last_bid.get(balance.asset, 0.0)
        return total

    def _steps(self, span: ReplaySpan) -> IntArray:
        return span.after_start(self._exchange.market.steps(span.start, span.stop))
