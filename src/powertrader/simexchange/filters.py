"""Whether an order keeps the rules of its pair; refusals name the filter as Binance does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn

from powertrader.models.instrument import FINEST_STEP
from powertrader.models.money import ZERO, floor_to_step, product
from powertrader.models.order import OrderType, Side
from powertrader.simexchange.orders import Order, OrderRequest
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.symbol_rules import SymbolRules

_FILTER: Final = -1013
_TYPE_WORDS: Final[Mapping[OrderType, str]] = {
    OrderType.MARKET: "Market",
    OrderType.LIMIT: "Limit",
    OrderType.LIMIT_MAKER: "Limit maker",
    OrderType.STOP_LOSS: "Stop loss",
    OrderType.STOP_LOSS_LIMIT: "Stop loss limit",
    OrderType.TAKE_PROFIT: "Take profit",
    OrderType.TAKE_PROFIT_LIMIT: "Take profit limit",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order is measured against: the average price, the account's open orders and its coins.

    open_orders are those of the same pair. held: free, locked and about to be bought.
    """

    price: Decimal
    open_orders: Sequence[Order]
    held: Decimal


def refuse_filters(request: OrderRequest, rules: SymbolRules, standing: Standing) -> None:
    """Raise ApiError naming the first filter that an order does not keep."""
    _refuse_type(request, rules)
    _refuse_precision(request)
    for name, broken in _FILTERS:
        if broken(request, rules, standing):
            raise ApiError(_FILTER, f"Filter failure: {name(rules) if callable(name) else name}")


def refuse_closed() -> NoReturn:
    """Raise what a halted pair answers."""
    raise ApiError(_FILTER, "Market is closed.")


def _refuse_type(request: OrderRequest, rules: SymbolRules) -> None:
    if request.order_type not in rules.order_types:
        word = _TYPE_WORDS[request.order_type]
        raise ApiError(_FILTER, f"{word} orders are not supported for this symbol.")
    if request.quote_quantity is not None and not rules.quote_quantity_allowed:
        raise ApiError(_FILTER, "Quote order qty market orders are not supported for this symbol.")


def _refuse_precision(request: OrderRequest) -> None:
    for name, amount in (
        ("quantity", request.quantity),
        ("quoteOrderQty", request.quote_quantity),
        ("price", request.price),
        ("stopPrice", request.stop_price),
    ):
        if amount is not None and floor_to_step(amount, FINEST_STEP) != amount:
            raise ApiError(-1111, f"Parameter '{name}' has too much precision.")


def _prices(request: OrderRequest) -> Iterator[Decimal]:
    return (price for price in (request.price, request.stop_price) if price is not None)


def _price_broken(request: OrderRequest, rules: SymbolRules, _standing: Standing) -> bool:
    return any(not rules.price.allows(price) for price in _prices(request))


def _percent_broken(request: OrderRequest, rules: SymbolRules, standing: Standing) -> bool:
    rule = rules.percent
    if request.side is Side.BUY or not rule.by_side:
        up, down = rule.bid_up, rule.bid_down
    else:
        up, down = rule.ask_up, rule.ask_down
    lowest, highest = standing.price * down, standing.price * up
    return any(not lowest <= price <= highest for price in _prices(request))


def _lot_broken(request: OrderRequest, rules: SymbolRules, _standing: Standing) -> bool:
    return request.quantity is not None and not rules.lot.allows(request.quantity)


def _market_lot_broken(request: OrderRequest, rules: SymbolRules, _standing: Standing) -> bool:
    if request.order_type is not OrderType.MARKET or request.quantity is None:
        return False
    return not rules.market.allows(request.quantity)


def _notional_broken(request: OrderRequest, rules: SymbolRules, standing: Standing) -> bool:
    rule = rules.notional
    market = request.order_type is OrderType.MARKET
    value = request.quote_quantity
    if value is None:
        value = product(request.quantity or ZERO, request.price or request.stop_price or standing.price)
    if value < rule.smallest and (rule.smallest_at_market or not market):
        return True
    capped = rule.largest and not rule.old and (rule.largest_at_market or not market)
    return bool(capped and value > rule.largest)


def _position_broken(request: OrderRequest, rules: SymbolRules, standing: Standing) -> bool:
    if rules.max_position is None or request.side is not Side.BUY:
        return False
    bought = request.quantity
    if bought is None:
        bought = (request.quote_quantity or ZERO) / standing.price
    return standing.held + bought > rules.max_position


def _orders_broken(request: OrderRequest, rules: SymbolRules, standing: Standing) -> bool:
    return request.order_type is not OrderType.MARKET and len(standing.open_orders) >= rules.max_orders


def _triggers_broken(request: OrderRequest, rules: SymbolRules, standing: Standing) -> bool:
    if not request.order_type.has_trigger:
        return False
    return sum(order.order_type.has_trigger for order in standing.open_orders) >= rules.max_trigger_orders


def _percent_name(rules: SymbolRules) -> str:
    return "PERCENT_PRICE_BY_SIDE" if rules.percent.by_side else "PERCENT_PRICE"


def _notional_name(rules: SymbolRules) -> str:
    return "MIN_NOTIONAL" if rules.notional.old else "NOTIONAL"


_Broken = Callable[[OrderRequest, SymbolRules, Standing], bool]
_Name = str | Callable[[SymbolRules], str]
_FILTERS: Final[Sequence[tuple[_Name, _Broken]]] = (
    ("PRICE_FILTER", _price_broken),
    (_percent_name, _percent_broken),
    ("LOT_SIZE", _lot_broken),
    (_notional_name, _notional_broken),
    ("MARKET_LOT_SIZE", _market_lot_broken),
    ("MAX_POSITION", _position_broken),
    ("MAX_NUM_ORDERS", _orders_broken),
    ("MAX_NUM_ALGO_ORDERS", _triggers_broken),
)
