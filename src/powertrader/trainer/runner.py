"""The trainer as a worker: it trains the coins that are due, several at once. The loop is core.loop's."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult, ThreadPool
from typing import Final

from powertrader.core.back_off import pause_s
from powertrader.core.exceptions import (
    BadData,
    PowerTraderError,
    RateLimitError,
    Rejected,
    RetryLater,
    StorageError,
    TrainingError,
)
from powertrader.core.findings import named
from powertrader.models.types import CoinSymbol
from powertrader.trainer.coin_training import CoinOutcome, CoinReport

log = logging.getLogger(__name__)

MOST_TRIES: Final = 6
"""So often a coin is tried before a run that shall end gives it up, when the venue does not answer."""
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
"""The longest pause before a venue that does not answer is asked again."""
LONGEST_REST_S: Final = 3600.0
"""The longest pause before a coin is tried again that cannot be trained, by a trainer that stays."""
LOOK_EVERY_S: Final = 2.0
"""How often a coin that is not due is looked at."""
MOST_LOOKS_PER_S: Final = 100.0
"""With so many coins that this would be more looks, each is looked at less often: it costs reading files."""
GRACE_S: Final = 0.7
"""How long a stopped trainer waits for what is being done."""


UNEXPECTED: Final = TrainingError("its training ended in an unexpected error; logs/trainer.log has it")


@dataclass(frozen=True, slots=True)
class TrainerPorts:
    """What a runner works with.

    coins gives those wanted now. due says why a coin is to be trained, empty when it is not. train trains
    one in a thread of its own, until the second argument says stop; on_failure is told what it raised and
    whether it is tried again. wake makes the loop look again. workers: how many are trained at once.
    stays: coins become due again; otherwise each is trained once.
    """

    coins: Callable[[], Sequence[CoinSymbol]]
    due: Callable[[CoinSymbol], str]
    train: Callable[[CoinSymbol, Callable[[], bool]], CoinReport]
    on_failure: Callable[[CoinSymbol, PowerTraderError, bool], None]
    wake: Callable[[], None]
    workers: int
    stays: bool
    monotonic: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class CoinState:
    """How it stands with one coin: how its newest training ended or failed, and when it may be tried again.

    What it has learnt is not kept: with many coins that would be most of the process's memory.
    """

    outcome: CoinOutcome | None = None
    failure: PowerTraderError | None = None
    tries: int = 0
    not_before_s: float = 0.0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _Job:
    result: "AsyncResult[CoinReport | PowerTraderError]"
    stopping: threading.Event
    ended: threading.Event


class TrainerRunner:
    """One round of the trainer: what has ended, what is due. Close it, so that nothing is left behind."""

    def __init__(self, ports: TrainerPorts) -> None:
        """Start the threads, which wait for work."""
        self._ports = ports
        self._pool = ThreadPool(max(ports.workers, 1))
        self._jobs: dict[CoinSymbol, _Job] = {}
        self.coins: dict[CoinSymbol, CoinState] = {}
        """How it stands with every coin that was wanted."""

    @property
    def busy(self) -> tuple[CoinSymbol, ...]:
        """The coins that are being trained."""
        return tuple(self._jobs)

    @property
    def done(self) -> bool:
        """Tell whether every coin has been trained or given up, so that a run that shall end may."""
        return bool(self.coins) and not self._jobs and all(state.ended for state in self.coins.values())

    def step(self) -> None:
        """Look at what has ended, stop what nobody wants any more, and begin what is due."""
        wanted = tuple(dict.fromkeys(self._ports.coins()))
        self._collect()
        for coin in set(self._jobs) - set(wanted):
            self._jobs[coin].stopping.set()
        if wanted != tuple(self.coins):
            self.coins = {coin: self.coins.get(coin, CoinState()) for coin in wanted}
            log.info("coins to train: %s", named(wanted))
        for coin in wanted:
            if len(self._jobs) >= self._ports.workers:
                break
            if coin not in self._jobs:
                self._begin(coin, self.coins[coin])

    def close(self, grace_s: float = GRACE_S) -> tuple[CoinSymbol, ...]:
        """Stop all trainings, and give the coins whose training did not end in time."""
        for job in self._jobs.values():
            job.stopping.set()
        until_s = self._ports.monotonic() + grace_s
        for job in self._jobs.values():
            job.ended.wait(max(until_s - self._ports.monotonic(), 0.0))
        self._collect()
        self._pool.close()
        return self.busy

    def _begin(self, coin: CoinSymbol, state: CoinState) -> None:
        if self._ports.monotonic() < state.not_before_s or (state.ended and not self._ports.stays):
            return
        reason = self._ports.due(coin)
        if not reason:
            look_s = max(LOOK_EVERY_S, len(self.coins) / MOST_LOOKS_PER_S)
            state.not_before_s = self._ports.monotonic() + look_s
            return
        log.info("training begins", extra={"coin": coin, "reason": reason})
        stopping, ended = threading.Event(), threading.Event()
        result = self._pool.apply_async(self._train, (coin, stopping, ended))
        self._jobs[coin] = _Job(result, stopping, ended)

    def _train(
        self, coin: CoinSymbol, stopping: threading.Event, ended: threading.Event
    ) -> CoinReport | PowerTraderError:
        """Train a coin, and give what came of it; only what nobody expected is raised."""
        try:
            return self._ports.train(coin, stopping.is_set)
        except (RetryLater, BadData, Rejected, StorageError) as error:
            return error
        finally:
            ended.set()
            self._ports.wake()

    def _collect(self) -> None:
        for coin, job in [*self._jobs.items()]:
            if not job.ended.is_set():
                continue
            # its result comes a moment after the event
            job.result.wait()
            del self._jobs[coin]
            state = self.coins.setdefault(coin, CoinState())
            if not job.result.successful():
                self._rest(state, UNEXPECTED)
            # raises what nobody expected, which ends this step
            found = job.result.get()
            if isinstance(found, CoinReport):
                self._succeeded(coin, state, found)
            else:
                self._failed(coin, state, found)

    def _succeeded(self, coin: CoinSymbol, state: CoinState, report: CoinReport) -> None:
        state.outcome, state.failure, state.tries, state.ended = report.outcome, None, 0, True
        log.info(
            "training ended",
            extra={"coin": coin, "outcome": report.outcome, "failed_timeframes": len(report.failures)},
        )

    def _failed(self, coin: CoinSymbol, state: CoinState, error: PowerTraderError) -> None:
        again = self._rest(state, error)
        log.warning("training failed", extra={"coin": coin, "reason": str(error), "again": again})
        self._ports.on_failure(coin, error, again)

    def _rest(self, state: CoinState, error: PowerTraderError) -> bool:
        """Let a coin rest after a failure, the longer the more there were; tell whether it is tried again."""
        longest_s = LONGEST_PAUSE_S if isinstance(error, RetryLater) else LONGEST_REST_S
        asked_s = error.retry_after_s if isinstance(error, RateLimitError) else 0.0
        state.tries += 1
        passes = isinstance(error, RetryLater) or error is UNEXPECTED
        again = self._ports.stays or (passes and state.tries < MOST_TRIES)
        state.failure, state.ended = error, not again
        rest_s = max(pause_s(state.tries, FIRST_PAUSE_S, longest_s), min(longest_s, asked_s))
        state.not_before_s = self._ports.monotonic() + rest_s
        return again
