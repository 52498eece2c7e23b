"""Everything the local exchange remembers, in one SQLite file: a call that was answered is in it."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.models.account import Balance
from powertrader.simexchange.accounts import FeeAsset, Totals
from powertrader.simexchange.orders import Order, OrderList, Query, Trade
from powertrader.simexchange.state_rows import (
    LIST_COLUMNS,
    ORDER_COLUMNS,
    SCHEMA,
    TRADE_COLUMNS,
    amount_of,
    list_of,
    list_row,
    micros_of,
    order_of,
    order_row,
    text_of,
    trade_of,
    trade_row,
)

STATE_FILE: Final = "venue.sqlite"
_FORMAT: Final = "1"
_BUSY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """The largest numbers given so far."""

    order: int
    trade: int
    order_list: int


@dataclass(slots=True)
class Changes:
    """What one call changed, by key; written together or not at all."""

    orders: dict[int, Order] = field(default_factory=dict)
    trades: list[Trade] = field(default_factory=list)
    lists: dict[int, OrderList] = field(default_factory=dict)
    balances: list[tuple[str, Balance]] = field(default_factory=list)
    totals: Mapping[str, Totals] = field(default_factory=dict)
    fee_assets: dict[str, FeeAsset] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


class VenueState:
    """The memory of one venue.

    A change survives the death of the process at once, and that of the computer after a moment: nothing
    waits for the disk.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the memory in a folder, made if missing; without one it ends with the process.

        Raises BadData when the file is none of ours, or of another format.
        """
        self.path = None if folder is None else folder / STATE_FILE
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._rows = sqlite3.connect(
            ":memory:" if self.path is None else self.path,
            isolation_level=None,
            timeout=_BUSY_S,
            check_same_thread=False,
        )
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._rows.close()
            msg = f"{self.path} cannot be read ({error}); move it away, then a new exchange begins"
            raise BadData(msg) from error

    def save(self, changes: Changes) -> None:
        """Write what one call changed. Raises sqlite3.Error when nothing could be written."""
        with self._rows as rows:
            rows.execute("BEGIN IMMEDIATE")
            self._write(changes)

    def numbers(self) -> Numbers:
        """Give the largest numbers given so far."""
        found = [
            self._rows.execute(f"SELECT max({column}) FROM {table}").fetchone()[0] or 0  # noqa: S608 - our names
            for table, column in (("orders", "order_id"), ("trades", "trade_id"), ("lists", "list_id"))
        ]
        return Numbers(*found)

    def balances(self) -> Mapping[str, tuple[Balance, ...]]:
        """Give what every account holds."""
        held: dict[str, tuple[Balance, ...]] = {}
        sql = "SELECT account, asset, free, locked FROM balances ORDER BY rowid"
        for account, asset, free, locked in self._rows.execute(sql):
            entry = Balance(asset, amount_of(free), amount_of(locked))
            held[account] = (*held.get(account, ()), entry)
        return held

    def totals(self) -> Mapping[str, Totals]:
        """Give where every asset is, without what the accounts hold."""
        return {
            asset: Totals(amount_of(paid_in), fees=amount_of(fees), market=amount_of(market))
            for asset, paid_in, fees, market in self._rows.execute(
                "SELECT asset, paid_in, fees, market FROM totals"
            )
        }

    def fee_assets(self) -> Mapping[str, FeeAsset]:
        """Give from which asset each account's fees are taken, where it is not the usual one."""
        found = self._rows.execute("SELECT account, fee_asset FROM fee_assets")
        return {account: FeeAsset(kept) for account, kept in found}

    def fact(self, name: str) -> str:
        """Give a single value that was kept by name, empty when there is none."""
        found = self._rows.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def open_orders(self) -> tuple[Order, ...]:
        """Give every open order, oldest first."""
        return self._orders("open = 1", ())

    def order(self, account: str, symbol: str, order_id: int) -> Order | None:
        """Give an order by its number."""
        found = self._orders("order_id = ? AND account = ? AND symbol = ?", (order_id, account, symbol))
        return found[0] if found else None

    def order_by_client_id(self, account: str, symbol: str, client_order_id: str) -> Order | None:
        """Give the newest order with an id of its owner."""
        found = self._orders(
            "account = ? AND client_order_id = ? AND symbol = ?", (account, client_order_id, symbol), newest=1
        )
        return found[0] if found else None

    def orders(self, account: str, query: Query) -> tuple[Order, ...]:
        """Give past and open orders, oldest first."""
        where, values = _where(account, query, "order_id", "created_us")
        if query.order_id is not None:
            where, values = f"{where} AND order_id = ?", (*values, query.order_id)
        return self._orders(where, values, newest=query.limit, forward=_is_forward(query))

    def trades(self, account: str, query: Query) -> tuple[Trade, ...]:
        """Give trades, oldest first."""
        where, values = _where(account, query, "trade_id", "at_us")
        if query.order_id is not None:
            where, values = f"{where} AND order_id = ?", (*values, query.order_id)
        way = "ASC" if _is_forward(query) else "DESC"
        sql = f"SELECT {TRADE_COLUMNS} FROM trades WHERE {where} ORDER BY trade_id {way} LIMIT ?"  # noqa: S608 - ours
        found = sorted(self._rows.execute(sql, (*values, query.limit)).fetchall())
        return tuple(trade_of(row) for row in found)

    def order_list(self, account: str, list_id: int | None, client_list_id: str) -> OrderList | None:
        """Give an order list by its number, else the newest by the id of its owner."""
        column, value = ("client_list_id", client_list_id) if list_id is None else ("list_id", list_id)
        sql = f"SELECT {LIST_COLUMNS} FROM lists WHERE {column} = ? AND account = ? ORDER BY list_id DESC"  # noqa: S608 - ours
        found = self._rows.execute(sql, (value, account)).fetchone()
        return None if found is None else list_of(found)

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    def _prepare(self) -> None:
        rows = self._rows
        rows.execute("PRAGMA journal_mode = WAL")
        # the file is a simulation's: it outlives a killed process, which needs no wait for the disk
        rows.execute("PRAGMA synchronous = OFF")
        known = rows.execute("PRAGMA user_version").fetchone()[0]
        if known not in (0, int(_FORMAT)):
            msg = f"format {known}, this version writes {_FORMAT}"
            raise sqlite3.DatabaseError(msg)
        rows.executescript(SCHEMA)
        rows.execute(f"PRAGMA user_version = {_FORMAT}")

    def _orders(
        self, where: str, values: tuple[object, ...], *, newest: int = -1, forward: bool = False
    ) -> tuple[Order, ...]:
        way = "ASC" if forward else "DESC"
        sql = f"SELECT {ORDER_COLUMNS} FROM orders WHERE {where} ORDER BY order_id {way} LIMIT ?"  # noqa: S608 - ours
        with closing(self._rows.execute(sql, (*values, newest))) as found:
            rows = found.fetchall()
        return tuple(order_of(row) for row in (rows if forward else reversed(rows)))

    def _write(self, changes: Changes) -> None:
        rows = self._rows
        _put(rows, "orders", map(order_row, changes.orders.values()))
        _put(rows, "trades", map(trade_row, changes.trades))
        _put(rows, "lists", map(list_row, changes.lists.values()))
        _put(rows, "fee_assets", changes.fee_assets.items())
        _put(rows, "facts", changes.facts.items())
        rows.executemany(
            "INSERT INTO balances VALUES (?, ?, ?, ?) ON CONFLICT (account, asset) DO UPDATE SET "
            "free = excluded.free, locked = excluded.locked",
            [
                (account, one.asset, text_of(one.free), text_of(one.locked))
                for account, one in changes.balances
            ],
        )
        _put(
            rows,
            "totals",
            (
                (asset, text_of(total.paid_in), text_of(total.fees), text_of(total.market))
                for asset, total in changes.totals.items()
            ),
        )


def _put(rows: sqlite3.Connection, table: str, values: Iterable[tuple[object, ...]]) -> None:
    """Write rows of a table, each in the place of the one with the same key."""
    for row in values:
        marks = ", ".join("?" * len(row))
        rows.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)  # noqa: S608 - our names


def _is_forward(query: Query) -> bool:
    return query.from_id is not None or query.since is not None


def _where(account: str, query: Query, number: str, time: str) -> tuple[str, tuple[object, ...]]:
    """Give the condition of a query and its values."""
    given: list[tuple[str, object]] = [("account = ?", account), ("symbol = ?", query.symbol)]
    if query.from_id is not None:
        given.append((f"{number} >= ?", query.from_id))
    for sign, moment in ((">=", query.since), ("<=", query.until)):
        if moment is not None:
            given.append((f"{time} {sign} ?", micros_of(moment)))
    return " AND ".join(text for text, _value in given), tuple(value for _text, value in given)
