"""The reports of coins' trainings: written while they go on, gone on with after a break, kept for the end."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData
from powertrader.core.mailbox import TRAINING, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.training import TrainingReport
from powertrader.models.types import CoinSymbol
from powertrader.trainer.progress import CoinProgress


class TrainingReports:
    """Gives each training what it tells through; used from several threads, one for each coin.

    source is the venue of the candles, redact takes secrets out of a text.
    """

    def __init__(
        self,
        paths: HomePaths,
        wall: Clock,
        started_at: datetime,
        source: str,
        redact: Callable[[str], str],
    ) -> None:
        """Bind the files; started_at is when this process began."""
        self._paths = paths
        self._wall = wall
        self._started_at = started_at
        self._source = source
        self._redact = redact
        self._mailbox = Mailbox(FileStore(paths.data), paths)
        self._newest: dict[CoinSymbol, TrainingReport] = {}

    @property
    def newest(self) -> Mapping[CoinSymbol, TrainingReport]:
        """The newest report of every coin that this process trained."""
        return dict(self._newest)

    def progress(self, coin: CoinSymbol) -> CoinProgress:
        """Give what a training tells through; what an earlier process told of the same training is kept."""
        now = self._wall.now()
        report = TrainingReport(coin, "training", self._source, os.getpid(), self._started_at, now, now)
        found = self._newest.get(coin) or self._on_file(coin)
        if found is not None:
            report = replace(report, as_of=found.as_of, timeframes=found.timeframes)
        return CoinProgress(report, self._publish, self._wall)

    def _on_file(self, coin: CoinSymbol) -> TrainingReport | None:
        try:
            return self._mailbox.read(self._paths.coin(coin).training_report(), TRAINING)
        except BadData:
            # told of and moved aside; the next report takes its place
            return None

    def _publish(self, report: TrainingReport) -> None:
        clean = replace(report, reason=self._redact(report.reason))
        self._newest[report.coin] = clean
        self._mailbox.publish(self._paths.coin(report.coin).training_report(), TRAINING, clean)
