"""The port to an account at a venue, paper or real."""

from collections.abc import Mapping
from typing import Protocol

from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport


class TradingClient(Protocol):
    """An account and its orders. Every method may raise RetryLater: nothing happened, ask again."""

    def get_account(self) -> Account:
        """Give all balances."""
        ...

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair of the quote asset by symbol, tradable or not."""
        ...

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair, None when the venue does not know it."""
        ...

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Send a market order once; the report may still be pending.

        Raises Rejected when the venue refused it, OrderUnknown when it was sent and no answer
        came.
        """
        ...

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, None when the venue has never seen it."""
        ...

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the account's orders of a pair in order of creation."""
        ...
