"""The thinker as a worker: prices and closed candles in, signals as files out. The loop is core.loop's."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import StorageError
from powertrader.core.market_client import QuoteSource
from powertrader.models.account import Quote
from powertrader.models.types import CoinSymbol
from powertrader.thinker.candle_feed import TIME_SLICE_S, CandleFeed
from powertrader.thinker.publishing import SignalFiles
from powertrader.thinker.session import ThinkerSession, ThinkerStep
from powertrader.thinker.training_gate import is_fresh

MOST_NAMED: Final = 10
"""So many coins get a line of their own in the log when their signals come or go together."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerPorts:
    """What a runner works with.

    thinker asks feed for its candles. coins gives those wanted now; training_stamp changes when a coin
    has been trained. market is the time in which candles close, wall the computer's. slice_s: how long
    a step may ask for candles. stopping tells that the step shall end soon.
    """

    thinker: ThinkerSession
    feed: CandleFeed
    quotes: QuoteSource
    files: SignalFiles
    coins: Callable[[], Sequence[CoinSymbol]]
    training_stamp: Callable[[CoinSymbol], Hashable]
    market: Clock
    wall: Clock
    slice_s: float = TIME_SLICE_S
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class RunnerReport:
    """What the newest step gave: prices, signals, and why a coin's files could not be written."""

    quotes: Mapping[CoinSymbol, Quote]
    step: ThinkerStep
    not_published: Mapping[CoinSymbol, str]


class ThinkerRunner:
    """One round of the thinker: coins, trainings, prices in one call, signals, files."""

    def __init__(self, ports: RunnerPorts) -> None:
        """Bind the parts; nothing is asked of anybody yet."""
        self._ports = ports
        self._stamps: dict[CoinSymbol, Hashable] = {}
        self._told: dict[CoinSymbol, str] = {}
        self.report: RunnerReport | None = None
        """What the newest complete step gave."""
        self.price_requests = 0
        """How often prices were asked for: once in a step, whatever the number of coins."""

    def start(self) -> None:
        """Say that nothing is signalled yet. Raises StorageError."""
        coins = self._ports.coins()
        self._ports.files.publish_readiness("starting", (), len(coins), self._ports.wall.now())

    def step(self) -> None:
        """Make and publish the signals of this moment.

        Raises RetryLater when there are no prices at all, StorageError when no file can be written.
        """
        ports = self._ports
        self._follow_coins()
        self._follow_trainings()
        coins = ports.thinker.coins
        self.price_requests += 1
        quotes = ports.quotes.get_quotes(coins)
        ports.feed.begin_step(ports.slice_s, ports.stopping)
        step = ports.thinker.step(ports.market.now(), quotes)
        not_published = ports.files.publish(step, ports.wall.now())
        ports.files.publish_readiness(self._stage(step), step.signals, len(coins), ports.wall.now())
        self.report = RunnerReport(quotes, step, not_published)
        self._tell(step, not_published)

    def _follow_coins(self) -> None:
        wanted = tuple(dict.fromkeys(self._ports.coins()))
        if wanted == self._ports.thinker.coins:
            return
        # stamps first: a training that ends while memories are read is noticed in the next step
        stamps = {coin: self._ports.training_stamp(coin) for coin in wanted}
        for coin in set(self._ports.thinker.coins) - set(wanted):
            self._ports.feed.forget(coin)
            self._told.pop(coin, None)
        self._stamps = {coin: self._stamps.get(coin, stamp) for coin, stamp in stamps.items()}
        self._ports.thinker.set_coins(wanted)
        log.info("coins looked at: %s", ", ".join(wanted))

    def _follow_trainings(self) -> None:
        for coin in self._ports.thinker.coins:
            stamp = self._ports.training_stamp(coin)
            if stamp != self._stamps[coin]:
                self._stamps[coin] = stamp
                self._ports.thinker.reload([coin])
                log.info("new training in use", extra={"coin": coin})

    def _stage(self, step: ThinkerStep) -> str:
        """Name the stage as the original does."""
        if not step.reasons:
            return "real_predictions"
        thinker, now_s = self._ports.thinker, self._ports.market.now().timestamp()
        untrained = any(not is_fresh(thinker.trained_at_s(coin), now_s) for coin in step.reasons)
        return "training_required" if untrained else "warming_up"

    def _tell(self, step: ThinkerStep, not_published: Mapping[CoinSymbol, str]) -> None:
        """Log why coins have no signal, or have one again: once per change."""
        lost: dict[CoinSymbol, str] = {}
        found: dict[CoinSymbol, str] = {}
        for coin in self._ports.thinker.coins:
            reason = not_published.get(coin) or step.reasons.get(coin, "")
            if reason and coin not in self._told:
                lost[coin] = reason
            elif not reason and coin in self._told:
                found[coin] = ""
            if reason:
                self._told[coin] = reason
            else:
                self._told.pop(coin, None)
        _log_change(logging.WARNING, "no signal", lost)
        _log_change(logging.INFO, "signals again", found)
        if not_published and len(not_published) == len(self._ports.thinker.coins):
            raise StorageError(next(iter(not_published.values())))


def _log_change(level: int, text: str, reasons: Mapping[CoinSymbol, str]) -> None:
    """Log each coin; where many change at once, as at every start, one line stands for all."""
    if len(reasons) > MOST_NAMED:
        coin, reason = next(iter(reasons.items()))
        log.log(level, text, extra={"coins": len(reasons), "such_as": coin} | _why(reason))
        return
    for coin, reason in reasons.items():
        log.log(level, text, extra={"coin": coin} | _why(reason))


def _why(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason else {}
