"""Orders as they are asked for: which parameters an order type needs and which it does not take."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from powertrader.models.order import OrderType, Side
from powertrader.simexchange.orders import OrderRequest, PairRequest, TimeInForce
from powertrader.simexchange.replies import ApiError

_Name = TypeVar("_Name", bound=StrEnum)
_NEEDED: Final[Mapping[OrderType, Sequence[str]]] = {
    OrderType.MARKET: (),
    OrderType.LIMIT: ("timeInForce", "quantity", "price"),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
    OrderType.STOP_LOSS: ("quantity", "stopPrice"),
    OrderType.STOP_LOSS_LIMIT: ("timeInForce", "quantity", "price", "stopPrice"),
    OrderType.TAKE_PROFIT: ("quantity", "stopPrice"),
    OrderType.TAKE_PROFIT_LIMIT: ("timeInForce", "quantity", "price", "stopPrice"),
}
_CHECKED: Final[Sequence[str]] = ("timeInForce", "quantity", "price", "stopPrice", "quoteOrderQty")
_AMOUNTS: Final[Sequence[str]] = ("quantity", "quoteOrderQty", "price", "stopPrice")
_LEG: Final[Mapping[str, str]] = {
    "type": "{leg}Type",
    "price": "{leg}Price",
    "stopPrice": "{leg}StopPrice",
    "timeInForce": "{leg}TimeInForce",
    "newClientOrderId": "{leg}ClientOrderId",
}
_LIMITS: Final = frozenset({OrderType.LIMIT_MAKER, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT})


def request_of(values: Mapping[str, str]) -> OrderRequest:
    """Give the order that Binance's parameters of POST /order ask for.

    Raises ApiError with Binance's codes for a name that does not exist, a parameter that is missing, and
    one that the order type does not take.
    """
    order_type = _named(values, "type", OrderType, (-1116, "Invalid orderType."))
    side = _named(values, "side", Side, (-1117, "Invalid side."))
    time_in_force = None
    if "timeInForce" in values:
        time_in_force = _named(values, "timeInForce", TimeInForce, (-1115, "Invalid timeInForce."))
    _refuse_parameters(values, order_type)
    amounts = {name: _amount(values, name) for name in _AMOUNTS}
    return OrderRequest(
        symbol=values["symbol"],
        side=side,
        order_type=order_type,
        quantity=amounts["quantity"],
        quote_quantity=amounts["quoteOrderQty"],
        price=amounts["price"],
        stop_price=amounts["stopPrice"],
        time_in_force=time_in_force,
        client_order_id=values.get("newClientOrderId", ""),
    )


def pair_of(values: Mapping[str, str]) -> PairRequest:
    """Give the pair that Binance's parameters of POST /orderList/oco ask for. Raises as request_of does."""
    above, below = request_of(_leg(values, "above")), request_of(_leg(values, "below"))
    upper, lower = (above, below) if above.side is Side.SELL else (below, above)
    if upper.order_type not in _LIMITS or not lower.order_type.is_stop:
        raise ApiError(-1013, "Unsupported order combination")
    return PairRequest(above, below, values.get("listClientOrderId", ""))


def _leg(values: Mapping[str, str], leg: str) -> Mapping[str, str]:
    """Give the parameters of one order of a pair as if it stood alone."""
    names = {name: pattern.format(leg=leg) for name, pattern in _LEG.items()}
    own = {name: values[source] for name, source in names.items() if source in values}
    shared = {name: values[name] for name in ("symbol", "side", "quantity") if name in values}
    return {**shared, **own}


def _refuse_parameters(values: Mapping[str, str], order_type: OrderType) -> None:
    needed: tuple[str, ...] = tuple(_NEEDED[order_type])
    if order_type is OrderType.MARKET:
        needed = ("quoteOrderQty",) if "quoteOrderQty" in values else ("quantity",)
    for name in needed:
        if name not in values:
            raise ApiError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    for name in _CHECKED:
        if name in values and name not in needed:
            raise ApiError(-1106, f"Parameter '{name}' sent when not required.")


def _named(values: Mapping[str, str], name: str, names: type[_Name], otherwise: tuple[int, str]) -> _Name:
    text = values.get(name)
    if not text:
        raise ApiError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    try:
        return names(text)
    except ValueError:
        raise ApiError(*otherwise) from None


def _amount(values: Mapping[str, str], name: str) -> Decimal | None:
    text = values.get(name)
    if text is None:
        return None
    amount = Decimal(text)
    if amount <= 0:
        raise ApiError(-1013, f"Invalid {name}.")
    return amount
