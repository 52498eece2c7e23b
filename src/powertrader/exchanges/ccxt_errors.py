"""What ccxt's errors mean for a caller: from the name of the error, the words, and the HTTP reply."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

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
from powertrader.exchanges.wire_values import plain

LIMIT_PAUSE_S: Final = 30.0
"""How long to pause when a venue limits requests without naming a time."""

LONGEST_PAUSE_S: Final = 3 * 86_400.0
"""The longest ban a venue gives; what asks for more is a mistake. Source: EXCHANGE.md section 4."""

_LONGEST_TEXT: Final = 300
_TOO_MANY: Final = 429
_BANNED: Final = 418
_QUERY: Final = re.compile(r"\?\S+")
_DUPLICATE: Final = re.compile(r"duplicat|already exist", re.IGNORECASE)
_FILTER: Final = re.compile(
    r"filter|lot_size|notional|precision|increment|minimum|maximum|too (small|large)|min\w* (size|cost)",
    re.IGNORECASE,
)


class Stage(Enum):
    """How far a call had come when it failed."""

    READ = auto()
    """A question that changes nothing."""
    UNSENT = auto()
    """An order that had not left this computer."""
    SENT = auto()
    """An order that had been sent, at least in part."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed call: the names of the error's classes, most special first, its words, and what came back.

    status and retry_after_s are those of the HTTP reply, None when there was none or it did not say.
    """

    names: tuple[str, ...]
    text: str
    status: int | None = None
    retry_after_s: float | None = None

    def is_a(self, *names: str) -> bool:
        """Tell whether the error is of one of these classes of ccxt."""
        return any(name in self.names for name in names)


def failure_of(error: Exception, status: int | None = None, retry_after_s: float | None = None) -> Failure:
    """Describe an error without signatures, which ccxt puts into its words with the whole address."""
    names = tuple(known.__name__ for known in type(error).__mro__)
    return Failure(names, plain(_QUERY.sub("", str(error)), _LONGEST_TEXT), status, retry_after_s)


def error_for(failure: Failure, stage: Stage, subject: str) -> ExchangeError:
    """Give the error that says what must happen next; in doubt an order that was sent is unknown."""
    message = f"{subject}: {failure.names[0]}: {failure.text}"
    limited = _limited(failure, message)
    if limited is not None:
        return limited
    if failure.is_a("AuthenticationError", "RestrictedLocation"):
        return AccessRefused(f"{message}; check the API keys, their permissions and allowed addresses")
    if failure.is_a("InvalidNonce"):
        return RetryLater(f"{message}; the computer's clock and the venue's differ")
    refused = None if _is_open(failure) else _refusal(failure, message)
    if refused is not None:
        return refused
    return _undecided(failure, message, stage)


def _limited(failure: Failure, message: str) -> ExchangeError | None:
    pause_s = failure.retry_after_s
    if pause_s is not None:
        pause_s = min(pause_s, LONGEST_PAUSE_S)
    if failure.status == _BANNED:
        return AccessRefused(f"{message}; the venue bars this address for a while", pause_s)
    if failure.status == _TOO_MANY or failure.is_a("RateLimitExceeded"):
        return RateLimitError(message, pause_s or LIMIT_PAUSE_S)
    return None


def _is_open(failure: Failure) -> bool:
    """Tell whether the words of the venue leave open what became of an order."""
    return failure.is_a("OperationFailed", "DuplicateOrderId") or bool(_DUPLICATE.search(failure.text))


def _refusal(failure: Failure, message: str) -> Rejected | None:
    for names, error in _REFUSALS:
        if failure.is_a(*names):
            return error(message)
    if failure.is_a("BadRequest", "ArgumentsRequired", "NotSupported", "InvalidOrder"):
        if _FILTER.search(failure.text):
            return FilterRejected(message)
        return Rejected(message) if failure.is_a("InvalidOrder") else PairRefused(message)
    return None


def _undecided(failure: Failure, message: str, stage: Stage) -> ExchangeError:
    if stage is Stage.SENT:
        return OrderUnknown(f"{message}; look the order up by its client id")
    if stage is Stage.READ or failure.is_a("OperationFailed"):
        return RetryLater(message)
    return FilterRejected(message)


_REFUSALS: Final[Iterable[tuple[tuple[str, ...], type[Rejected]]]] = (
    (("InsufficientFunds",), InsufficientFundsError),
    (("OrderImmediatelyFillable",), PostOnlyRejected),
    (("BadSymbol",), PairRefused),
    (("OperationRejected",), Rejected),
)
