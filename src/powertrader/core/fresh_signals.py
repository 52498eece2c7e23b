"""The signals that a trader may act on: read when they change, and refused when they are too old."""

from datetime import timedelta
from typing import Final

from powertrader.core.clock import Clock, rate_of
from powertrader.core.exceptions import BadData
from powertrader.core.mailbox import Mailbox
from powertrader.models.signal import Signal, SignalView
from powertrader.models.types import CoinSymbol

CLOCK_SKEW_S: Final = 1.0
"""How far another worker's clock may be ahead, in seconds of the wall clock."""
_FUTURE: Final = "a clock was moved; that ends with its next signal, or when the thinker is started again"


class FreshSignals:
    """Gives the signal of a coin, None when there is none or it is too old.

    max_age_s may be changed at any time; it is meant in seconds of the wall clock, as many as pass while
    market, the time that signals are stamped with, runs at its pace.
    """

    def __init__(self, mailbox: Mailbox, market: Clock, max_age_s: float) -> None:
        """Read nothing yet."""
        self._mailbox = mailbox
        self._market = market
        self.max_age_s = max_age_s

    def __call__(self, coin: CoinSymbol) -> SignalView | None:
        """Read the signal of a coin. Raises BadData when it is damaged or from the future, StorageError."""
        signal = self._mailbox.read_signal(coin)
        return None if signal is None or not self._is_young(signal) else signal.view

    def _is_young(self, signal: Signal) -> bool:
        age, rate = self._market.now() - signal.made_at, rate_of(self._market)
        if age < -timedelta(seconds=CLOCK_SKEW_S * rate):
            # the same words each time, so that they are told once
            msg = f"the signal of {signal.coin} is from the future: {_FUTURE}"
            raise BadData(msg)
        return age <= timedelta(seconds=self.max_age_s * rate)
