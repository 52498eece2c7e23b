"""Basis and stage of a coin from its order history, for coins that our own fills do not explain."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from powertrader.models.journal import Adopted
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.models.position import average_price


def adoption_of(coin: str, quantity: Decimal, history: Sequence[OrderReport], at: datetime) -> Adopted:
    """Give the event by which the bot takes charge of a coin that it did not buy itself."""
    return Adopted(coin, quantity, basis_of(history, float(quantity)), stage_of(history) or 0, at)


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
