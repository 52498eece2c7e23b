"""The exchange behind real ports: faults as a client meets them, and what an administrator may do."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests

from tests.unit.simexchange.cases import MARKET, exchange_case
from tests.unit.simexchange.served import Running, running

PING = "/api/v3/ping"
TIME = "/api/v3/time"


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(exchange_case()) as found:
        yield found


@pytest.fixture(autouse=True)
def _no_faults_left(served: Running) -> Iterator[None]:
    yield
    served.admin.clear_faults()


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def test_requests_are_answered_over_one_connection(served: Running, client: requests.Session) -> None:
    for _ in range(3):
        reply = client.get(served.url + PING, timeout=10)
        assert (reply.status_code, reply.json()) == (200, {})
    assert reply.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("then", ["refuse", "lose_reply"])
def test_a_cut_connection_is_an_error_of_the_connection(
    served: Running, client: requests.Session, then: str
) -> None:
    served.admin.add_fault(on=f"GET {PING}", nth=1, then=then)
    with pytest.raises(requests.ConnectionError):
        client.get(served.url + PING, timeout=10)
    assert client.get(served.url + PING, timeout=10).status_code == 200


def test_a_truncated_reply_is_noticed_by_its_length(served: Running, client: requests.Session) -> None:
    served.admin.add_fault(on=TIME, nth=1, then={"truncate": 4})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get(served.url + TIME, timeout=10)


def test_a_delayed_reply_outlasts_the_time_out(served: Running, client: requests.Session) -> None:
    served.admin.add_fault(on=PING, nth=1, then={"delay_s": 30})
    with pytest.raises(requests.ReadTimeout):
        client.get(served.url + PING, timeout=0.2)


@pytest.mark.parametrize(
    "then, status, code",
    [
        ({"status": 429}, 429, -1003),
        ({"status": 418}, 418, -1003),
        ({"status": 503}, 503, -1008),
        ({"status": 500}, 500, -1001),
        ({"error": -1021}, 400, -1021),
        ({"error": -4321}, 400, -4321),
    ],
)
def test_a_rule_speaks_as_binance_does(
    served: Running, client: requests.Session, then: dict[str, int], status: int, code: int
) -> None:
    served.admin.add_fault(on=PING, nth=1, then=then, retry_after_s=7)
    reply = client.get(served.url + PING, timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["retry-after"] == "7"


def test_kucoins_paths_get_kucoins_words(served: Running, client: requests.Session) -> None:
    path = "/api/v1/timestamp"
    served.admin.add_fault(on=path, nth=1, then={"status": 429})
    reply = client.get(served.url + path, timeout=10)
    assert (reply.status_code, reply.json()["code"]) == (429, "429000")


def test_a_page_for_people_is_no_json(served: Running, client: requests.Session) -> None:
    served.admin.add_fault(on=PING, nth=1, then={"non_json": 502})
    reply = client.get(served.url + PING, timeout=10)
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_a_skewed_clock_shows_in_the_time(served: Running, client: requests.Session) -> None:
    right = client.get(served.url + TIME, timeout=10).json()["serverTime"]
    number = served.admin.add_fault(on=TIME, then={"clock_skew_ms": -5000})
    assert client.get(served.url + TIME, timeout=10).json()["serverTime"] == right - 5000
    assert served.admin.faults()[0]["struck"] == 1
    assert served.admin.ask("DELETE", f"faults/{number}") == {"removed": True}
    assert client.get(served.url + TIME, timeout=10).json()["serverTime"] == right


def test_calls_are_counted(served: Running, client: requests.Session) -> None:
    served.admin.clear_counters()
    client.get(served.url + PING, timeout=10)
    client.get(served.url + PING, timeout=10)
    client.get(served.url + "/nowhere", timeout=10)
    client.get(served.url + "/nowhere/else", timeout=10)
    assert served.admin.counters() == {f"GET {PING}": 2, "unknown": 2}


def test_market_time_moves_ahead_and_never_back(served: Running, client: requests.Session) -> None:
    before = served.admin.market_ms()
    served.admin.advance(7200)
    assert served.admin.market_ms() - before == 7_200_000
    assert client.get(f"{served.url}/local/clock", timeout=10).json()["market_ms"] == before + 7_200_000
    with pytest.raises(AssertionError, match="cannot go back"):
        served.admin.ask("POST", "clock", {"to": MARKET.isoformat()})


@pytest.mark.parametrize(
    "path, content, said",
    [
        ("faults", {"rules": [{"then": "explode"}]}, "rule 1: then was 'explode'"),
        ("faults", {"rule": []}, "rules: Field required"),
        ("clock", {"advance_s": -5}, "advance_s: "),
        ("accounts/nobody/deposit", {"asset": "USDT", "quantity": "1"}, "there is no account nobody"),
        ("accounts/main/deposit", {"asset": "usdt", "quantity": "1"}, "asset: "),
        ("accounts", {"name": "main"}, "exists already"),
        ("symbols/NOPE", {"halted": True}, "Invalid symbol"),
    ],
)
def test_a_wrong_wish_is_refused_in_a_sentence(
    served: Running, path: str, content: object, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        served.admin.ask("POST", path, content)


def test_nobody_administers_without_the_token(served: Running, client: requests.Session) -> None:
    root = served.admin_url.rpartition("/")[0]
    for path in ("", "/", "/clock", "/wrong/clock"):
        assert client.get(root + path, timeout=10).status_code == 403


def test_money_goes_in_and_out(served: Running) -> None:
    before = served.admin.balances().get("ETH", (Decimal(0), Decimal(0)))[0]
    served.admin.deposit("ETH", "1.5")
    served.admin.withdraw("ETH", "0.5")
    assert served.admin.balances()["ETH"] == (before + 1, Decimal(0))
    totals = served.admin.ask("GET", "totals")["ETH"]
    assert Decimal(totals["paid_in"]) == Decimal(totals["accounts"])


def test_a_second_account_has_its_own_key(served: Running) -> None:
    key = served.admin.ask("POST", "accounts", {"name": "second", "quote": "500"})
    assert served.admin.balances("second")["USDT"] == (Decimal(500), Decimal(0))
    assert "second" in served.admin.ask("GET", "accounts")["accounts"]
    assert key["kind"] == "HMAC"
    assert served.admin.ask("DELETE", f"keys/{key['api_key']}") == {"revoked": True}


def test_a_public_key_is_registered_and_nonsense_is_not(served: Running) -> None:
    pem = (
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
        "-----END PUBLIC KEY-----\n"
    )
    key = served.admin.ask("POST", "accounts/main/keys", {"public_key": pem})
    assert (key["kind"], "api_secret" in key) == ("ED25519", False)
    with pytest.raises(AssertionError, match="public key was not understood"):
        served.admin.ask("POST", "accounts/main/keys", {"public_key": "x"})


def test_a_delay_ends_with_the_exchange() -> None:
    with running(exchange_case()) as found:
        found.admin.add_fault(on=PING, then={"delay_s": 300})
        with pytest.raises(requests.ReadTimeout):
            requests.get(found.url + PING, timeout=0.2)
        begin = time.monotonic()
    assert time.monotonic() - begin < 20
