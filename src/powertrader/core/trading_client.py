"""The port to an account at a venue, paper or real."""

from collections.abc import Mapping
from typing import Protocol

from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport


class TradingClient(Protocol):
    """An account and its orders.

    Every method may raise RetryLater: nothing happened, ask again; and AccessRefused: the venue lets
    this account do nothing, pause everything.
    """

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
        """Send an order once, never twice; the report may still be pending.

        Raises Rejected, mostly one of its subclasses, when the venue refused it, OrderUnknown when it
        was sent and no answer came, or when the venue has had an order of this id before.
        """
        ...

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, None when the venue has never seen it."""
        ...

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the account's orders of a pair in order of creation."""
        ...


class RestingOrderClient(TradingClient, Protocol):
    """A trading client whose orders may also wait in the book."""

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out of the book and give what became of it; one that is over is given as it is.

        Raises Rejected when the venue has never seen the order, OrderUnknown when no answer came.
        """
        ...

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair that are not over, in order of creation."""
        ...

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Send two orders of one pair, side and quantity of which the first executed cancels the other.

        above lies over the market, below under it. Raises as place_order does; then neither was placed.
        """
        ...
