"""A replay's result on the disk: the same run gives the same bytes, only the folder's name has the time."""

import contextlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.backtest.engine import ReplayCourse
from powertrader.core.clock import SystemClock
from powertrader.core.decision_log import line_of
from powertrader.core.exceptions import StorageError
from powertrader.core.ledger import Ledger
from powertrader.core.storage import FileStore
from powertrader.core.trade_table import csv_text, trades_csv
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord
from powertrader.models.moment import iso_text
from powertrader.persistence.ledger_lines import encode_events

RESULT_FILE: Final = "result.json"
EQUITY_FILE: Final = "equity.csv"
TRADES_FILE: Final = "trades.csv"
DECISIONS_FILE: Final = "decisions.jsonl"
LEDGER_FILE: Final = "ledger.jsonl"


@dataclass(frozen=True, slots=True)
class Archive:
    """What is saved of a replay beside its ledger; summary becomes result.json."""

    summary: Mapping[str, object]
    course: ReplayCourse
    book: Book
    ledger: Ledger


def make_folder(results: Path, kind: str) -> Path:
    """Make a folder of its own for a result: the kind and the time, with a number if that is taken.

    Raises StorageError when it cannot be made.
    """
    name = f"{kind}_{SystemClock().now():%Y%m%d_%H%M%S}"
    try:
        results.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            folder = results / (name if number == 1 else f"{name}_{number}")
            # making it is what claims it: two replays may start in the same second
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                break
    except OSError as error:
        msg = f"{results} cannot hold results: {error.strerror or error}; check space and permissions"
        raise StorageError(msg) from error
    return folder


def save(archive: Archive, folder: Path, store: FileStore) -> None:
    """Write every file of a result; result.json comes last, so a folder with it is complete.

    Raises StorageError when one could not be written.
    """
    course = archive.course
    equity = zip(course.times, course.equity, strict=True)
    rows = [[iso_text(moment), repr(value)] for moment, value in equity]
    store.write_text(folder / EQUITY_FILE, csv_text(("time", "equity"), rows))
    store.write_text(folder / TRADES_FILE, trades_csv(archive.book.trades))
    lines = "".join(json.dumps(_record(decision)) + "\n" for decision in course.decisions)
    store.write_text(folder / DECISIONS_FILE, lines)
    store.write_bytes(folder / LEDGER_FILE, encode_events(archive.ledger.events()))
    store.write_json(folder / RESULT_FILE, archive.summary)


def _record(decision: DecisionRecord) -> dict[str, object]:
    return {**line_of(decision), "at": iso_text(decision.at)}
