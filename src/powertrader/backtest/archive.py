"""A replay's result on the disk: the same run gives the same bytes, only the folder's name has the time."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.backtest.engine import ReplayCourse
from powertrader.core.clock import SystemClock
from powertrader.core.ledger import Ledger
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord
from powertrader.models.trade import Trade
from powertrader.persistence.ledger_file import encode_events

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


def new_folder(results: Path, kind: str) -> Path:
    """Give a folder name of its own for a result: the kind and the time, with a number if it is taken."""
    name = f"{kind}_{SystemClock().now():%Y%m%d_%H%M%S}"
    number = 1
    folder = results / name
    while folder.exists():
        number += 1
        folder = results / f"{name}_{number}"
    return folder


def save(archive: Archive, folder: Path, store: FileStore) -> None:
    """Write every file of a result; result.json comes last, so a folder with it is complete.

    Raises StorageError when one could not be written.
    """
    course = archive.course
    equity = zip(course.times, course.equity, strict=True)
    rows = [[_time(moment), repr(value)] for moment, value in equity]
    store.write_text(folder / EQUITY_FILE, _csv(("time", "equity"), rows))
    store.write_text(folder / TRADES_FILE, _csv(TRADE_COLUMNS, map(_trade_row, archive.book.trades)))
    lines = "".join(json.dumps(_record(decision)) + "\n" for decision in course.decisions)
    store.write_text(folder / DECISIONS_FILE, lines)
    store.write_bytes(folder / LEDGER_FILE, encode_events(archive.ledger.events()))
    store.write_json(folder / RESULT_FILE, archive.summary)


def _trade_row(trade: Trade) -> list[str]:
    fees = " + ".join(f"{_plain(amount)} {asset}" for asset, amount in trade.fees)
    return [
        _time(trade.timestamp),
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
    return {**asdict(decision), "at": _time(decision.at)}


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(number: Decimal) -> str:
    return format(number, "f")
