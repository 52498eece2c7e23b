"""How coins' trainings stand, read from the trainer's files; a file that did not change is not read again."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.mailbox import TRAINING, Mailbox
from powertrader.core.original_format import parse_number
from powertrader.core.storage import FileStore
from powertrader.models.moment import utc_of
from powertrader.models.snapshot import TrainingView
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class _Known:
    paths: tuple[Path, ...]
    stamps: tuple[Stamp, ...]
    view: TrainingView


class TrainingReader:
    """Reads how trainings stand, again and again."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Start without knowledge."""
        self._store = FileStore()
        self._mailbox = mailbox
        self._known: dict[CoinSymbol, _Known] = {}

    def read(self, files: CoinPaths, market_at: datetime | None) -> TrainingView:
        """Give how a coin's training stands at a time of the market.

        Raises what the mailbox raises when the trainer's report is damaged.
        """
        known = self._known.get(files.coin)
        paths = _paths(files) if known is None else known.paths
        # before reading: what is written meanwhile is read the next time
        stamps = tuple([stamp_of(path) for path in paths])
        if known is None or known.stamps != stamps:
            known = self._known[files.coin] = _Known(paths, stamps, self._view(files))
        trained_at = known.view.trained_at
        age_s = (market_at - trained_at).total_seconds() if market_at and trained_at else None
        return replace(known.view, age_s=age_s)

    def _view(self, files: CoinPaths) -> TrainingView:
        raw = self._store.read_bytes(files.trainer_last_training_time())
        at_s = None if raw is None else parse_number(raw.decode("utf-8", "replace"))
        try:
            trained_at = utc_of(at_s) if at_s is not None and at_s > 0 else None
        except (OverflowError, ValueError):
            trained_at = None
        state = str(self._object(files.trainer_status()).get("state", ""))
        progress = {} if state == "FINISHED" else self._object(files.trainer_progress())
        pct = progress.get("pct")
        report = self._mailbox.read(files.training_report(), TRAINING)
        return TrainingView(
            state,
            trained_at,
            None,
            float(pct) if isinstance(pct, int | float) else None,
            report,
            str(progress.get("timeframe", "")),
            _whole(progress.get("tf_index")),
            _whole(progress.get("tf_total")),
        )

    def _object(self, path: Path) -> dict[str, object]:
        """Give a JSON object in the original's form, an empty one when there is none."""
        try:
            found = json.loads(self._store.read_bytes(path) or b"{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def _whole(found: object) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _paths(files: CoinPaths) -> tuple[Path, ...]:
    return (
        files.trainer_last_training_time(),
        files.trainer_status(),
        files.trainer_progress(),
        files.training_report(),
    )
