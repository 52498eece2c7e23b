"""What must happen after each of Binance's refusals."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest

from powertrader.core.exceptions import (
    AccessRefused,
    ExchangeError,
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    PairRefused,
    PostOnlyRejected,
    RateLimitError,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.binance_errors import (
    CallKind,
    CancelRefused,
    ClockRefused,
    OrderNotFound,
    Refusal,
    address_pause_s,
    error_of,
    refusal_of,
)

NOW = datetime(2024, 1, 1, tzinfo=UTC)
ORDER, READ = CallKind.ORDER, CallKind.READ


def error(refusal: Refusal, kind: CallKind = ORDER) -> ExchangeError:
    return error_of(refusal, kind, "order pt-1", NOW)


@pytest.mark.parametrize(
    "status, code, message, of_order, of_read",
    [
        (429, -1003, "Too many requests.", RateLimitError, RateLimitError),
        (429, None, "", RateLimitError, RateLimitError),
        (400, -1003, "Too much request weight used.", RateLimitError, RateLimitError),
        (418, -1003, "Way too much request weight used.", AccessRefused, AccessRefused),
        (418, None, "", AccessRefused, AccessRefused),
        (429, -1015, "Too many new orders.", RateLimitError, RateLimitError),
        (451, None, "", AccessRefused, AccessRefused),
        (403, None, "", OrderUnknown, RateLimitError),
        (400, -1000, "An unknown error occurred.", OrderUnknown, RetryLater),
        (400, -1001, "Internal error.", OrderUnknown, RetryLater),
        (400, -1006, "An unexpected response was received.", OrderUnknown, RetryLater),
        (400, -1007, "Timeout waiting for response from backend server.", OrderUnknown, RetryLater),
        (503, -1008, "Server is currently overloaded.", OrderUnknown, RetryLater),
        (400, -1008, "Server is currently overloaded.", OrderUnknown, RetryLater),
        (500, None, "", OrderUnknown, RetryLater),
        (502, None, "", OrderUnknown, RetryLater),
        (504, -1121, "Invalid symbol.", OrderUnknown, RetryLater),
        (200, None, "", OrderUnknown, RetryLater),
        (302, None, "", OrderUnknown, RetryLater),
        (400, None, "", OrderUnknown, PairRefused),
        (404, None, "", OrderUnknown, PairRefused),
        (400, -1013, "Filter failure: LOT_SIZE", FilterRejected, FilterRejected),
        (400, -1013, "Market is closed.", FilterRejected, FilterRejected),
        (400, -1021, "Timestamp for this request is outside of the recvWindow.", ClockRefused, ClockRefused),
        (400, -1022, "Signature for this request is not valid.", AccessRefused, AccessRefused),
        (401, -1002, "You are not authorized.", AccessRefused, AccessRefused),
        (401, -2008, "Invalid Api-Key ID.", AccessRefused, AccessRefused),
        (401, -2014, "API-key format invalid.", AccessRefused, AccessRefused),
        (401, -2015, "Invalid API-key, IP, or permissions for action.", AccessRefused, AccessRefused),
        (400, -1100, "Illegal characters found in parameter 'quantity'.", PairRefused, PairRefused),
        (400, -1106, "Parameter 'price' sent when not required.", PairRefused, PairRefused),
        (400, -1111, "Parameter 'quantity' has too much precision.", PairRefused, PairRefused),
        (400, -1121, "Invalid symbol.", PairRefused, PairRefused),
        (
            400,
            -2010,
            "Account has insufficient balance for requested action.",
            InsufficientFundsError,
            InsufficientFundsError,
        ),
        (400, -2010, "Duplicate order sent.", OrderUnknown, RetryLater),
        (400, -2010, "Order would immediately match and take.", PostOnlyRejected, PostOnlyRejected),
        (400, -2010, "Market is closed.", FilterRejected, FilterRejected),
        (400, -2010, "This symbol is not permitted for this account.", PairRefused, PairRefused),
        (400, -2010, "This action is disabled on this account.", AccessRefused, AccessRefused),
        (400, -2010, "Stop price would trigger immediately.", Rejected, Rejected),
        (400, -2011, "Unknown order sent.", CancelRefused, CancelRefused),
        (400, -2013, "Order does not exist.", OrderNotFound, OrderNotFound),
        (400, -2026, "Order was canceled or expired with no executed qty.", OrderNotFound, OrderNotFound),
        (400, -9999, "Something new.", Rejected, Rejected),
    ],
)
def test_each_refusal_asks_for_its_own_reaction(
    status: int,
    code: int | None,
    message: str,
    of_order: type[ExchangeError],
    of_read: type[ExchangeError],
) -> None:
    refusal = Refusal(status, code, message)
    assert type(error(refusal, ORDER)) is of_order
    assert type(error(refusal, READ)) is of_read
    assert "order pt-1" in str(error(refusal))


def test_the_rule_that_an_order_broke_is_named() -> None:
    assert "rule MARKET_LOT_SIZE" in str(error(Refusal(400, -1013, "Filter failure: MARKET_LOT_SIZE")))


@pytest.mark.parametrize(
    "status, message, header, expected_s",
    [
        (429, "", "7", 7.0),
        (429, "", "0", 1.0),
        (429, "", "", 60.0),
        (429, "", "soon", 60.0),
        (429, "", "nan", 60.0),
        (429, "", "inf", 60.0),
        (429, "", "1e300", 3 * 86_400.0),
        (418, "", "", 120.0),
        (418, f"IP banned until {int(NOW.timestamp() * 1000) + 90_000}.", "", 90.0),
        (418, f"IP banned until {int(NOW.timestamp() * 1000) + 90_000}.", "300", 300.0),
        (418, f"IP banned until {int(NOW.timestamp() * 1000) - 90_000}.", "", 120.0),
        (418, "IP banned until 99999999999999.", "", 3 * 86_400.0),
    ],
)
def test_a_pause_lasts_as_long_as_binance_asks_for_and_never_for_ever(
    status: int, message: str, header: str, expected_s: float
) -> None:
    refusal = Refusal(status, -1003, message, header)
    found = error(refusal)
    assert isinstance(found, RateLimitError | AccessRefused)
    assert found.retry_after_s == pytest.approx(expected_s)
    assert address_pause_s(found, refusal) == found.retry_after_s


def test_too_many_orders_pause_orders_and_nobody_else() -> None:
    refusal = Refusal(429, -1015, "Too many new orders.", "1")
    found = error(refusal)
    assert isinstance(found, RateLimitError)
    assert found.retry_after_s == 10.0
    assert address_pause_s(found, refusal) is None


def test_wrong_keys_pause_nobody_on_the_address() -> None:
    refusal = Refusal(401, -2015, "Invalid API-key, IP, or permissions for action.")
    assert address_pause_s(error(refusal), refusal) is None


@pytest.mark.parametrize(
    "body, code, message",
    [
        (b'{"code":-1121,"msg":"Invalid symbol."}', -1121, "Invalid symbol."),
        (b'{"code":"-1121","msg":7}', None, ""),
        (b'{"code":true}', None, ""),
        (b'{"code":0,"msg":"no"}', None, "no"),
        (b"[]", None, ""),
        (b'"error"', None, ""),
        (b"<html>", None, ""),
        (b"", None, ""),
        (b"[" * 100_000, None, ""),
        (b'{"msg":"a\\u0000b\\nc"}', None, "a b c"),
    ],
)
def test_the_body_of_a_refusal_is_read_whatever_it_is(body: bytes, code: int | None, message: str) -> None:
    assert refusal_of(400, body, {}) == Refusal(400, code, message)


def replies() -> Iterator[tuple[int, bytes, str]]:
    chance = random.Random(4)
    for _ in range(10_000):
        code = {"code": chance.randint(-3000, 10), "msg": chance.choice(["IP banned until 1", "x\ny", ""])}
        body = chance.choice([orjson.dumps(code), chance.randbytes(chance.randint(0, 60))])
        yield chance.randint(100, 599), body, chance.choice(["", "5", "-1", "x", "1e999"])


def test_any_reply_is_one_of_our_errors_and_no_order_is_to_be_sent_again_that_may_have_been_placed() -> None:
    for status, body, header in replies():
        refusal = refusal_of(status, body, {"Retry-After": header})
        of_order, of_read = (error_of(refusal, kind, "it", NOW) for kind in (ORDER, READ))
        assert not isinstance(of_read, OrderUnknown)
        assert isinstance(of_order, Rejected | RateLimitError | ClockRefused | OrderUnknown), refusal
        if status >= 500:
            assert isinstance(of_order, OrderUnknown) or refusal.code in (-1003, -1015)
        assert "\n" not in str(of_order)
