"""The thinker as a worker: prices and closed candles in, signals as files out. The loop is core.loop's."""

import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import StorageError
from powertrader.core.findings import named
from powertrader.core.market_client import QuoteSource
from powertrader.models.account import Quote
from powertrader.models.status import ThinkerReport
from powertrader.models.types import CoinSymbol
from powertrader.thinker.candle_feed import TIME_SLICE_S, CandleFeed
from powertrader.thinker.publishing import SignalFiles
from powertrader.thinker.session import ThinkerSession, ThinkerStep
from powertrader.thinker.standing import standing_of
from powertrader.thinker.training_gate import is_fresh

NOT_LOOKED_AT: Final = "not looked at yet"
MOST_NAMED: Final = 10
"""So many coins get a line of their own in the log when their signals come or go together."""
EXPORT_S: Final = 1.0
"""How long a step may write texts for old tools, in seconds of the wall clock; the rest is written later."""
STANDING_EVERY_S: Final = 60.0
"""How often the log says how many coins signal what, in seconds of the wall clock."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerPorts:
    """What a runner works with.

    thinker asks feed for its candles. coins gives those wanted now; training_stamp changes when a coin
    has been trained. market is the time in which candles close, wall the computer's. slice_s: how long
    a step may ask for candles. stopping tells that the step shall end soon. follow keeps the market's
    time right. observe is told what each step gave.
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
    follow: Callable[[], None] = lambda: None
    observe: "Callable[[RunnerReport], None]" = lambda _: None


@dataclass(frozen=True, slots=True)
class RunnerReport:
    """What the newest step gave: prices, signals, and why a coin's files could not be written.

    changed names the coins whose signals say something new.
    """

    quotes: Mapping[CoinSymbol, Quote]
    step: ThinkerStep
    not_published: Mapping[CoinSymbol, str]
    changed: tuple[CoinSymbol, ...]


class ThinkerRunner:
    """One round of the thinker: coins, trainings, prices in one call, signals, files."""

    def __init__(self, ports: RunnerPorts) -> None:
        """Bind the parts; nothing is asked of anybody yet."""
        self._ports = ports
        self._stamps: dict[CoinSymbol, Hashable] = {}
        self._told: dict[CoinSymbol, str] = {}
        self._standing = ""
        self._standing_at: datetime | None = None
        self.report: RunnerReport | None = None
        """What the newest complete step gave."""
        self.price_requests = 0
        """How often prices were asked for: once in a step, whatever the number of coins."""

    def start(self) -> None:
        """Say that nothing is signalled yet. Raises StorageError."""
        ports = self._ports
        now, coins = ports.wall.now(), ports.coins()
        ports.files.publish_readiness("starting", (), len(coins), now)
        waiting = tuple([(coin, NOT_LOOKED_AT) for coin in coins])
        ports.files.report(ThinkerReport(now, now, ports.market.now(), "starting", (), (), waiting))

    def step(self) -> None:
        """Make and publish the signals of this moment.

        Raises RetryLater when there are no prices at all, StorageError when no file can be written.
        """
        ports = self._ports
        ports.follow()
        self._follow_coins()
        self._follow_trainings()
        coins = ports.thinker.coins
        ports.feed.begin_step(ports.slice_s, ports.stopping)
        ports.thinker.look(ports.market.now())
        # candles first: they may take seconds, and a signal must not be made of prices that are so old
        self.price_requests += 1
        quotes = ports.quotes.get_quotes(coins)
        priced_at = ports.wall.now()
        step = ports.thinker.signals(ports.market.now(), quotes)
        not_published = self._publish(step, priced_at, quotes)
        self._tell(step, not_published)
        self._tell_standing(step)

    def _publish(
        self, step: ThinkerStep, priced_at: datetime, quotes: Mapping[CoinSymbol, Quote]
    ) -> Mapping[CoinSymbol, str]:
        """Write what a trader waits for, then what others read; give why a coin's files were not written."""
        files, stage = self._ports.files, self._stage(step)
        now = self._ports.wall.now()
        published = files.publish(step.signals, now)
        market_at, waiting = self._ports.market.now(), tuple(step.reasons.items())
        files.report(
            ThinkerReport(now, priced_at, market_at, stage, published.changed, tuple(step.signals), waiting)
        )
        wall = self._ports.wall
        not_published = (
            files.export(step, now, lambda: (wall.now() - now).total_seconds() > EXPORT_S) | published.failed
        )
        files.publish_readiness(stage, step.signals, len(self._ports.thinker.coins), now)
        self.report = RunnerReport(quotes, step, not_published, published.changed)
        self._ports.observe(self.report)
        return not_published

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
        log.info("coins looked at: %s", named(wanted))

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

    def _tell_standing(self, step: ThinkerStep) -> None:
        """Say how many coins signal, and which most, when that has changed, at most once in a while."""
        now = self._ports.wall.now()
        since_s = (now - self._standing_at).total_seconds() if self._standing_at else STANDING_EVERY_S
        text = standing_of(step)
        if text != self._standing and not 0 <= since_s < STANDING_EVERY_S:
            self._standing, self._standing_at = text, now
            log.info("%s", text)


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
