"""One class per required reaction."""

import pytest

from powertrader.core import exceptions as e


@pytest.mark.parametrize(
    "error, reaction",
    [
        (e.ConfigError, e.PowerTraderError),
        (e.ExchangeError, e.PowerTraderError),
        (e.RateLimitError, e.RetryLater),
        (e.RetryLater, e.ExchangeError),
        (e.InsufficientFundsError, e.Rejected),
        (e.Rejected, e.ExchangeError),
        (e.OrderUnknown, e.ExchangeError),
        (e.StorageError, e.PowerTraderError),
        (e.DataCorruptionError, e.BadData),
        (e.TrainingError, e.BadData),
    ],
)
def test_whoever_handles_a_reaction_catches_its_special_cases(
    error: type[Exception], reaction: type[Exception]
) -> None:
    assert issubclass(error, reaction)


def test_an_order_without_answer_is_never_taken_for_one_to_repeat() -> None:
    assert not issubclass(e.OrderUnknown, e.RetryLater | e.Rejected)


def test_a_rate_limit_carries_its_pause() -> None:
    error = e.RateLimitError("slow down", 12.5)
    assert (str(error), error.retry_after_s) == ("slow down", 12.5)
