"""The files a training of one coin leaves beside its memories. Source: golden/BEHAVIOUR.md 1.1, 1.6, 1.8."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.memory_files import load_memory, write_texts
from powertrader.core.memory_store import pack_memory, unpack_memory
from powertrader.core.original_format import decode, parse_number
from powertrader.core.record_codec import decode as decoded
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TrainingRun
from powertrader.models.types import CoinSymbol
from powertrader.trainer.training_engine import TimeframeTraining

log = logging.getLogger(__name__)
_SCHEMA: Final = 1
_TRAINING: Final = re.compile(rb'"state"\s*:\s*"TRAINING"')
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

    def save(self, training: TimeframeTraining, packed: bytes) -> None:
        """Write what a training led to; packed is its memory, empty without one.

        Our file goes first: with it the timeframe is trained, and the rest can be made from it. It is
        written once more behind the original's, because the newest of them counts.
        """
        timeframe, memory = training.timeframe, training.memory
        if packed:
            self._store.write_bytes(self._paths.pattern_memory(timeframe), packed)
        if memory is not None:
            write_texts(self._store, self._paths, timeframe, memory)
        if training.threshold_pct is not None:
            self._store.write_text(self._paths.threshold_file(timeframe), repr(training.threshold_pct))
        if packed:
            self._store.write_bytes(self._paths.pattern_memory(timeframe), packed)

    def saved(self, timeframe: Timeframe, digest: str) -> TimeframeTraining | None:
        """Give a training that was saved when its process died, all its files written; None when it was not.

        digest: of the memory that was about to be saved.
        """
        packed = self._store.read_bytes(self._paths.pattern_memory(timeframe))
        if not digest or packed is None or digest_of(packed) != digest:
            return None
        memory = unpack_memory(packed, str(self._paths.pattern_memory(timeframe)))
        training = TimeframeTraining(timeframe, "finished", memory, memory.threshold_pct)
        self.save(training, packed)
        return training

    def training_run(self) -> TrainingRun | None:
        """Give what a training that was broken off goes on with, None without one; a damaged file is none."""
        path = self._paths.training_run()
        try:
            found = self._store.read_json(path, None)
            if not isinstance(found, Mapping) or found.get("schema") != _SCHEMA:
                return None
            return decoded(TrainingRun, found.get("run"))
        except DataCorruptionError:
            # told of and moved aside already
            return None
        except BadData as error:
            log.warning("training begins anew", extra={"coin": self.coin, "reason": str(error)})
            return None

    def write_training_run(self, run: TrainingRun) -> None:
        """Keep what the training goes on with should it be broken off now."""
        self._store.write_json(self._paths.training_run(), {"schema": _SCHEMA, "run": encode(run)})

    def remove_training_run(self) -> None:
        """Forget it: the training has ended."""
        self._store.remove(self._paths.training_run())

    def stop_asked(self) -> bool:
        """Tell whether killer.txt says yes."""
        return says_yes(self._store, self._paths.killer())

    def is_broken_off(self) -> bool:
        """Tell whether a training is half done: by its note, the original's checkpoint or its status.

        Whoever asks must be the only trainer: a status TRAINING was then left by a process that is gone.
        """
        left = (self._paths.training_run(), self._paths.trainer_checkpoint())
        if any(self._store.read_bytes(path) is not None for path in left):
            return True
        status = self._store.read_bytes(self._paths.trainer_status())
        return status is not None and _TRAINING.search(status) is not None

    def trained_at_s(self) -> float | None:
        """Give when the coin was trained, in seconds since 1970; None when never, or nobody can read it."""
        raw = self._store.read_bytes(self._paths.trainer_last_training_time())
        return None if raw is None else parse_number(decode(raw))

    def mark_interrupted(self, now_s: int) -> None:
        """Say that the training was broken off where the checkpoint is."""
        self.write_status(
            "INTERRUPTED", {"tf_index": self.checkpoint_index(), "tf_total": _TIMEFRAMES}, now_s
        )

    def mark_failed(self, now_s: int) -> None:
        """Say that the training could not be ended."""
        self.write_status("FAILED", {}, now_s)

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


def says_yes(store: FileStore, path: Path) -> bool:
    """Tell whether a file holds the word yes."""
    raw = store.read_bytes(path)
    return raw is not None and decode(raw).strip().lower() == "yes"


def packed_memory(memory: PatternMemory | None) -> bytes:
    """Give the bytes of the file that holds a memory, none without one."""
    return b"" if memory is None else pack_memory(memory)


def digest_of(packed: bytes) -> str:
    """Name the bytes of a memory, with nothing for none."""
    return hashlib.sha256(packed).hexdigest() if packed else ""
