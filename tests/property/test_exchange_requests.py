"""Whatever bytes a client sends, the local exchange answers and keeps its money."""

import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.simexchange import stream_requests
from powertrader.simexchange.endpoints import Endpoint, Request, Security
from powertrader.simexchange.keys import FIRST_ACCOUNT
from powertrader.simexchange.routes import BINANCE, KUCOIN, respond
from powertrader.simexchange.stream_requests import StreamSession
from tests.unit.simexchange.cases import Case, exchange_case

PLACES = sorted({*BINANCE, *KUCOIN, ("GET", "/local/clock"), ("GET", "/nothing")})
SIGNED = [one for one in BINANCE.values() if one.security is Security.SIGNED]
SIGNING = {"timestamp", "signature", "recvWindow"}
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["BTCUSDT", "BUY", "SELL", "MARKET", "LIMIT", "GTC", "1", "0", "-1", "0.001", "1e9", "1h"]
    ),
    st.sampled_from(["9" * 18, "9" * 19, "9" * 20, "9" * 20 + "." + "9" * 20, "0" * 20]),
    st.integers().map(str),
    st.decimals(allow_nan=True).map(str),
)
FITTING = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.01"}


@st.composite
def signed_calls(draw: st.DrawFn) -> tuple[Endpoint, dict[str, str]]:
    """Draw an endpoint with everything it needs, mostly sound, and some of what it may take."""
    endpoint = draw(st.sampled_from(SIGNED))
    values = {
        name: FITTING[name] if name in FITTING and draw(st.booleans()) else draw(VALUES)
        for name in sorted(endpoint.required)
    }
    further = sorted(endpoint.accepted - SIGNING)
    for name in draw(st.lists(st.sampled_from(further), unique=True)) if further else ():
        values[name] = draw(VALUES)
    return endpoint, values


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    made = exchange_case()
    yield made
    made.exchange.close()


def answered(case: Case, request: Request) -> None:
    case.exchange.binance_meter.forgive()
    case.exchange.kucoin_meter.forgive()
    case.exchange.order_meters.clear()
    reply = respond(case.exchange, request, 0)
    assert reply.status in {200, 400, 401, 404}
    orjson.loads(reply.body)
    for balance in case.exchange.venue.balances(FIRST_ACCOUNT):
        assert balance.free >= 0
        assert balance.locked >= 0


@given(place=st.sampled_from(PLACES), query=st.text(max_size=60), body=st.text(max_size=60))
def test_any_text_is_answered(case: Case, place: tuple[str, str], query: str, body: str) -> None:
    key = case.exchange.keys.first(FIRST_ACCOUNT)
    answered(case, Request(*place, query, body, key.api_key))


@given(call=signed_calls())
def test_any_signed_parameters_are_answered(case: Case, call: tuple[Endpoint, dict[str, str]]) -> None:
    endpoint, values = call
    key = case.exchange.keys.first(FIRST_ACCOUNT)
    payload = urlencode({**values, "timestamp": case.exchange.wall_ms()})
    signature = hmac.new(key.proof.encode(), payload.encode(), hashlib.sha256).hexdigest()
    answered(
        case, Request(endpoint.method, endpoint.path, f"{payload}&signature={signature}", "", key.api_key)
    )


@given(text=st.text(max_size=80))
def test_any_message_of_a_stream_is_answered(case: Case, text: str) -> None:
    assert stream_requests.answer(case.exchange, StreamSession(), text)["status"] in {200, 400, 401}


@given(
    method=st.sampled_from(sorted(stream_requests.METHODS)),
    values=st.dictionaries(
        st.sampled_from(["apiKey", "timestamp", "recvWindow", "signature", "subscriptionId"]),
        st.one_of(st.text(max_size=10), st.integers(), st.none(), st.floats(), st.lists(st.integers())),
    ),
)
def test_any_parameters_of_a_stream_are_answered(case: Case, method: str, values: dict[str, object]) -> None:
    key = case.exchange.keys.first(FIRST_ACCOUNT)
    given_values = {**values, "apiKey": key.api_key} if "apiKey" in values else values
    try:
        text = orjson.dumps({"id": 1, "method": method, "params": given_values}).decode()
    except TypeError:
        return
    assert stream_requests.answer(case.exchange, StreamSession(), text)["status"] in {200, 400, 401}
