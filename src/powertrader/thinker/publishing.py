"""The thinker's answers as files: one signal.json per coin, and the original's texts for old tools."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.mailbox import Mailbox
from powertrader.core.original_signals import UNTRAINED, SignalTexts, export_signal
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.moment import utc_of
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol
from powertrader.thinker.session import ThinkerStep

REFRESH_S: Final = 10.0
"""A signal that stays the same is written again after so many seconds of the wall clock: it shows its age."""
TEXTS_REFRESH_S: Final = 60.0
"""The same for the original's texts: they carry no time, so this only brings back what somebody deleted."""
_ANY_TIME: Final = utc_of(0)


@dataclass(slots=True)
class _Written:
    """What the files of a coin say, a signal without its time, and when they were written."""

    content: Signal | None
    signal_at: datetime
    texts_at: datetime


class SignalFiles:
    """Writes what changed, and everything now and then."""

    def __init__(self, store: FileStore, paths: HomePaths) -> None:
        """Bind the folder; nothing is written yet."""
        self._store = store
        self._paths = paths
        self._mailbox = Mailbox(store, paths)
        self._written: dict[CoinSymbol, _Written] = {}
        self._readiness: tuple[str, bool, tuple[CoinSymbol, ...], int] | None = None

    def publish(self, step: ThinkerStep, wall_now: datetime) -> dict[CoinSymbol, str]:
        """Write the signals of a step, and give the coins whose files could not be written, with the reason.

        A coin without a signal keeps its signal.json, which grows stale. The original's texts carry no
        time, so they say level 0 there.
        """
        failed: dict[CoinSymbol, str] = {}
        for coin in (*step.signals, *step.reasons):
            try:
                self._publish(coin, step.signals.get(coin), wall_now)
            except (BadData, StorageError) as error:
                self._written.pop(coin, None)
                failed[coin] = str(error)
        return failed

    def _publish(self, coin: CoinSymbol, signal: Signal | None, wall_now: datetime) -> None:
        content, written = _content(signal), self._written.get(coin)
        is_new = written is None or written.content != content
        if written is None:
            written = self._written[coin] = _Written(content, wall_now, wall_now)
        if signal is not None and (is_new or _is_over(written.signal_at, REFRESH_S, wall_now)):
            self._mailbox.publish_signal(signal)
            written.signal_at = wall_now
        if is_new or _is_over(written.texts_at, TEXTS_REFRESH_S, wall_now):
            texts = UNTRAINED if signal is None else export_signal(signal)
            _write(self._store, self._paths.coin(coin), texts)
            written.texts_at = wall_now
        written.content = content

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


def _is_over(written_at: datetime, age_s: float, wall_now: datetime) -> bool:
    # a clock that was set back must not keep a signal from being renewed
    return not 0 <= (wall_now - written_at).total_seconds() < age_s


def _content(signal: Signal | None) -> Signal | None:
    """Give a signal without its time, for comparing."""
    return None if signal is None else replace(signal, made_at=_ANY_TIME)


def _write(store: FileStore, paths: CoinPaths, texts: SignalTexts) -> None:
    for path, text in _files(paths, texts):
        if text is not None:
            store.write_text(path, text)


def _files(paths: CoinPaths, texts: SignalTexts) -> Iterable[tuple[Path, str | None]]:
    yield paths.bounds_low(), texts.low_bounds
    yield paths.bounds_high(), texts.high_bounds
    yield paths.profit_margin_long(), texts.long_margin
    yield paths.profit_margin_short(), texts.short_margin
    yield paths.signal_long(), texts.long_level
    yield paths.signal_short(), texts.short_level
