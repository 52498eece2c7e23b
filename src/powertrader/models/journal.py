"""What the ledger stores: one event per fact, in past tense, each with its time.

The book is the fold of these events (models.book). Fields are text, numbers, Decimal, aware times,
enumerations, tuples and other frozen dataclasses only, so that one codec can write them all.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from powertrader.models.order import OrderIntent, OrderState
from powertrader.models.position import Trail
from powertrader.models.types import CoinSymbol

TrailRules: TypeAlias = tuple[float, float, float]
"""Trailing gap, start without and start with DCA buys, in percent: what a trail was drawn by."""


class HaltCause(StrEnum):
    """Why something was stopped, and so what: a pause stops purchases, every other cause exits too.

    ACCESS: the venue lets the account do nothing. NO_TRACE: an order that the venue does not know may
    have been executed all the same. SHORTFALL: the account holds less of a coin than the book.
    """

    PAUSE = "pause"
    ACCESS = "access"
    NO_TRACE = "no_trace"
    SHORTFALL = "shortfall"


@dataclass(frozen=True, slots=True)
class OrderIntended:
    """An order was decided; stored before anything is sent.

    quote_free_before is the free quote asset asked for just before, None when nobody asked or the
    account did not answer. coin_before is what the account held of the coin in the step, locked
    amounts included: an order that leaves no trace but moved this was executed all the same.
    """

    intent: OrderIntent
    quote_free_before: Decimal | None
    at: datetime
    coin_before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """The venue took the order and gave it its own id."""

    client_order_id: str
    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderRefused:
    """The order was not placed, or the venue has never seen it: it is over."""

    client_order_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """Part or all of an order was executed.

    quantity is in the coin and quote_quantity in the quote asset, both before fees; fee is in
    fee_asset, None when the venue did not say. quote_quantity 0 means the venue gave no price,
    quantity 0 that it named only the fee of what was stored before. fee_value is what a fee in a
    third asset was worth in the quote asset, None when the fee is in the coin or the quote asset.
    """

    client_order_id: str
    quantity: Decimal
    quote_quantity: Decimal
    fee: Decimal | None
    fee_asset: str | None
    at: datetime
    fee_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderClosed:
    """Nothing more will happen to the order; its fills were stored before.

    quote_free_after is the free quote asset asked for afterwards, None when nobody asked or the
    account did not answer.
    """

    client_order_id: str
    state: OrderState
    quote_free_after: Decimal | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SaleAssumed:
    """The original took a sale for done that was canceled or expired (Q58)."""

    coin: CoinSymbol
    at: datetime


@dataclass(frozen=True, slots=True)
class TrailMoved:
    """The trailing exit of a coin was set up or moved.

    rules are those it was drawn by, None when they are those of before.
    """

    coin: CoinSymbol
    trail: Trail
    at: datetime
    rules: TrailRules | None = None


@dataclass(frozen=True, slots=True)
class TrailForgotten:
    """The trailing exit of one coin, or of all (None), was dropped."""

    coin: CoinSymbol | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WindowRebuilt:
    """The DCA times that may still count, and the last sale, were set anew."""

    coin: CoinSymbol
    dca_times: tuple[datetime, ...]
    last_sale_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Adopted:
    """A coin's basis and stage were taken from its order history, not from our own fills.

    basis is in the quote asset, None when the coin has none any more; stage None leaves the stage
    as it is. quantity is what the bot takes charge of, None when it only learns the basis.
    """

    coin: CoinSymbol
    quantity: Decimal | None
    basis: float | None
    stage: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Halted:
    """One coin, or all (None), were stopped until they are resumed; cause says how much was stopped.

    until is the time of the wall clock at which the halt ends by itself, None when it does not.
    """

    coin: CoinSymbol | None
    reason: str
    at: datetime
    cause: HaltCause = HaltCause.PAUSE
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The halts of one coin, or those of all (None), were lifted; cause None means every kind of them."""

    coin: CoinSymbol | None
    reason: str
    at: datetime
    cause: HaltCause | None = None


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """So much of a position is no longer in the account, and no order of ours took it."""

    coin: CoinSymbol
    quantity: Decimal
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuoteBooked:
    """Money came or went without an order of ours: above 0 a deposit, below 0 a withdrawal."""

    asset: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class OriginalLedgerImported:
    """The text of an original pnl_ledger.json was taken over as it was found."""

    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OriginalTradesImported:
    """The text of an original trade_history.jsonl was taken over as it was found."""

    lines: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PendingSettled:
    """An order that an original ledger held as pending was settled at the start (Q78).

    quantity and quote_quantity are what was executed, 0 when it was dropped without a record.
    """

    order_id: str
    state: OrderState
    quantity: Decimal
    quote_quantity: Decimal
    quote_free_after: Decimal | None
    at: datetime


JournalEvent: TypeAlias = (
    OrderIntended
    | OrderAccepted
    | OrderRefused
    | OrderFilled
    | OrderClosed
    | SaleAssumed
    | TrailMoved
    | TrailForgotten
    | WindowRebuilt
    | Adopted
    | Halted
    | Resumed
    | QuoteBooked
    | OriginalLedgerImported
    | OriginalTradesImported
    | PendingSettled
    | WrittenOff
)

EVENTS: Final[tuple[type[JournalEvent], ...]] = (
    OrderIntended,
    OrderAccepted,
    OrderRefused,
    OrderFilled,
    OrderClosed,
    SaleAssumed,
    TrailMoved,
    TrailForgotten,
    WindowRebuilt,
    Adopted,
    Halted,
    Resumed,
    QuoteBooked,
    OriginalLedgerImported,
    OriginalTradesImported,
    PendingSettled,
    WrittenOff,
)
