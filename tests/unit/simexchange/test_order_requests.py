"""Which parameters an order type needs, and which it does not take."""

from decimal import Decimal

import pytest

from powertrader.models.order import OrderType
from powertrader.simexchange.order_requests import pair_of, request_of
from powertrader.simexchange.replies import ApiError

MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
LIMIT = {**MARKET, "type": "LIMIT", "price": "90", "timeInForce": "GTC"}
STOP_LIMIT = {**LIMIT, "type": "STOP_LOSS_LIMIT", "stopPrice": "91"}


@pytest.mark.parametrize(
    "values, dropped",
    [
        (MARKET, "quantity"),
        (MARKET, "side"),
        (MARKET, "type"),
        (LIMIT, "price"),
        (LIMIT, "timeInForce"),
        (LIMIT, "quantity"),
        (STOP_LIMIT, "stopPrice"),
        (STOP_LIMIT, "price"),
    ],
)
def test_a_parameter_that_is_missing_is_named(values: dict[str, str], dropped: str) -> None:
    sent = {name: value for name, value in values.items() if name != dropped}

    with pytest.raises(ApiError, match=f"^Mandatory parameter '{dropped}' was not sent") as refused:
        request_of(sent)

    assert refused.value.code == -1102


@pytest.mark.parametrize(
    "values, extra",
    [
        (MARKET, {"price": "90"}),
        (MARKET, {"timeInForce": "GTC"}),
        (LIMIT, {"stopPrice": "90"}),
        (LIMIT, {"quoteOrderQty": "90"}),
        ({**LIMIT, "type": "LIMIT_MAKER"}, {}),
    ],
)
def test_a_parameter_that_the_type_does_not_take_is_named(
    values: dict[str, str], extra: dict[str, str]
) -> None:
    with pytest.raises(ApiError, match=r"sent when not required\.$") as refused:
        request_of({**values, **extra})

    assert refused.value.code == -1106


def test_a_market_order_takes_a_quantity_or_an_amount_not_both() -> None:
    with pytest.raises(ApiError, match="'quantity' sent when not required"):
        request_of({**MARKET, "quoteOrderQty": "10"})


@pytest.mark.parametrize(
    "changed, code, message",
    [
        ({"type": "HOPE"}, -1116, "Invalid orderType."),
        ({"side": "HOLD"}, -1117, "Invalid side."),
        ({"timeInForce": "LONG"}, -1115, "Invalid timeInForce."),
        ({"quantity": "0"}, -1013, "Invalid quantity."),
        ({"price": "0.0"}, -1013, "Invalid price."),
    ],
)
def test_a_value_that_does_not_exist_has_its_own_code(
    changed: dict[str, str], code: int, message: str
) -> None:
    with pytest.raises(ApiError) as refused:
        request_of({**LIMIT, **changed})

    assert (refused.value.code, refused.value.message) == (code, message)


def test_a_pair_is_two_orders_with_the_names_of_the_new_form() -> None:
    pair = pair_of(
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "quantity": "1",
            "aboveType": "STOP_LOSS",
            "aboveStopPrice": "110",
            "aboveClientOrderId": "up",
            "belowType": "TAKE_PROFIT_LIMIT",
            "belowStopPrice": "90",
            "belowPrice": "91",
            "belowTimeInForce": "GTC",
            "listClientOrderId": "both",
        }
    )

    assert (pair.above.order_type, pair.above.stop_price, pair.above.client_order_id) == (
        OrderType.STOP_LOSS,
        Decimal(110),
        "up",
    )
    assert (pair.below.order_type, pair.below.price, pair.client_list_id) == (
        OrderType.TAKE_PROFIT_LIMIT,
        Decimal(91),
        "both",
    )
