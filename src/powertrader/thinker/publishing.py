"""The thinker's answers as files: one signal.json per coin, and the original's texts for old tools."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.mailbox import Mailbox
from powertrader.core.original_signals import UNTRAINED, SignalTexts, export_signal
from powertrader.core.paths import CoinPaths, HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.moment import utc_of
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol
from powertrader.thinker.session import ThinkerStep

REFRESH_S: Final = 10.0
"""A signal that stays the same is written again after so many seconds of the wall clock: it shows its age."""
_ANY_TIME: Final = utc_of(0)


class SignalFiles:
    """Writes what changed, and everything now and then."""

    def __init__(self, store: FileStore, paths: HomePaths) -> None:
        """Bind the folder; nothing is written yet."""
        self._store = store
        self._paths = paths
        self._mailbox = Mailbox(store, paths)
        self._written: dict[CoinSymbol, tuple[Signal | None, datetime]] = {}
        self._readiness: tuple[str, bool, tuple[CoinSymbol, ...], int] | None = None

    def publish(self, step: ThinkerStep, wall_now: datetime) -> dict[CoinSymbol, str]:
        """Write the signals of a step, and give the coins whose files could not be written, with the reason.

        A coin without a signal keeps its signal.json, which grows stale. The original's texts carry no
        time, so they say level 0 there.
        """
        failed: dict[CoinSymbol, str] = {}
        for coin in (*step.signals, *step.reasons):
            signal = step.signals.get(coin)
            if not self._is_due(coin, signal, wall_now):
                continue
            try:
                if signal is not None:
                    self._mailbox.publish_signal(signal)
                _write(
                    self._store,
                    self._paths.coin(coin),
                    UNTRAINED if signal is None else export_signal(signal),
                )
            except (BadData, StorageError) as error:
                self._written.pop(coin, None)
                failed[coin] = str(error)
            else:
                self._written[coin] = (_content(signal), wall_now)
        return failed

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

    def _is_due(self, coin: CoinSymbol, signal: Signal | None, wall_now: datetime) -> bool:
        content, written_at = self._written.get(coin, (None, None))
        if written_at is None or content != _content(signal):
            return True
        # a clock that was set back must not keep a signal from being renewed
        return not 0 <= (wall_now - written_at).total_seconds() < REFRESH_S


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
