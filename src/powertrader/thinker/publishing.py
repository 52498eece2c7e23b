"""The thinker's answers as files: a signal.json for each coin, a report, and the original's readiness."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.mailbox import THINKER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from powertrader.models.status import ThinkerReport
from powertrader.models.types import CoinSymbol
from powertrader.thinker.original_texts import OriginalTexts
from powertrader.thinker.renewal import Failures, is_over, phase_of, timeless
from powertrader.thinker.session import ThinkerStep

REFRESH_S: Final = 10.0
"""What stays the same is written again after so many seconds of the wall clock: it shows its age."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What a file says, a signal without its time, and when it was written."""

    content: Signal | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """The coins whose signals say something new, and those whose signals could not be written."""

    changed: tuple[CoinSymbol, ...]
    failed: Failures


class SignalFiles:
    """Writes what changed, and everything now and then.

    The order of a step is publish, report, export: what a trader waits for comes first.
    """

    def __init__(self, store: FileStore, paths: HomePaths) -> None:
        """Bind the folder; nothing is written yet."""
        self._store = store
        self._paths = paths
        self._mailbox = Mailbox(store, paths)
        self._texts = OriginalTexts(store, paths)
        self._written: dict[CoinSymbol, _Written] = {}
        self._readiness: tuple[str, bool, tuple[CoinSymbol, ...], int] | None = None
        self._report: ThinkerReport | None = None

    def publish(self, signals: Mapping[CoinSymbol, Signal], wall_now: datetime) -> Published:
        """Write the signals of a step. A coin without one keeps its signal.json, which grows stale."""
        changed: list[CoinSymbol] = []
        failed: Failures = {}
        for place, (coin, signal) in enumerate(signals.items()):
            content, before = timeless(signal), self._written.pop(coin, None)
            is_new = before is None or before.content != content
            if before is not None and not is_new and not is_over(before.at, REFRESH_S, wall_now):
                self._written[coin] = before
                continue
            try:
                self._mailbox.publish_signal(signal)
            except (BadData, StorageError) as error:
                failed[coin] = str(error)
                continue
            at = wall_now - phase_of(place, REFRESH_S) if before is None else wall_now
            self._written[coin] = _Written(content, at)
            if is_new:
                changed.append(coin)
        return Published(tuple(changed), failed)

    def report(self, report: ThinkerReport) -> None:
        """Write a report that says something new, or renews an old one. Raises StorageError."""
        before = self._report
        is_known = before is not None and not report.changed and _standing(before) == _standing(report)
        if before is not None and is_known and not is_over(before.at, REFRESH_S, report.at):
            return
        self._report = None
        self._mailbox.publish(self._paths.thinker_report, THINKER, report)
        self._report = report

    def export(
        self, step: ThinkerStep, wall_now: datetime, enough: Callable[[], bool] = lambda: False
    ) -> Failures:
        """Bring the original's six texts of each coin up to date, until enough tells to stop."""
        return self._texts.export(step, wall_now, enough)

    def publish_readiness(self, stage: str, ready: Iterable[CoinSymbol], total: int, now: datetime) -> None:
        """Write the original's runner_ready.json when it says something new. Raises StorageError.

        Source: golden/BEHAVIOUR.md section 2.1 (Q41).
        """
        coins = tuple(sorted(ready))
        complete = stage != "starting" and len(coins) >= total
        readiness = (stage, complete, coins, total)
        if readiness == self._readiness:
            return
        content = {
            "timestamp": now.timestamp(),
            "ready": complete,
            "stage": stage,
            "ready_coins": list(coins),
            "total_coins": total,
        }
        self._store.write_json(self._paths.runner_ready, content)
        self._readiness = readiness


def _standing(report: ThinkerReport) -> tuple[object, ...]:
    return report.stage, report.ready, report.waiting
