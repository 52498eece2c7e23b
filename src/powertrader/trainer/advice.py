"""What a person can do about a training that failed."""

from powertrader.core.exceptions import (
    AccessRefused,
    CandlesMissing,
    PowerTraderError,
    RateLimitError,
    RetryLater,
    StorageError,
    TrainingError,
)
from powertrader.core.local_address import where_to_look


def remedy_of(error: PowerTraderError) -> str:
    """Say what to do about a failure; where another one led to it, about that."""
    if isinstance(error.__cause__, PowerTraderError):
        return remedy_of(error.__cause__)
    remedies: tuple[tuple[type[PowerTraderError], str], ...] = (
        (RateLimitError, "nothing: it goes on when the venue allows it"),
        (RetryLater, f"{where_to_look(str(error))}; what was downloaded is kept"),
        (AccessRefused, "name another venue in exchange.candles_from"),
        (StorageError, "make room on the disk, or correct who may write there, and train the coin again"),
        (CandlesMissing, "train it once without --offline: that downloads what is missing"),
        (TrainingError, "a coin that is too new needs time; the other timeframes are used without this one"),
    )
    found = next((text for kind, text in remedies if isinstance(error, kind)), None)
    return (
        found or "correct the coin's name, name another venue in exchange.candles_from, or leave the coin out"
    )
