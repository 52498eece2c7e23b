"""Carry out one action: intent in the ledger, order at the venue, fills in the ledger."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol, TypeAlias

from powertrader.core.exceptions import OrderUnknown, Rejected, RetryLater
from powertrader.core.verdicts import words_for
from powertrader.models.decision import Action, ActionKind, Gate
from powertrader.models.journal import OrderAccepted, OrderFilled, OrderIntended, OrderRefused
from powertrader.models.money import decimal_of, product
from powertrader.models.order import OrderIntent, OrderReport, Side
from powertrader.models.position import NOTHING
from powertrader.models.types import CoinSymbol
from powertrader.trader.desk import Desk
from powertrader.trader.sizing import Refusal, Sized
from powertrader.trader.view import StepView

ORDER_OPEN: Final = "order_open"
ORDER_UNKNOWN: Final = "order_unknown"
NOT_FILLED: Final = "not_filled"
PARTLY_DONE: Final = "partly_done"
_ID_HASH_LETTERS: Final = 16
_ID_COIN_LETTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action.

    done: it had its whole effect. executed (coin) was traded all the same. cash is the change of the
    free quote asset, fees included; a purchase that is not over has taken all it may cost. refusal
    says why it is not done, with the gate when it was ours.
    """

    action: Action
    done: bool
    executed: Decimal = NOTHING
    cash: Decimal = NOTHING
    refusal: str | None = None
    gate: Gate | None = None


FeeWorth: TypeAlias = Callable[[OrderIntent, str, Decimal, Decimal], Decimal | None]
"""Values a fee: intent, asset, fee, and what was traded in the quote asset."""


class Manners(Protocol):
    """How compat wants an order handled."""

    def size(self, action: Action, view: StepView, funds: float) -> Sized | Refusal:
        """Give what to order, or why nothing is ordered."""
        ...

    def free_quote(self) -> Decimal | None:
        """Give the free quote asset for the books, None when nobody asks or nobody answers."""
        ...

    def unanswered(self, intent: OrderIntent) -> None:
        """Deal with an order that was sent and not answered."""
        ...

    def refused(self, intent: OrderIntent, error: Rejected) -> None:
        """Deal with an order that the venue refused."""
        ...

    def coin_held(self, coin: CoinSymbol) -> Decimal | None:
        """Give what the account holds of a coin, locked amounts included, None when nobody knows."""
        ...

    def settle(self, intent: OrderIntent, report: OrderReport) -> bool:
        """Wait for the end of an accepted order, store it, and tell whether it counts as done."""
        ...


def carry_out(desk: Desk, manners: Manners, action: Action, view: StepView, funds: float) -> Outcome:
    """Size, journal, send and settle one order.

    The intent is stored before the network and what the venue says before anything else, so that a
    stop at any point leaves a ledger from which the order can be followed up.
    """
    sized = manners.size(action, view, funds)
    if isinstance(sized, Refusal):
        return Outcome(action, done=False, refusal=sized.reason, gate=sized.gate)
    before = manners.free_quote()
    intent = _intent(desk, action, sized, view.engines.rules.config_hash)
    desk.note(OrderIntended(intent, before, intent.decided_at, manners.coin_held(action.coin)))
    trades_before = len(desk.book.trades)
    refusal = _send(desk, manners, intent)
    trades = desk.book.trades[trades_before:]
    if not trades:
        text = words_for(refusal or "")
        gate = None if refusal is None else Gate("order", passed=False, value=None, limit=None, text=text)
        return Outcome(action, refusal is None, cash=_bound(desk, intent), refusal=refusal, gate=gate)
    trade = trades[0]
    refusal = PARTLY_DONE if refusal == NOT_FILLED else refusal
    fee = dict(trade.fees).get(desk.quote_asset, NOTHING)
    cash = (trade.value if trade.side is Side.SELL else -trade.value) - fee
    return Outcome(action, refusal is None, trade.quantity, cash, refusal)


def _send(desk: Desk, manners: Manners, intent: OrderIntent) -> str | None:
    """Send and settle; None when the order counts as done, else why not."""
    clock = desk.ports.clock
    try:
        report = desk.ports.client.place_order(intent)
    except OrderUnknown:
        manners.unanswered(intent)
        return ORDER_UNKNOWN
    except (Rejected, RetryLater) as error:
        desk.note(OrderRefused(intent.client_order_id, str(error), clock.now()))
        if isinstance(error, Rejected):
            manners.refused(intent, error)
        return f"refused: {error}"
    desk.note(OrderAccepted(intent.client_order_id, report.order_id, clock.now()))
    if manners.settle(intent, report):
        return None
    return ORDER_OPEN if intent.client_order_id in desk.book.open_orders else NOT_FILLED


def _bound(desk: Desk, intent: OrderIntent) -> Decimal:
    """Give what an order that is not known to be over may still take from the free quote asset."""
    if intent.side is Side.SELL or intent.client_order_id not in desk.book.open_orders:
        return NOTHING
    return -product(intent.quantity, decimal_of(intent.expected_price))


def note_fill(desk: Desk, report: OrderReport, client_order_id: str, worth: FeeWorth) -> None:
    """Store what was executed, and taken as fee, beyond what the book already has of the order."""
    at = desk.ports.clock.now()
    order = desk.book.open_orders[client_order_id]
    quantity = report.executed_quantity - order.executed
    value = report.quote_quantity - order.quote_quantity
    booked = dict(order.fees)
    fees = [(asset, amount - booked.get(asset, NOTHING)) for asset, amount in report.fees or ()]
    fees = [(asset, fee) for asset, fee in fees if fee > 0]
    traded = report.quote_quantity
    events: list[OrderFilled] = []
    if quantity > 0:
        asset, fee = fees.pop(0) if fees else (None, None)
        priced = None if asset is None or fee is None else worth(order.intent, asset, fee, traded)
        events = [OrderFilled(client_order_id, quantity, value, fee, asset, at, priced)]
    if quantity > 0 or (quantity == 0 and order.executed):
        # Without a fee that came later the book would own more coins than the account.
        events += [
            OrderFilled(
                client_order_id, NOTHING, NOTHING, fee, asset, at, worth(order.intent, asset, fee, traded)
            )
            for asset, fee in fees
        ]
    desk.note_all(events)


def _intent(desk: Desk, action: Action, sized: Sized, config_hash: str) -> OrderIntent:
    side = Side.SELL if action.kind is ActionKind.EXIT else Side.BUY
    now = desk.ports.clock.now()
    facts = (desk.book.events_applied, action.coin, side, action.reason, sized.order.text, now.isoformat())
    return OrderIntent(
        client_order_id_of(action.coin, *facts),
        action.coin,
        desk.symbol(action.coin),
        side,
        sized.order.quantity,
        sized.order.text,
        action.reason,
        sized.price,
        action.basis,
        action.gain_pct,
        config_hash,
        now,
    )


def client_order_id_of(coin: str, *facts: object) -> str:
    """Give the id an order is known by at the venue: the same facts give the same id.

    At most 31 characters of A-Z, a-z, 0-9, - and _. Source: design/EXCHANGE.md section 5.
    """
    digest = hashlib.sha256("|".join(map(str, facts)).encode()).digest()
    code = base64.b32encode(digest).decode()[:_ID_HASH_LETTERS].lower()
    return f"pt-{re.sub('[^A-Za-z0-9_]', '', coin)[:_ID_COIN_LETTERS]}-{code}"
