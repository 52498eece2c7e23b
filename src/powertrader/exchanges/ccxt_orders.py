"""Finding orders and trades at a venue of ccxt; each function asks one or more questions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from powertrader.core.exceptions import OrderUnknown
from powertrader.exchanges.ccxt_library import CcxtExchange, library
from powertrader.exchanges.ccxt_wire import client_id_of

_SLEEPING: Final[Mapping[str, object]] = {"trigger": True}
"""Some venues keep orders that wait for a price in a list of their own."""


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order in ccxt's words, and what has to be said with its number to mean it."""

    order: Mapping[str, object]
    params: Mapping[str, object]

    @property
    def order_id(self) -> str:
        """The venue's number of the order."""
        return str(self.order.get("id") or "")


def find_order(exchange: CcxtExchange, symbol: str, client_order_id: str) -> FoundOrder | None:
    """Give the order of a client id, None when the venue has never seen it.

    That a venue does not find it by its id is not enough, for not every venue looks by this id: the lists
    of orders decide. Raises OrderUnknown when the venue gives no lists.
    """
    direct = _by_client_id(exchange, symbol, client_order_id)
    if direct is not None:
        return direct
    listed = (found for found in orders_of(exchange, symbol) if client_id_of(found.order) == client_order_id)
    return next(listed, None)


def orders_of(exchange: CcxtExchange, symbol: str) -> Iterator[FoundOrder]:
    """Go through the orders of a pair, in no order. Raises OrderUnknown when the venue gives no lists."""
    known: set[str] = set()
    for fetch, params in _lists(exchange):
        for order in _mappings(fetch(symbol, None, None, dict(params))):
            found = FoundOrder(order, params)
            if found.order_id not in known:
                known.add(found.order_id)
                yield found


def open_orders_of(exchange: CcxtExchange, symbol: str) -> Iterator[FoundOrder]:
    """Go through the orders of a pair that are not over."""
    for params in _variants(exchange, "fetchOpenOrders"):
        for order in _mappings(exchange.fetch_open_orders(symbol, None, None, dict(params))):
            yield FoundOrder(order, params)


def trades_of(exchange: CcxtExchange, symbol: str, order_id: str) -> list[object]:
    """Give the trades of an order as far as the venue tells them."""
    if exchange.has.get("fetchOrderTrades"):
        return list(_mappings(exchange.fetch_order_trades(order_id, symbol)))
    if exchange.has.get("fetchMyTrades"):
        trades = _mappings(exchange.fetch_my_trades(symbol))
        return [trade for trade in trades if str(trade.get("order")) == order_id]
    return []


def _by_client_id(exchange: CcxtExchange, symbol: str, client_order_id: str) -> FoundOrder | None:
    ccxt = library()
    for params in _variants(exchange, "fetchOrder"):
        try:
            found = exchange.fetch_order(None, symbol, {"clientOrderId": client_order_id, **params})
        except (ccxt.OperationFailed, ccxt.AuthenticationError):
            raise
        except (ccxt.BaseError, TypeError):
            continue
        if isinstance(found, Mapping) and client_id_of(found) == client_order_id:
            return FoundOrder(found, params)
    return None


def _lists(
    exchange: CcxtExchange,
) -> Iterator[tuple[Callable[[str, object, object, dict[str, object]], object], Mapping[str, object]]]:
    if exchange.has.get("fetchOrders") is True:
        yield exchange.fetch_orders, {}
        return
    if not (exchange.has.get("fetchOpenOrders") and exchange.has.get("fetchClosedOrders")):
        msg = f"{exchange.id} gives no list of orders, so that nobody can tell whether one was placed"
        raise OrderUnknown(msg)
    for params in _variants(exchange, "fetchOpenOrders"):
        yield exchange.fetch_open_orders, params
    for params in _variants(exchange, "fetchClosedOrders"):
        yield exchange.fetch_closed_orders, params


def _variants(exchange: CcxtExchange, method: str) -> Iterator[Mapping[str, object]]:
    yield {}
    if exchange.feature_value_by_type("spot", None, method, "trigger"):
        yield _SLEEPING


def _mappings(entries: object) -> Iterator[Mapping[str, object]]:
    return (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, Mapping))
