"""What the venue lets us do: everything, nothing for a while, or nothing until somebody looks."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar

from powertrader.core.exceptions import AccessRefused, RateLimitError
from powertrader.core.market_client import QuoteSource
from powertrader.core.trading_client import TradingClient
from powertrader.models.account import Account, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.journal import HaltCause, Halted, Resumed
from powertrader.models.order import OrderIntent, OrderReport
from powertrader.models.types import CoinSymbol
from powertrader.trader.desk import Desk

Answer = TypeVar("Answer")
BAN_OVER: Final = "the venue's ban is over"
log = logging.getLogger(__name__)


class Access:
    """Watches every call: a pause the venue asks for is kept, a closed account stops everything.

    A closed account is in the ledger, so that a restart does not knock at the same door again; a
    ban that has an end is lifted at that time of the wall clock, anything else by `resume`.
    """

    def __init__(self, desk: Desk) -> None:
        """Watch for this desk."""
        self._desk = desk
        self._rest_since: datetime | None = None
        self._rest_until: datetime | None = None
        self._rest_reason = ""

    def closed(self) -> str | None:
        """Give why nothing may be asked of the venue now, None when everything may."""
        halted = self._desk.book.freezes.get(None)
        if halted is not None:
            if halted.until is None or self._desk.wall.now() < halted.until:
                return closed_text(halted)
            self._desk.note(Resumed(None, BAN_OVER, self._desk.ports.clock.now(), HaltCause.ACCESS))
            log.warning("trading goes on", extra={"reason": BAN_OVER})
        if self._rest_until is None:
            return None
        if self._rest_left_s() > 0:
            return f"the venue asked for a pause until {_moment(self._rest_until)}: {self._rest_reason}"
        self._rest_until = None
        return None

    def ask(self, call: Callable[[], Answer]) -> Answer:
        """Make a call to the venue, unless it asked for a pause that is not over.

        Raises RateLimitError without asking then, and whatever the call raises.
        """
        left_s = self._rest_left_s()
        if left_s > 0:
            raise RateLimitError(self._rest_reason, left_s)
        try:
            return call()
        except RateLimitError as error:
            self._rest_since = self._desk.wall.now()
            self._rest_until = self._rest_since + timedelta(seconds=error.retry_after_s)
            self._rest_reason = str(error)
            raise
        except AccessRefused as error:
            self._close(error)
            raise

    def _rest_left_s(self) -> float:
        """Give how long the pause still lasts; none when the clock was set back, or it would last longer."""
        now = self._desk.wall.now()
        if self._rest_until is None or self._rest_since is None or now < self._rest_since:
            return 0.0
        return (self._rest_until - now).total_seconds()

    def _close(self, error: AccessRefused) -> None:
        if None in self._desk.book.freezes:
            return
        until = None
        if error.retry_after_s is not None:
            until = self._desk.wall.now() + timedelta(seconds=error.retry_after_s)
        halted = Halted(None, str(error), self._desk.ports.clock.now(), HaltCause.ACCESS, until)
        self._desk.note(halted)
        log.error("everything is paused", extra={"reason": closed_text(halted)})


class WatchedVenue:
    """A trading client and a quote source whose every call is watched."""

    def __init__(self, client: TradingClient, quotes: QuoteSource, access: Access) -> None:
        """Pass calls on to these."""
        self._client = client
        self._quotes = quotes
        self._ask = access.ask

    def get_account(self) -> Account:
        """Give all balances."""
        return self._ask(self._client.get_account)

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair of the quote asset by symbol."""
        return self._ask(self._client.get_instruments)

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair."""
        return self._ask(lambda: self._client.get_instrument(symbol))

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Send an order once."""
        return self._ask(lambda: self._client.place_order(intent))

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it."""
        return self._ask(lambda: self._client.get_order(symbol, client_order_id))

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the account's orders of a pair in order of creation."""
        return self._ask(lambda: self._client.get_order_history(symbol))

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes of all coins."""
        return self._ask(lambda: self._quotes.get_quotes(coins))


def closed_text(halted: Halted) -> str:
    """Say why everything is paused, and how it goes on."""
    if halted.until is not None:
        return f"everything is paused until {_moment(halted.until)}: {halted.reason}"
    return f"everything is paused: {halted.reason}; after the cause is mended: powertrader resume"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
