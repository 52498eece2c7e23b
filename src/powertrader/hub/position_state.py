"""How a coin stands, in a word for a table and in a sentence."""

from enum import StrEnum
from typing import Final

from powertrader.core.verdicts import words_for
from powertrader.hub.positions_view import halt_of_all, is_held, orders_of
from powertrader.hub.text import text
from powertrader.hub.time_text import clock_text
from powertrader.hub.view import HubView
from powertrader.models.money import fixed_text
from powertrader.models.order import Side
from powertrader.models.snapshot import CoinView
from powertrader.models.status import OrderStatus
from powertrader.models.trade import is_dca


class PositionState(StrEnum):
    """How a coin stands; the first that is true counts."""

    FROZEN = "frozen"
    """Nothing is done with it."""
    ORDER_OPEN = "order_open"
    """The end of an order is not known."""
    PAUSED = "paused"
    """It is not bought; a sale goes on."""
    TRAILING = "trailing"
    HELD = "held"
    NOT_HELD = "not_held"


NEED_A_LOOK: Final = frozenset({PositionState.FROZEN, PositionState.ORDER_OPEN, PositionState.PAUSED})


def position_state_of(coin: CoinView, *, has_orders: bool) -> PositionState:
    """Give how a coin stands; has_orders: the end of an order of it is not known."""
    states = (
        (bool(coin.frozen), PositionState.FROZEN),
        (has_orders, PositionState.ORDER_OPEN),
        (bool(coin.halted), PositionState.PAUSED),
        (is_held(coin) and coin.position is not None and coin.position.trail_active, PositionState.TRAILING),
        (is_held(coin), PositionState.HELD),
    )
    return next((standing for is_so, standing in states if is_so), PositionState.NOT_HELD)


def sentences(coin: CoinView, view: HubView) -> tuple[str, ...]:
    """Give everything that is worth saying of how a coin stands, the most urgent first."""
    orders = orders_of(view, coin.coin)
    standing = position_state_of(coin, has_orders=bool(orders))
    found = [text("positions.says_frozen", reason=words_for(coin.frozen))] if coin.frozen else []
    found += [order_text(order) for order in orders]
    if coin.halted:
        found.append(text("positions.says_paused", reason=words_for(coin.halted)))
    elif halt_of_all(view):
        found.append(text("positions.says_all_paused", reason=words_for(halt_of_all(view))))
    if standing in {PositionState.TRAILING, PositionState.HELD, PositionState.NOT_HELD}:
        found.append(text(f"positions.says_{standing.value}"))
    if coin.verdict and not coin.frozen:
        found.append(text("positions.says_decided", verdict=words_for(coin.verdict)))
    return tuple(found)


def order_text(order: OrderStatus) -> str:
    """Give an order whose end is not known as a sentence."""
    return text(
        "positions.says_order" if order.order_id else "positions.says_order_unanswered",
        what=text(f"positions.{_kind(order)}"),
        quantity=fixed_text(order.quantity),
        coin=order.coin,
        executed=fixed_text(order.executed),
        time=clock_text(order.decided_at),
    )


def _kind(order: OrderStatus) -> str:
    if order.side == Side.SELL:
        return "a_sale"
    return "a_dca_buy" if is_dca(order.reason) else "an_opening_buy"
