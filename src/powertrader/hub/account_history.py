"""AccountHistory: the account value over time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """Points in the order of time: epochs in seconds, and values in the quote asset."""

    times_s: tuple[float, ...] = ()
    values: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.times_s)
