"""One venue of the ccxt library: made when first needed, asked within a budget, its errors made ours."""

import decimal
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar, cast

from powertrader.core.clock import Clock
from powertrader.core.exceptions import AccessRefused, RateLimitError
from powertrader.core.request_budget import RequestBudget
from powertrader.core.retry import call_with_retry
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.core.venue_note import Unwatched, VenueWatch, watched
from powertrader.exchanges.ccxt_errors import Stage, error_for, failure_of
from powertrader.exchanges.ccxt_library import CcxtExchange, CcxtVenue, Wire, library, made

log = logging.getLogger(__name__)

_WEIGHT_OF_COST: Final[Mapping[str, float]] = {"binance": 5.0}
"""A venue's own request weight for one of ccxt's; 1 where they are the same."""
_ODD_REPLY: Final = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, AssertionError)
"""What ccxt's code raises over a reply that it did not expect."""
Answer = TypeVar("Answer")


@dataclass(slots=True)
class CcxtSession:
    """An exchange object of ccxt for one process. Making one opens nothing and does not load ccxt yet."""

    venue: CcxtVenue
    credentials: VenueCredentials | None
    budget: RequestBudget
    wall_clock: Clock
    watch: VenueWatch = field(default_factory=Unwatched)
    _made: tuple[CcxtExchange, Wire] | None = field(default=None, init=False)

    def exchange(self) -> CcxtExchange:
        """Give the exchange object. Raises ConfigError when ccxt or the venue is not there."""
        return self._both()[0]

    def ask(self, question: Callable[[CcxtExchange], Answer], subject: str) -> Answer:
        """Give the answer to a question that changes nothing, asked again as the venue's policy says."""
        return call_with_retry(
            lambda: self._watched(question, subject, None), self.wall_clock, self.venue.retries
        )

    def send(self, order: Callable[[CcxtExchange], Answer], subject: str, texts: tuple[str, ...]) -> Answer:
        """Send an order once; texts are what it must hold, letter by letter, or it does not leave."""
        return self._watched(order, subject, texts)

    def markets(self, *, anew: bool = False) -> Mapping[str, Mapping[str, object]]:
        """Give the venue's markets by ccxt's symbol, asked for once unless anew."""
        if not anew and self.exchange().markets:
            return self.exchange().markets
        return self.ask(lambda exchange: exchange.load_markets(anew), f"pairs of {self.venue.name}")

    def market_symbol(self, coin: str) -> str | None:
        """Give ccxt's symbol of a coin's spot pair, None when the venue does not have it."""
        symbol = f"{coin}/{self.venue.quote_asset}"
        market = self.markets().get(symbol)
        return symbol if market is not None and market.get("spot") else None

    def close(self) -> None:
        """Let go of the connection."""
        if self._made is not None:
            self._made[0].session.close()
            self._made = None

    def _watched(
        self, call: Callable[[CcxtExchange], Answer], subject: str, texts: tuple[str, ...] | None
    ) -> Answer:
        with watched(self.watch):
            return self._call(call, subject, texts)

    def _call(
        self, call: Callable[[CcxtExchange], Answer], subject: str, texts: tuple[str, ...] | None
    ) -> Answer:
        exchange, wire = self._both()
        base_error = cast("type[Exception]", library().BaseError)
        wire.begin(texts)
        try:
            # ccxt changes the rounding of the thread it runs in
            with decimal.localcontext():
                return call(exchange)
        except base_error as error:
            failure = failure_of(error, wire.status, wire.retry_after_s)
        except (*_ODD_REPLY, RecursionError) as error:
            failure = failure_of(error, wire.status)
        stage = Stage.READ if texts is None else Stage.SENT if wire.sent else Stage.UNSENT
        translated = error_for(failure, stage, f"{self.venue.name}, {subject}")
        self._obey(translated)
        if failure.is_a("InvalidNonce") and texts is None:
            self._measure_clock(exchange, base_error)
        raise translated

    def _obey(self, error: Exception) -> None:
        pause_s = error.retry_after_s if isinstance(error, RateLimitError | AccessRefused) else None
        if pause_s:
            self.budget.pause_until(self.wall_clock.now() + timedelta(seconds=pause_s))

    def _measure_clock(self, exchange: CcxtExchange, base_error: type[Exception]) -> None:
        try:
            exchange.load_time_difference()
        except base_error as error:
            log.debug("the venue's clock could not be asked: %s", type(error).__name__)

    def _both(self) -> tuple[CcxtExchange, Wire]:
        if self._made is None:
            wire = Wire(self.budget, _WEIGHT_OF_COST.get(self.venue.name, 1.0))
            self._made = made(self.venue, self.credentials, wire), wire
        return self._made
