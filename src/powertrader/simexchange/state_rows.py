"""Orders, lists and trades as rows of the local exchange's memory."""

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.models.order import OrderType, Side
from powertrader.simexchange.orders import Order, OrderList, Status, TimeInForce, Trade

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
  order_id INTEGER PRIMARY KEY, open INTEGER, account TEXT, symbol TEXT, client_order_id TEXT, side TEXT,
  order_type TEXT, time_in_force TEXT, status TEXT, quantity TEXT, quote_quantity TEXT, price TEXT,
  stop_price TEXT, executed TEXT, quote_executed TEXT, created_us INTEGER, updated_us INTEGER,
  list_id INTEGER, working INTEGER, hold_asset TEXT, hold TEXT, due_us INTEGER);
CREATE INDEX IF NOT EXISTS orders_of ON orders (account, symbol, order_id);
CREATE INDEX IF NOT EXISTS orders_named ON orders (account, client_order_id);
CREATE INDEX IF NOT EXISTS orders_open ON orders (order_id) WHERE open = 1;
CREATE TABLE IF NOT EXISTS trades (
  trade_id INTEGER PRIMARY KEY, account TEXT, symbol TEXT, order_id INTEGER, list_id INTEGER, side TEXT,
  price TEXT, quantity TEXT, quote_quantity TEXT, fee TEXT, fee_asset TEXT, at_us INTEGER,
  is_maker INTEGER);
CREATE INDEX IF NOT EXISTS trades_of ON trades (account, symbol, trade_id);
CREATE INDEX IF NOT EXISTS trades_of_order ON trades (order_id);
CREATE TABLE IF NOT EXISTS lists (
  list_id INTEGER PRIMARY KEY, account TEXT, symbol TEXT, client_list_id TEXT, order_ids TEXT,
  updated_us INTEGER, done INTEGER);
CREATE INDEX IF NOT EXISTS lists_named ON lists (account, client_list_id);
CREATE TABLE IF NOT EXISTS balances (
  account TEXT, asset TEXT, free TEXT, locked TEXT, UNIQUE (account, asset));
CREATE TABLE IF NOT EXISTS totals (asset TEXT PRIMARY KEY, paid_in TEXT, fees TEXT, market TEXT);
CREATE TABLE IF NOT EXISTS fee_assets (account TEXT PRIMARY KEY, fee_asset TEXT);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
"""
ORDER_COLUMNS: Final = (
    "order_id, account, symbol, client_order_id, side, order_type, time_in_force, status, quantity, "
    "quote_quantity, price, stop_price, executed, quote_executed, created_us, updated_us, list_id, working, "
    "hold_asset, hold, due_us"
)
TRADE_COLUMNS: Final = (
    "trade_id, account, symbol, order_id, list_id, side, price, quantity, quote_quantity, fee, fee_asset, "
    "at_us, is_maker"
)
LIST_COLUMNS: Final = "list_id, account, symbol, client_list_id, order_ids, updated_us, done"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def order_row(order: Order) -> tuple[object, ...]:
    """Give an order as a row of its table."""
    return (
        order.order_id,
        int(order.status.is_open),
        order.account,
        order.symbol,
        order.client_order_id,
        order.side.value,
        order.order_type.value,
        order.time_in_force.value,
        order.status.value,
        text_of(order.quantity),
        text_of(order.quote_quantity),
        text_of(order.price),
        text_of(order.stop_price),
        text_of(order.executed),
        text_of(order.quote_executed),
        micros_of(order.created),
        micros_of(order.updated),
        order.list_id,
        int(order.working),
        order.hold_asset,
        text_of(order.hold),
        None if order.due is None else micros_of(order.due),
    )


def order_of(row: sqlite3.Row | tuple[str, ...]) -> Order:
    """Give the order of a row with ORDER_COLUMNS."""
    created, updated, list_id, working, hold_asset, hold, due = row[14:]
    amounts = [amount_of(text) for text in row[8:14]]
    return Order(
        order_id=int(row[0]),
        account=row[1],
        symbol=row[2],
        client_order_id=row[3],
        side=Side(row[4]),
        order_type=OrderType(row[5]),
        time_in_force=TimeInForce(row[6]),
        status=Status(row[7]),
        quantity=amounts[0],
        quote_quantity=amounts[1],
        price=amounts[2],
        stop_price=amounts[3],
        executed=amounts[4],
        quote_executed=amounts[5],
        created=moment_of(int(created)),
        updated=moment_of(int(updated)),
        list_id=int(list_id),
        working=bool(working),
        hold_asset=hold_asset,
        hold=amount_of(hold),
        due=None if due is None else moment_of(int(due)),
    )


def trade_row(trade: Trade) -> tuple[object, ...]:
    """Give a trade as a row of its table."""
    return (
        trade.trade_id,
        trade.account,
        trade.symbol,
        trade.order_id,
        trade.list_id,
        trade.side.value,
        text_of(trade.price),
        text_of(trade.quantity),
        text_of(trade.quote_quantity),
        text_of(trade.fee),
        trade.fee_asset,
        micros_of(trade.at),
        int(trade.is_maker),
    )


def trade_of(row: sqlite3.Row | tuple[str, ...]) -> Trade:
    """Give the trade of a row with TRADE_COLUMNS."""
    price, quantity, quote_quantity, fee = (amount_of(text) for text in row[6:10])
    return Trade(
        account=row[1],
        symbol=row[2],
        trade_id=int(row[0]),
        order_id=int(row[3]),
        list_id=int(row[4]),
        side=Side(row[5]),
        price=price,
        quantity=quantity,
        quote_quantity=quote_quantity,
        fee=fee,
        fee_asset=row[10],
        at=moment_of(int(row[11])),
        is_maker=bool(row[12]),
    )


def list_row(order_list: OrderList) -> tuple[object, ...]:
    """Give an order list as a row of its table."""
    return (
        order_list.list_id,
        order_list.account,
        order_list.symbol,
        order_list.client_list_id,
        " ".join(map(str, order_list.order_ids)),
        micros_of(order_list.updated),
        int(order_list.done),
    )


def list_of(row: sqlite3.Row | tuple[str, ...]) -> OrderList:
    """Give the order list of a row with LIST_COLUMNS."""
    return OrderList(
        account=row[1],
        symbol=row[2],
        list_id=int(row[0]),
        client_list_id=row[3],
        order_ids=tuple(int(number) for number in row[4].split()),
        updated=moment_of(int(row[5])),
        done=bool(row[6]),
    )


def text_of(amount: Decimal) -> str:
    """Give the text an amount is kept as, which gives back the same amount."""
    return str(amount)


def amount_of(text: str) -> Decimal:
    """Give the amount of a text."""
    return Decimal(text)


def micros_of(moment: datetime) -> int:
    """Give an aware time in microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(time_us: int) -> datetime:
    """Give the aware time so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=time_us)
