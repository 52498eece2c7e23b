"""The files a training of one coin leaves beside its memories. Source: golden/BEHAVIOUR.md 1.1, 1.6, 1.8."""

import json
from collections.abc import Mapping
from typing import Final

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.memory_files import load_memory, save_memory, write_texts
from powertrader.core.original_format import decode
from powertrader.core.storage import FileStore
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.trainer.training_engine import TimeframeTraining

_WHOLE_PCT: Final = 100
_TIMEFRAMES: Final = len(TIMEFRAMES)


class TrainerFiles:
    """The files of one coin's training, in the original's form."""

    def __init__(self, store: FileStore, paths: CoinPaths, coin: CoinSymbol) -> None:
        """Bind the files; coin is the name that stands in them."""
        self.coin: Final = coin
        self._store: Final = store
        self._paths: Final = paths

    def memory(self, timeframe: Timeframe) -> PatternMemory | None:
        """Give what the coin knew before."""
        return load_memory(self._store, self._paths, timeframe)

    def save(self, training: TimeframeTraining) -> None:
        """Write what a training led to; the original's files first, so that ours are the newest."""
        timeframe, memory = training.timeframe, training.memory
        if memory is not None:
            write_texts(self._store, self._paths, timeframe, memory)
        if training.threshold_pct is not None:
            self._store.write_text(self._paths.threshold_file(timeframe), repr(training.threshold_pct))
        if memory is not None:
            save_memory(self._store, self._paths, timeframe, memory)

    def stop_asked(self) -> bool:
        """Tell whether killer.txt says yes."""
        raw = self._store.read_bytes(self._paths.killer())
        return raw is not None and decode(raw).strip().lower() == "yes"

    def checkpoint_index(self) -> int:
        """Give the number of the timeframe an interrupted training goes on with, 0 without one."""
        raw = self._store.read_bytes(self._paths.trainer_checkpoint())
        try:
            found = json.loads(raw or b"null")
            is_ours = isinstance(found, Mapping) and str(found.get("coin", "")).upper() == self.coin.upper()
            return int(found["tf_index"]) if is_ours else 0
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return 0

    def write_checkpoint(self, index: int, now_s: int) -> None:
        """Remember that the timeframes before number index are done."""
        content = {"coin": self.coin, "tf_index": index, "tf_total": _TIMEFRAMES, "timestamp": now_s}
        self._store.write_text(self._paths.trainer_checkpoint(), json.dumps(content))

    def remove_checkpoint(self) -> None:
        """Forget the checkpoint: all timeframes are done."""
        self._store.remove(self._paths.trainer_checkpoint())

    def write_progress(self, timeframe: str, index: int, now_s: int, shown: tuple[int, int] = (0, 0)) -> None:
        """Tell how far the training is; shown: the current candle and how many there are."""
        current, total = shown
        part = (current / total) * (_WHOLE_PCT / _TIMEFRAMES) if total > 0 else 0
        content = {
            "coin": self.coin,
            "timeframe": timeframe,
            "tf_index": index,
            "tf_total": _TIMEFRAMES,
            "candle_current": current,
            "candle_total": total,
            "pct": round(min(_WHOLE_PCT, (index / _TIMEFRAMES) * _WHOLE_PCT + part), 1),
            "timestamp": now_s,
        }
        self._store.write_text(self._paths.trainer_progress(), json.dumps(content))

    def write_status(self, state: str, facts: Mapping[str, int], now_s: int) -> None:
        """Tell what the trainer does with the coin; facts stand between state and timestamp."""
        content = {"coin": self.coin, "state": state, **facts, "timestamp": now_s}
        self._store.write_text(self._paths.trainer_status(), json.dumps(content))

    def write_start_time(self, downloaded_s: int) -> None:
        """Tell when the candles of the last pass were asked for."""
        self._store.write_text(self._paths.trainer_last_start_time(), str(downloaded_s))

    def write_training_time(self, now_s: int) -> None:
        """Tell when the coin was trained; the thinker asks no coin whose training is too old."""
        self._store.write_text(self._paths.trainer_last_training_time(), str(now_s))
