"""What the keys of an account may do, which people switch on and off at a venue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Rights:
    """The switches beside an account's keys, as a careful user sets them.

    account_trades is that of the account itself. ends_at: when the right to trade ends, None for never.
    """

    reading: bool = True
    trading: bool = True
    withdrawing: bool = False
    only_from_addresses: bool = True
    account_trades: bool = True
    ends_at: datetime | None = None


CAREFUL: Final = Rights()
"""What a key may do until somebody changes it."""
