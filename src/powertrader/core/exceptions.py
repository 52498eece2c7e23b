"""Errors by what must happen next.

PowerTraderError
  ConfigError         do not start; name the key, the value, the nearest valid key
  RetryLater          the same call may work; back off
    RateLimitError    the venue asked for a pause; wait retry_after_s first
  Rejected            the venue said no and nothing was placed; record the reason, go on with the next coin
    InsufficientFundsError  skip this action, with a cool-down
    FilterRejected          skip this action; the venue's order rules are to be asked for again
    PostOnlyRejected        would have taken from the book at once; price it anew
    PairRefused             the venue does not take this pair or parameter at all; stop using the pair
    AccessRefused           keys, permissions, address or a ban: pause everything, somebody must look
  OrderUnknown        sent, no answer; reconcile by client order id, never resend
  StorageError        a file could not be read or written; nothing was changed, stop before more is lost
  BadData             put the file aside, keep nothing from it
    DataCorruptionError
    TrainingError     this coin cannot be trained from these candles; go on with the next one
"""


class PowerTraderError(Exception):
    """Anything PowerTrader itself reports; the text is meant for the user."""


class ConfigError(PowerTraderError):
    """The settings cannot be used: do not start, or keep the last good ones."""


class ExchangeError(PowerTraderError):
    """A venue did not do what was asked; the subclasses say what follows."""


class RetryLater(ExchangeError):
    """The same call may work later: back off and repeat."""


class RateLimitError(RetryLater):
    """The venue asked for a pause of retry_after_s seconds."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        """Keep the pause beside the text."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(ExchangeError):
    """The venue said no and nothing was placed: record the reason, go on with the next coin."""


class InsufficientFundsError(Rejected):
    """The account does not hold enough for the order."""


class FilterRejected(Rejected):
    """A rule of the pair forbids the order; the text has the rule's name and its numbers."""


class PostOnlyRejected(Rejected):
    """An order that may only rest would have been executed at once."""


class PairRefused(Rejected):
    """The venue does not know the pair or does not understand the order: the same will fail again."""


class AccessRefused(Rejected):
    """The venue lets this account do nothing: pause all trading and tell the user.

    retry_after_s: how long a ban lasts, None when waiting does not help.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """Keep the length of a ban beside the text."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OrderUnknown(ExchangeError):
    """An order was sent and no answer came: look it up by its client id, never send it again."""


class StorageError(PowerTraderError):
    """A file could not be read or written and is as it was: stop what depends on it, tell the user."""


class BadData(PowerTraderError):
    """A file or an answer cannot be used: put it aside and keep nothing from it."""


class DataCorruptionError(BadData):
    """A stored file does not hold what its name promises."""


class CandlesMissing(BadData):
    """Candles are not on file, and no venue may be asked for them."""


class TrainingError(BadData):
    """These candles cannot train this timeframe; other coins go on."""
