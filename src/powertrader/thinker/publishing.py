"""The thinker's answers as files: one signal.json per coin, and the original's texts for old tools."""

from collections.abc import Iterable
from pathlib import Path

from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.mailbox import Mailbox
from powertrader.core.original_signals import UNTRAINED, SignalTexts, export_signal
from powertrader.core.paths import CoinPaths, HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.types import CoinSymbol
from powertrader.thinker.session import ThinkerStep


def publish(step: ThinkerStep, store: FileStore, paths: HomePaths) -> dict[CoinSymbol, str]:
    """Write every signal of a step, and give the coins whose files could not be written, with the reason.

    A coin without a signal keeps its signal.json, which grows stale. The original's texts carry no
    time, so they say level 0 there.
    """
    mailbox = Mailbox(store, paths)
    failed: dict[CoinSymbol, str] = {}
    for coin in (*step.signals, *step.reasons):
        signal = step.signals.get(coin)
        try:
            if signal is not None:
                mailbox.publish_signal(signal)
            _write(store, paths.coin(coin), UNTRAINED if signal is None else export_signal(signal))
        except (BadData, StorageError) as error:
            failed[coin] = str(error)
    return failed


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
