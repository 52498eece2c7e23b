"""The original's books: trades, realised profit, account values, open positions and pending orders."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import StorageError
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.original_format import decode
from powertrader.core.original_ledger import JsonObject, moment_of, number_of, object_of
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.item import Item
from powertrader.migration.memories import read_unhurried
from powertrader.models.types import CoinSymbol

LINES_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PositionFound:
    """A coin the original holds. basis is the average price paid, cost what its books say; 0.0: unknown."""

    coin: CoinSymbol
    quantity: float
    basis: float
    stage: int
    cost: float


@dataclass(frozen=True, slots=True)
class LinesFound:
    """How many lines of a history can be read; item is None when there is none."""

    count: int = 0
    problems: tuple[str, ...] = ()
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class BooksFound:
    """What hub_data holds. profit is the realised one in USD, shown_at the time of the last status."""

    trades: LinesFound = LinesFound()
    values: LinesFound = LinesFound()
    ledger: Item | None = None
    profit: float = 0.0
    positions: tuple[PositionFound, ...] = ()
    pending: tuple[str, ...] = ()
    shown_at: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """What is imported as files."""
        found = (self.trades.item, self.values.item, self.ledger)
        return tuple(item for item in found if item is not None)


def read_books(original: OriginalFolder, home: HomePaths) -> BooksFound:
    """Read the books of a folder, for the files of the same names in the home."""
    problems: list[str] = []
    trades = _lines("trades", original.trade_history, home.trade_history, _is_trade)
    values = _lines("account values", original.account_value_history, home.account_value_history, _is_value)
    books = _object(original.pnl_ledger, problems)
    status = _object(original.trader_status, problems)
    ledger = None
    if books is not None:
        content = json.dumps(books, indent=2).encode()
        ledger = Item("realised profit", home.pnl_ledger, content, FileStore().read_bytes(home.pnl_ledger))
    books = books or {}
    return BooksFound(
        trades,
        values,
        ledger,
        number_of(books.get("total_realized_profit_usd")),
        tuple(_positions(status or {}, object_of(books.get("open_positions")))),
        tuple(object_of(books.get("pending_orders"))),
        moment_of((status or {}).get("timestamp")),
        (*trades.problems, *values.problems, *problems),
    )


def _lines(name: str, path: Path, target: Path, is_right: Callable[[JsonObject], bool]) -> LinesFound:
    store = FileStore()
    try:
        raw, settled = read_unhurried(
            lambda: store.read_bytes(path), (path,), lambda found: not found or found.endswith(b"\n")
        )
    except StorageError as error:
        return LinesFound(problems=(str(error),))
    if raw is None:
        return LinesFound()
    found, wrong = [], []
    for number, line in enumerate(decode(raw).split("\n"), start=1):
        parsed = _parsed(line)
        if isinstance(parsed, dict) and is_right(parsed):
            found.append(f"{json.dumps(parsed)}\n")
        elif line.strip():
            wrong.append(number)
    problems = [] if settled else [f"{path.name} was being written: import it again when that has ended"]
    if wrong:
        shown = ", ".join(map(str, wrong[:LINES_SHOWN])) + (", ..." if len(wrong) > LINES_SHOWN else "")
        problems.append(f"{path.name}: {len(wrong)} damaged lines left out (line {shown})")
    item = Item(name, target, "".join(found).encode(), store.read_bytes(target)) if found else None
    return LinesFound(len(found), tuple(problems), item)


def _object(path: Path, problems: list[str]) -> JsonObject | None:
    store = FileStore()
    try:
        raw, _ = read_unhurried(lambda: store.read_bytes(path), (path,), _is_object)
    except StorageError as error:
        problems.append(str(error))
        return None
    if raw is None:
        return None
    parsed = _parsed(decode(raw))
    if isinstance(parsed, dict):
        return parsed
    problems.append(f"{path.name} is damaged and left out")
    return None


def _is_object(raw: bytes | None) -> bool:
    return raw is None or isinstance(_parsed(decode(raw)), dict)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_trade(line: JsonObject) -> bool:
    return moment_of(line.get("ts")) is not None and bool(str(line.get("symbol") or "").strip())


def _is_value(line: JsonObject) -> bool:
    value = line.get("total_account_value")
    return moment_of(line.get("ts")) is not None and isinstance(value, int | float)


def _positions(status: Mapping[str, object], books: Mapping[str, object]) -> Iterable[PositionFound]:
    shown = object_of(status.get("positions"))
    held = {coin: object_of(one) for coin, one in shown.items() if number_of(object_of(one).get("quantity"))}
    for coin in sorted({*held, *books}):
        position, booked = held.get(coin, {}), object_of(books.get(coin))
        quantity = number_of(position.get("quantity")) or number_of(booked.get("qty"))
        if quantity > 0:
            yield PositionFound(
                coin,
                quantity,
                number_of(position.get("avg_cost_basis")),
                int(number_of(position.get("dca_triggered_stages"))),
                number_of(booked.get("usd_cost")),
            )
