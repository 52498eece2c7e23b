"""A replay's result on the disk: the same run gives the same bytes, only the folder's name has the time."""

import contextlib
import csv
import io
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.backtest.engine import ReplayCourse
from powertrader.core.clock import SystemClock
from powertrader.core.exceptions import StorageError
from powertrader.core.ledger import Ledger
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord
from powertrader.models.moment import iso_text
from powertrader.models.trade import Trade
from powertrader.persistence.ledger_lines import encode_events

RESULT_FILE: Final = "result.json"
EQUITY_FILE: Final = "equity.csv"
TRADES_FILE: Final = "trades.csv"
DECISIONS_FILE: Final = "decisions.jsonl"
LEDGER_FILE: Final = "ledger.jsonl"
TRADE_COLUMNS: Final = (
    "time",
    "coin",
    "side",
    "quantity",
    "price",
    "value",
    "fees",
    "reason",
    "gain_pct",
    "realized_profit",
    "client_order_id",
    "config_hash",
)


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
    store.write_text(folder / EQUITY_FILE, _csv(("time", "equity"), rows))
    store.write_text(folder / TRADES_FILE, _csv(TRADE_COLUMNS, map(_trade_row, archive.book.trades)))
    lines = "".join(json.dumps(_record(decision)) + "\n" for decision in course.decisions)
    store.write_text(folder / DECISIONS_FILE, lines)
    store.write_bytes(folder / LEDGER_FILE, encode_events(archive.ledger.events()))
    store.write_json(folder / RESULT_FILE, archive.summary)


def _trade_row(trade: Trade) -> list[str]:
    fees = " + ".join(f"{_plain(amount)} {asset}" for asset, amount in trade.fees)
    return [
        iso_text(trade.timestamp),
        trade.coin,
        trade.side.value,
        _plain(trade.quantity),
        "" if trade.price is None else repr(trade.price),
        _plain(trade.value),
        fees,
        trade.reason,
        "" if trade.pnl_pct is None else repr(trade.pnl_pct),
        "" if trade.realized_profit is None else _plain(trade.realized_profit),
        trade.client_order_id,
        trade.config_hash,
    ]


def _record(decision: DecisionRecord) -> dict[str, object]:
    return {**asdict(decision), "at": iso_text(decision.at)}


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _plain(number: Decimal) -> str:
    return format(number, "f")
