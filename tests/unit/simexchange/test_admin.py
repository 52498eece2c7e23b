"""What an administrator does to accounts and pairs, as its owner then sees it over HTTP."""

import contextlib
import hashlib
import hmac
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from powertrader.simexchange.keys import FIRST_ACCOUNT
from tests.unit.simexchange.cases import exchange_case
from tests.unit.simexchange.served import Running, running

ORDER = "/api/v3/order"
BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


@pytest.fixture
def served() -> Iterator[Running]:
    with running(exchange_case(speed=1.0)) as found:
        yield found


def send(served: Running, method: str, path: str, given: dict[str, Any]) -> Any:
    """Send a signed request, with the parameters in the body unless it is a GET."""
    key = served.case.exchange.keys.first(FIRST_ACCOUNT)
    payload = urlencode({**given, "timestamp": served.case.exchange.wall_ms()})
    signature = hmac.new(key.proof.encode(), payload.encode(), hashlib.sha256).hexdigest()
    text = f"{payload}&signature={signature}"
    return requests.request(
        method,
        served.url + path,
        params=text if method == "GET" else None,
        data=None if method == "GET" else text,
        headers={"X-MBX-APIKEY": key.api_key},
        timeout=10,
    ).json()


def test_orders_and_trades_are_shown_whole(served: Running) -> None:
    placed = send(served, "POST", ORDER, BUY)
    assert [order["orderId"] for order in served.admin.orders()] == [placed["orderId"]]
    assert sum(Decimal(trade["qty"]) for trade in served.admin.trades()) == Decimal("0.01")
    assert served.admin.balances()["BTC"][0] == Decimal("0.00999")


def test_a_halted_pair_trades_again_when_it_is_resumed(served: Running) -> None:
    served.admin.ask("POST", "symbols/BTCUSDT", {"halted": True})
    assert send(served, "POST", ORDER, BUY)["code"] == -1013
    served.admin.ask("POST", "symbols/BTCUSDT", {"halted": False})
    assert send(served, "POST", ORDER, BUY)["status"] == "FILLED"


def test_the_next_order_is_filled_partly_when_wished_or_ruled(served: Running) -> None:
    served.admin.ask("POST", "symbols/BTCUSDT", {"expire_next": "0.3"})
    assert send(served, "POST", ORDER, BUY)["executedQty"] == "0.00300000"
    served.admin.add_fault(on=f"POST {ORDER}", nth=1, then={"partial_then_expired": 0.5})
    placed = send(served, "POST", ORDER, BUY)
    assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.00500000")
    assert send(served, "POST", ORDER, BUY)["status"] == "FILLED"


def test_a_slow_order_is_filled_when_its_time_has_come(served: Running) -> None:
    served.admin.ask("POST", "symbols/BTCUSDT", {"slow_next_s": 60})
    placed = send(served, "POST", ORDER, BUY)
    assert placed["status"] == "NEW"
    served.admin.advance(61)
    found = send(served, "GET", ORDER, {"symbol": "BTCUSDT", "orderId": placed["orderId"]})
    assert found["status"] == "FILLED"
    assert send(served, "POST", ORDER, BUY)["status"] == "FILLED"


def test_fees_come_from_the_asset_that_was_chosen(served: Running) -> None:
    served.admin.ask("POST", "accounts/main/fees", {"fee_asset": "quote"})
    send(served, "POST", ORDER, BUY)
    assert {trade["commissionAsset"] for trade in served.admin.trades()} == {"USDT"}


def test_dust_appears_beside_an_order(served: Running) -> None:
    served.admin.add_fault(on=f"POST {ORDER}", nth=1, then={"dust": 0.00000003})
    send(served, "POST", ORDER, BUY)
    assert served.admin.balances()["BTC"][0] == Decimal("0.00999003")


def test_a_lost_reply_leaves_the_order(served: Running) -> None:
    served.admin.add_fault(on=f"POST {ORDER}", nth=1, then="lose_reply")
    with pytest.raises(requests.ConnectionError):
        send(served, "POST", ORDER, {**BUY, "newClientOrderId": "lost"})
    found = send(served, "GET", ORDER, {"symbol": "BTCUSDT", "origClientOrderId": "lost"})
    assert found["status"] == "FILLED"


@pytest.mark.parametrize("then", [{"status": 503}, {"non_json": 502}, {"error": -1007}])
def test_a_refused_order_leaves_nothing_unless_the_rule_accepts_it(
    served: Running, then: dict[str, int]
) -> None:
    served.admin.add_fault(on=f"POST {ORDER}", nth=1, then=then)
    served.admin.add_fault(on=f"POST {ORDER}", nth=2, then=then, accepted=True)
    counts = []
    for _ in range(2):
        with contextlib.suppress(requests.JSONDecodeError):
            send(served, "POST", ORDER, BUY)
        counts.append(len(served.admin.orders()))
    assert counts == [0, 1]


def test_a_skewed_clock_refuses_time_stamps(served: Running) -> None:
    served.admin.add_fault(on=f"POST {ORDER}", nth=1, then={"clock_skew_ms": 20_000})
    assert send(served, "POST", ORDER, BUY)["code"] == -1021
    assert send(served, "POST", ORDER, BUY)["status"] == "FILLED"


def test_rights_are_switched_by_hand(served: Running) -> None:
    served.admin.ask("POST", "accounts/main/rights", {"withdrawing": True, "only_from_addresses": False})
    told = send(served, "GET", "/sapi/v1/account/apiRestrictions", {})
    assert (told["enableWithdrawals"], told["ipRestrict"]) == (True, False)
