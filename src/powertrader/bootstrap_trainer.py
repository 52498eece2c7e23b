"""The composition root of the trainer: a coin's candles from the venue or from file, and its files."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Final

from powertrader.bootstrap import build_trainer
from powertrader.bootstrap_venues import VenueContext, market_client
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import PowerTraderError, RetryLater, StorageError
from powertrader.core.mailbox import Mailbox
from powertrader.core.market_client import PagedMarketClient
from powertrader.core.retry import RetryPolicy
from powertrader.core.stoppable_clock import StoppableClock
from powertrader.core.storage import FileStore
from powertrader.core.training_wishes import TrainingWishes
from powertrader.market.downloaded import shelf_of
from powertrader.market.history import KeptHistory
from powertrader.models.command import TrainingWish
from powertrader.models.types import CoinSymbol
from powertrader.trainer.coin_training import CoinReport, HistorySource, RunOptions
from powertrader.trainer.due import due_reason
from powertrader.trainer.progress import CoinProgress
from powertrader.trainer.reports import TrainingReports
from powertrader.trainer.trainer_files import TrainerFiles, says_yes
from powertrader.trainer.training_engine import TimeframeTraining

RETRIES: Final = RetryPolicy(max_tries=3, first_delay_s=0.5, factor=2.0, jitter_fraction=0.25)
"""For one page; what fails longer rests and goes on behind the last page."""


@dataclass(frozen=True, slots=True)
class TrainerRequest:
    """What the command line asks for.

    stays: train what is due until stopped. asked: train only coins that somebody asked for, then end.
    start_s: no candles that opened before. offline: ask nobody. workers: how many coins at once, None for
    as many as the computer has cores.
    """

    stays: bool = False
    reprocess: bool = False
    offline: bool = False
    start_s: int | None = None
    workers: int | None = None
    asked: bool = False

    @property
    def at_once(self) -> int:
        """How many coins are trained at once."""
        return self.workers or os.cpu_count() or 1


class _Desk:
    """A client of the venue for one coin after the other; its waits end when that coin shall stop."""

    def __init__(self, context: VenueContext) -> None:
        self.stop: Callable[[], bool] = lambda: False
        self.clock = StoppableClock(context.wall, self.stopping)
        self._context = replace(context, wall=self.clock)
        self._client: PagedMarketClient | None = None

    def stopping(self) -> bool:
        return self.stop()

    def client(self) -> PagedMarketClient:
        if self._client is None:
            self._client = market_client(self._context, RETRIES)
        return self._client


class TrainingWork:
    """Trains coins for a runner, from several threads."""

    def __init__(
        self,
        context: VenueContext,
        request: TrainerRequest,
        reports: TrainingReports,
        on_timeframe: Callable[[TimeframeTraining], None],
    ) -> None:
        """Bind the parts; nothing is opened yet."""
        self._context = context
        self._request = request
        self._reports = reports
        self._on_timeframe = on_timeframe
        self._store = FileStore(context.paths.data)
        self._shelf = shelf_of(context.config, context.paths)
        self._pages: SimpleQueue[CoinSymbol] = SimpleQueue()
        self._anew: set[CoinSymbol] = set()
        self._wishes = TrainingWishes(
            context.paths.training_wishes, self._store, Mailbox(self._store, context.paths)
        )
        self._taken: dict[CoinSymbol, TrainingWish | None] = {}
        self._fulfilled: dict[CoinSymbol, TrainingWish | None] = {}
        self._desks: SimpleQueue[_Desk] = SimpleQueue()
        for _ in range(request.at_once):
            self._desks.put(_Desk(context))

    @property
    def requests(self) -> int:
        """How often the venue was asked for candles."""
        return self._pages.qsize()

    def killed(self) -> bool:
        """Tell whether killer.txt in the home says yes."""
        return says_yes(FileStore(), self._context.paths.killer)

    def wanted(self, config: TradingConfig) -> tuple[CoinSymbol, ...]:
        """Give the coins to be trained, those that somebody asked for first."""
        asked = self._wishes.coins() if self._request.stays or self._request.asked else ()
        return asked if self._request.asked else tuple(dict.fromkeys((*asked, *config.trading.coins)))

    def due(self, coin: CoinSymbol, config: TradingConfig) -> str:
        """Say why a coin is to be trained now, empty when it is not."""
        files = self._files(coin)
        if not self._request.stays:
            return "it goes on" if files.is_broken_off() else "it was asked for"
        try:
            if files.stop_asked():
                return ""
            wish = self._wishes.read(coin)
            # one that was fulfilled lies there until that is told
            if wish is not None and wish != self._fulfilled.get(coin):
                return "it was asked for"
            if self._anew_asked(coin):
                return "it is to be learnt anew"
            now_s = self._context.market.now().timestamp()
            days = config.trainer.retrain_days
            return due_reason(files.trained_at_s(), files.is_broken_off(), now_s, days)
        except StorageError as error:
            return f"its last training cannot be read: {error}"

    def train(self, coin: CoinSymbol, config: TradingConfig, stop: Callable[[], bool]) -> CoinReport:
        """Train a coin until it is done or shall stop. Raises what CoinTrainer.train raises."""
        progress, self._taken[coin] = self._reports.progress(coin), self._wishes.read(coin)
        with self._desk(coin, stop) as desk:
            trainer = build_trainer(config, progress, self._context.market)
            report = trainer.train(self._files(coin), self._options(coin, desk, progress))
        self._anew.add(coin)
        if report.outcome == "finished":
            self._fulfilled[coin] = self._taken[coin]
        progress.ended(report)
        return report

    def fulfilled(self, coin: CoinSymbol, *, interrupted: bool) -> None:
        """Forget that somebody asked for a training that has ended; one that was broken off is still wanted.

        Whoever stopped it by killer.txt does not want it any more. Raises StorageError.
        """
        wish = self._taken.pop(coin, None)
        if wish is not None and (not interrupted or self._files(coin).stop_asked()):
            self._wishes.fulfil(wish)

    def note_failure(self, coin: CoinSymbol, error: PowerTraderError, *, again: bool) -> None:
        """Tell in the coin's files why its training could not go on. Raises StorageError."""
        self._reports.progress(coin).broken(error, retrying=again)
        if isinstance(error, RetryLater) and not again:
            self._files(coin).mark_failed(int(self._context.market.now().timestamp()))

    def note_interrupted(self, coin: CoinSymbol) -> None:
        """Leave the files of a coin as an interrupted training does: its thread hangs in a request.

        Raises StorageError.
        """
        self._files(coin).mark_interrupted(int(self._context.market.now().timestamp()))
        self._reports.progress(coin).ended(CoinReport(coin, "interrupted", ()))

    def _files(self, coin: CoinSymbol) -> TrainerFiles:
        return TrainerFiles(self._store, self._context.paths.coin(coin), coin)

    def _anew_asked(self, coin: CoinSymbol) -> bool:
        return self._request.reprocess and coin not in self._anew

    def _options(self, coin: CoinSymbol, desk: _Desk, progress: CoinProgress) -> RunOptions:
        def source_at(as_of_s: int) -> HistorySource:
            return progress.reading(self._source(coin, as_of_s, desk), as_of_s)

        def on_progress(training: TimeframeTraining) -> None:
            progress.trained(training)
            self._on_timeframe(training)

        as_of_s = self._shelf.as_of_s(coin) if self._request.offline else None
        wish = self._taken.get(coin)
        anew = self._anew_asked(coin) or (wish is not None and wish.anew)
        return RunOptions(desk.stopping, on_progress, anew, source_at, as_of_s)

    def _source(self, coin: CoinSymbol, as_of_s: int, desk: _Desk) -> HistorySource:
        start_s = self._request.start_s
        if self._request.offline:
            return KeptHistory(self._shelf, None, as_of_s, start_s)

        def before_page() -> None:
            desk.clock.check()
            self._pages.put(coin)

        return KeptHistory(self._shelf, desk.client(), as_of_s, start_s, before_page)

    @contextmanager
    def _desk(self, coin: CoinSymbol, stop: Callable[[], bool]) -> Iterator[_Desk]:
        """Give a free desk; as many coins are trained at once as there are desks."""
        files, desk = self._files(coin), self._desks.get()
        desk.stop = lambda: stop() or self.killed() or files.stop_asked()
        try:
            yield desk
        finally:
            self._desks.put(desk)
