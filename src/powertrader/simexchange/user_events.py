"""What happened to an account, as its owner is told over a stream."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from powertrader.models.account import Balance
from powertrader.simexchange.orders import Order, OrderList, Trade


class ExecutionType(StrEnum):
    """Why an execution report is sent, by Binance's names."""

    NEW = "NEW"
    CANCELED = "CANCELED"
    TRADE = "TRADE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class ExecutionReport:
    """What happened to an order (executionReport), with the trade if it was one.

    client_order_id: of the cancellation, empty for everything else.
    """

    order: Order
    execution: ExecutionType
    at: datetime
    trade: Trade | None = None
    client_order_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountPosition:
    """The balances that changed (outboundAccountPosition)."""

    balances: tuple[Balance, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class BalanceUpdate:
    """A deposit, or a withdrawal when delta is negative (balanceUpdate)."""

    asset: str
    delta: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class ListStatus:
    """Where an order list stands (listStatus)."""

    order_list: OrderList
    orders: tuple[Order, ...]
    at: datetime


UserEvent: TypeAlias = ExecutionReport | AccountPosition | BalanceUpdate | ListStatus
Listener: TypeAlias = Callable[[str, UserEvent], None]
"""Is told the account and what happened, after the state was written."""
