"""The original's six text files of each coin, for its hub and other old tools."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.original_signals import UNTRAINED, SignalTexts, export_signal
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol
from powertrader.thinker.renewal import Failures, is_over, phase_of, timeless
from powertrader.thinker.session import ThinkerStep

TEXTS_REFRESH_S: Final = 60.0
"""They are written again after so many seconds of the wall clock: that brings back what somebody deleted."""
_NOTHING: Final = SignalTexts()


@dataclass(frozen=True, slots=True)
class _Written:
    """What the files of a coin say, the signal it was made of, and when all were written."""

    content: Signal | None
    texts: SignalTexts
    at: datetime


class OriginalTexts:
    """Writes the files that say something new, and all of them now and then."""

    def __init__(self, store: FileStore, paths: HomePaths) -> None:
        """Bind the folder; nothing is written yet."""
        self._store = store
        self._paths = paths
        self._written: dict[CoinSymbol, _Written] = {}
        self._begin = 0

    def export(
        self, step: ThinkerStep, wall_now: datetime, enough: Callable[[], bool] = lambda: False
    ) -> Failures:
        """Bring the files up to date; they carry no time, so a coin without a signal says level 0 there.

        Once enough tells so, the rest is left to the next call, which begins there: on a slow disk old
        tools wait, and no signal does.
        """
        failed: Failures = {}
        coins = list(enumerate((*step.signals, *step.reasons)))
        begin = self._begin if self._begin < len(coins) else 0
        self._begin = 0
        for place, coin in coins[begin:] + coins[:begin]:
            if enough():
                self._begin = place
                break
            try:
                self._bring_up_to_date(coin, step.signals.get(coin), place, wall_now)
            except (BadData, StorageError) as error:
                failed[coin] = str(error)
        return failed

    def _bring_up_to_date(
        self, coin: CoinSymbol, signal: Signal | None, place: int, wall_now: datetime
    ) -> None:
        content, before = timeless(signal), self._written.pop(coin, None)
        is_due = before is None or is_over(before.at, TEXTS_REFRESH_S, wall_now)
        if before is not None and not is_due and before.content == content:
            self._written[coin] = before
            return
        texts = UNTRAINED if signal is None else export_signal(signal)
        known = _NOTHING if before is None or is_due else before.texts
        self._write(self._paths.coin(coin), known, texts)
        first_at = wall_now - phase_of(place, TEXTS_REFRESH_S)
        at = first_at if before is None else wall_now if is_due else before.at
        self._written[coin] = _Written(content, texts, at)

    def _write(self, paths: CoinPaths, before: SignalTexts, texts: SignalTexts) -> None:
        for name, path in _files(paths):
            text = getattr(texts, name)
            if text is not None and text != getattr(before, name):
                # in place, as the original does: six new files for each coin would take most of a sweep
                self._store.rewrite_text(path, text)


def _files(paths: CoinPaths) -> Iterator[tuple[str, Path]]:
    """Give the files in the order of SignalTexts, which is that of the original."""
    return zip(
        [field.name for field in fields(SignalTexts)],
        (
            paths.bounds_low(),
            paths.bounds_high(),
            paths.profit_margin_long(),
            paths.profit_margin_short(),
            paths.signal_long(),
            paths.signal_short(),
        ),
        strict=True,
    )
