"""What the original has learnt, read from its text files as its thinker reads them."""

from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.memory_files import text_files
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.original_format import MemoryTexts, parse_memory, parse_number
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.shadow.install import read_text, stamps_of
from powertrader.thinker.session import CoinTraining

_NS: Final = 1e-9


class KnownTraining(NamedTuple):
    """What was read of a coin, and when the newest of its memories was written (computer's time)."""

    training: CoinTraining
    written_s: float


class OriginalTrainings:
    """The trainings of one installation; a coin is read again when its files have changed."""

    def __init__(self, folder: OriginalFolder) -> None:
        """Bind the folder."""
        self._folder = folder
        self._paths: dict[CoinSymbol, CoinPaths] = {}
        self._known: dict[CoinSymbol, tuple[Hashable, KnownTraining]] = {}

    def paths(self, coin: CoinSymbol) -> CoinPaths:
        """Give the files of a coin. Raises ConfigError when it is no coin symbol."""
        if coin not in self._paths:
            self._paths[coin] = self._folder.coin(coin)
        return self._paths[coin]

    def of(self, coin: CoinSymbol) -> KnownTraining:
        """Give what was learnt about a coin; what is being written now keeps its last reading."""
        paths = self.paths(coin)
        known = self._known.get(coin)
        version = self._version(paths)
        if known is not None and known[0] == version:
            return known[1]
        found = self._read(paths)
        if self._version(paths) != version and known is not None:
            return known[1]
        self._known[coin] = (version, found)
        return found

    def _version(self, paths: CoinPaths) -> Hashable:
        # the thinker writes the thresholds anew in every step, with the same text (Q31)
        files = stamps_of(each for timeframe in TIMEFRAMES for each in _memory_files(paths, timeframe))
        thresholds = tuple([read_text(paths.threshold_file(timeframe)) for timeframe in TIMEFRAMES])
        return files, thresholds, read_text(paths.trainer_last_training_time())

    def _read(self, paths: CoinPaths) -> KnownTraining:
        memories = {}
        newest_ns = 0
        for timeframe in TIMEFRAMES:
            files = _memory_files(paths, timeframe)
            four = MemoryTexts(*[read_text(path) for path in files])
            memory = parse_memory(replace(four, threshold=read_text(paths.threshold_file(timeframe))))
            if memory is not None:
                memories[timeframe] = memory
            newest_ns = max([newest_ns, *[stamp[0] for stamp in stamps_of(files) if stamp is not None]])
        trained_at = parse_number(read_text(paths.trainer_last_training_time()))
        return KnownTraining(CoinTraining(trained_at, memories), newest_ns * _NS)


def _memory_files(paths: CoinPaths, timeframe: Timeframe) -> tuple[Path, ...]:
    """Give the files of entries and weights, without that of the threshold."""
    return text_files(paths, timeframe)[:-1]
