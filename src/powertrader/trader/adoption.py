"""Basis and stage of a coin from its order history, for coins that our own fills do not explain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.models.book import Book
from powertrader.models.journal import (
    Adopted,
    HaltCause,
    JournalEvent,
    OrderFilled,
    OrderRefused,
    Resumed,
    TrailForgotten,
    WrittenOff,
)
from powertrader.models.money import fixed_text
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.models.position import average_price
from powertrader.models.types import CoinSymbol

GIVEN_UP: Final = "given up by adopt: the venue does not know it"


def adoption_of(coin: str, quantity: Decimal, history: Sequence[OrderReport], at: datetime) -> Adopted:
    """Give the event by which the bot takes charge of a coin that it did not buy itself."""
    return Adopted(coin, quantity, basis_of(history, float(quantity)), stage_of(history) or 0, at)


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting a coin would store, and what it means in plain words.

    events are empty when nothing can or need be done; quantity is what the bot would own then, basis
    (0.0: unknown) and stage are those of what it takes charge of, None when it takes nothing.
    """

    coin: CoinSymbol
    events: tuple[JournalEvent, ...]
    explanation: str
    quantity: Decimal
    basis: float | None = None
    stage: int | None = None


def adopt(
    book: Book, coin: CoinSymbol, held: Decimal, history: Sequence[OrderReport], now: datetime
) -> Adoption:
    """Bring the book to what the account holds of a coin: take charge of more, write off less.

    held includes locked amounts; history has the orders that the ledger has no fill of. Lifts the
    freeze of the coin. An order that may still be executed forbids it; one that the venue has
    denied often enough is given up.
    """
    owned = book.position(coin).quantity
    freeze = book.freezes.get(coin)
    orders = {key: order for key, order in book.open_orders.items() if order.intent.coin == coin}
    if orders and (freeze is None or freeze.cause is not HaltCause.NO_TRACE):
        text = f"{coin} has an order that is not over ({', '.join(orders)}): wait until it is, then adopt"
        return Adoption(coin, (), text, owned)
    ends: list[JournalEvent] = [OrderRefused(key, GIVEN_UP, now) for key in orders]
    if freeze is not None:
        ends.append(Resumed(coin, "adopted", now, freeze.cause))
    if held > owned:
        return _more(book, coin, held - owned, history, (ends, now))
    if held < owned:
        missing = owned - held
        text = (
            f"{fixed_text(missing)} {coin} are no longer in the account: they are written off, "
            f"{fixed_text(held)} {coin} stay in the bot's charge, at the same average price"
        )
        gone = WrittenOff(coin, missing, "no longer in the account, written off by hand", now)
        return Adoption(coin, (gone, *ends), text, held)
    text = f"account and ledger agree on {fixed_text(held)} {coin}"
    return Adoption(coin, tuple(ends), text + ("; it goes on" if ends else ": nothing to adopt"), owned)


def not_ours(history: Sequence[OrderReport], events: Iterable[JournalEvent]) -> tuple[OrderReport, ...]:
    """Give the orders of a history that a ledger has booked nothing of."""
    ours = {event.client_order_id for event in events if isinstance(event, OrderFilled)}
    return tuple([order for order in history if order.client_order_id not in ours])


def _more(
    book: Book,
    coin: CoinSymbol,
    excess: Decimal,
    history: Sequence[OrderReport],
    rest: tuple[list[JournalEvent], datetime],
) -> Adoption:
    ends, now = rest
    position = book.position(coin)
    basis = basis_of(history, float(excess))
    stage = None if position.quantity else stage_of(history) or 0
    taken: list[JournalEvent] = [Adopted(coin, excess, basis, stage, now)]
    if position.trail is not None:
        # It was drawn above another basis.
        taken.append(TrailForgotten(coin, now))
    quantity = position.quantity + excess
    text = _adopted_text(coin, excess, (position.quantity, quantity), basis, stage)
    return Adoption(coin, (*taken, *ends), text, quantity, basis, stage)


def _adopted_text(
    coin: CoinSymbol, excess: Decimal, owned: tuple[Decimal, Decimal], basis: float, stage: int | None
) -> str:
    before, after = (fixed_text(quantity) for quantity in owned)
    parts = [f"the bot takes charge of {fixed_text(excess)} {coin} (it owns {before}, then {after})"]
    if basis > 0:
        parts.append(
            f"average price paid {basis:g}, from the newest filled buys of the order history; what they do "
            "not cover counts as free, so the true price may be higher"
        )
        parts.append("it will be averaged down and sold below its trailing line like any other position")
    else:
        parts.append(
            "the order history has no buy of it: without a price paid it is neither sold nor averaged down"
        )
    if stage is not None:
        parts.append(f"DCA stage {stage}")
    return "; ".join(parts)


def basis_of(history: Sequence[OrderReport], held: float) -> float:
    """Give the average price of the newest filled buys that cover the held quantity.

    Sales are not subtracted, fees are ignored, and what the history does not cover counts as free:
    the result is too low then, 0.0 without any buy (Q62 to Q65). Equal times keep their order.
    Source: golden/BEHAVIOUR.md 3.3.
    """
    bought = [order for order in history if order.state is OrderState.FILLED and order.side is Side.BUY]
    newest_first = sorted(bought, key=_time, reverse=True)
    priced = [(float(order.executed_quantity), order.average_price) for order in newest_first]
    return average_price([pair for pair in priced if min(pair) > 0], held)


def stage_of(history: Sequence[OrderReport]) -> int | None:
    """Give the number of buys after the opening buy of the open trade, None without filled orders.

    Times are compared as text; buys at the very time of the first one count with it (Q67).
    Source: golden/BEHAVIOUR.md 3.3.
    """
    filled = [order for order in history if order.state is OrderState.FILLED]
    if not filled:
        return None
    sold = [order.time_text for order in filled if order.side is Side.SELL]
    bought = [order.time_text for order in filled if order.side is Side.BUY]
    if sold:
        bought = [moment for moment in bought if moment > max(sold)]
    return sum(1 for moment in bought if moment > min(bought))


def _time(order: OrderReport) -> str:
    return order.time_text
