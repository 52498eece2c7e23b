"""When a coin is bought anew, and for how much."""

from powertrader.models.rules import SMALLEST_ENTRY, TradingRules
from powertrader.models.signal import SignalView


class EntryEngine:
    """The entry rule: enough timeframes say long, none says short."""

    def __init__(self, rules: TradingRules) -> None:
        """Follow these rules."""
        self._start_level = rules.trade_start_level
        self._allocation_pct = rules.start_allocation_pct

    @property
    def start_level(self) -> int:
        """The long level from which a coin is bought."""
        return self._start_level

    def should_enter(self, signal: SignalView) -> bool:
        """Tell whether the signal allows a purchase.

        Source: golden/BEHAVIOUR.md 3.5 (Q43).
        """
        return signal.long >= self._start_level and signal.short == 0

    def calculate_entry_size(self, account_value: float) -> float:
        """Give what an entry costs, in the quote asset, from the value of the account.

        The setting is in percent: 0.005 is 0.005 %, and at least 0.5 is spent (Q44).
        """
        amount = account_value * (self._allocation_pct / 100)
        return max(amount, SMALLEST_ENTRY)
