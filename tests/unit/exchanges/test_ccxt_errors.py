"""What must happen next after each of ccxt's errors."""

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
from powertrader.exchanges.ccxt_errors import Failure, Stage, error_for, failure_of

ccxt = pytest.importorskip("ccxt")
pytestmark = pytest.mark.money


def outcome(error: Exception, stage: Stage, status: int | None = None) -> ExchangeError:
    return error_for(failure_of(error, status), stage, "binance, order pt-1")


@pytest.mark.parametrize(
    "error,after_sending,on_reading",
    [
        (ccxt.RequestTimeout("t"), OrderUnknown, RetryLater),
        (ccxt.NetworkError("n"), OrderUnknown, RetryLater),
        (ccxt.ExchangeNotAvailable("502"), OrderUnknown, RetryLater),
        (ccxt.OnMaintenance("m"), OrderUnknown, RetryLater),
        (ccxt.OperationFailed("-1006"), OrderUnknown, RetryLater),
        (ccxt.BadResponse("<html>"), OrderUnknown, RetryLater),
        (ccxt.NullResponse(""), OrderUnknown, RetryLater),
        (ccxt.DDoSProtection("overload"), OrderUnknown, RetryLater),
        (ccxt.ExchangeError("a code of tomorrow"), OrderUnknown, RetryLater),
        (KeyError("orderId"), OrderUnknown, RetryLater),
        (ccxt.DuplicateOrderId("d"), OrderUnknown, RetryLater),
        (ccxt.InvalidOrder("Duplicate order sent."), OrderUnknown, RetryLater),
        (ccxt.RateLimitExceeded("-1015"), RateLimitError, RateLimitError),
        (ccxt.InvalidNonce("-1021"), RetryLater, RetryLater),
        (ccxt.InsufficientFunds("balance"), InsufficientFundsError, InsufficientFundsError),
        (ccxt.OrderImmediatelyFillable("x"), PostOnlyRejected, PostOnlyRejected),
        (ccxt.InvalidOrder("Filter failure: NOTIONAL"), FilterRejected, FilterRejected),
        (ccxt.BadRequest("Filter failure: LOT_SIZE"), FilterRejected, FilterRejected),
        (ccxt.InvalidOrder("no"), Rejected, Rejected),
        (ccxt.MarketClosed("closed"), Rejected, Rejected),
        (ccxt.BadSymbol("LUNA/USDT"), PairRefused, PairRefused),
        (ccxt.BadRequest("-1100"), PairRefused, PairRefused),
        (ccxt.NotSupported("x"), PairRefused, PairRefused),
        (ccxt.AuthenticationError("-2015"), AccessRefused, AccessRefused),
        (ccxt.PermissionDenied("x"), AccessRefused, AccessRefused),
        (ccxt.AccountSuspended("x"), AccessRefused, AccessRefused),
        (ccxt.RestrictedLocation("x"), AccessRefused, AccessRefused),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_every_error_has_its_reaction(
    error: Exception, after_sending: type[ExchangeError], on_reading: type[ExchangeError]
) -> None:
    assert type(outcome(error, Stage.SENT)) is after_sending
    assert type(outcome(error, Stage.READ)) is on_reading


@pytest.mark.parametrize(
    "error,reaction",
    [
        (ccxt.NetworkError("while asking for the account mode"), RetryLater),
        (TypeError("unsupported operand"), FilterRejected),
        (ccxt.InvalidOrder("requires the price argument to calculate the total cost"), Rejected),
        (ccxt.ArgumentsRequired("needs a leverage"), PairRefused),
    ],
)
def test_an_order_that_never_left_is_not_unknown(error: Exception, reaction: type[ExchangeError]) -> None:
    found = outcome(error, Stage.UNSENT)
    assert isinstance(found, reaction)
    assert not isinstance(found, OrderUnknown)


def test_a_status_says_more_than_the_name() -> None:
    banned = error_for(Failure(("DDoSProtection",), "x", 418, 90.0), Stage.SENT, "s")
    assert isinstance(banned, AccessRefused)
    assert banned.retry_after_s == 90
    limited = error_for(Failure(("DDoSProtection",), "x", 429, 12.0), Stage.SENT, "s")
    assert isinstance(limited, RateLimitError)
    assert limited.retry_after_s == 12


@pytest.mark.parametrize("status", [418, 429])
def test_no_venue_is_waited_for_longer_than_any_bans(status: int) -> None:
    error = error_for(Failure(("DDoSProtection",), "", status, 1e18), Stage.SENT, "s")
    assert isinstance(error, AccessRefused | RateLimitError)
    assert error.retry_after_s == 3 * 86_400


def test_a_limit_without_a_time_is_waited_out_for_half_a_minute() -> None:
    error = outcome(ccxt.RateLimitExceeded("x"), Stage.READ)
    assert isinstance(error, RateLimitError)
    assert error.retry_after_s == 30


def test_signatures_and_line_breaks_do_not_reach_the_text() -> None:
    address = "https://api.binance.com/api/v3/account?timestamp=1&signature=5ec2e7\nnext"
    text = str(outcome(ccxt.RequestTimeout(f"binance GET {address}"), Stage.READ))
    assert "5ec2e7" not in text
    assert text.isprintable()
    assert "binance, order pt-1" in text
    assert len(str(outcome(ccxt.NetworkError("x" * 5000), Stage.READ))) < 500
