"""Our real Binance clients as the exchange of a recorded trader case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from powertrader.core.clock import SystemClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.credentials import BinanceCredentials
from powertrader.core.exceptions import ExchangeError
from powertrader.core.retry import RetryPolicy
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_market import BinanceMarketClient
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue
from powertrader.models.account import Account, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport
from powertrader.models.types import CoinSymbol
from powertrader.parity.recorded_exchange import RecordedExchange
from tests.golden.recorded_venue import RecordedVenue
from tests.unit.exchanges.stub_venue import CountingBudget

ONCE: Final = RetryPolicy(max_tries=1)
"""A recording names each request that fails by its number, so a failed one is not made again."""
Reply = TypeVar("Reply")


def session_with(address: str, keys: BinanceCredentials) -> BinanceSession:
    """A session of the real client with a venue at this address."""
    venue = BinanceVenue("live", ExchangeSection(url=address), ONCE)
    return BinanceSession(venue, keys, CountingBudget(), SystemClock())


class ExchangeOverHttp:
    """The CaseExchange whose every answer comes through our real clients."""

    def __init__(self, inputs: Mapping[str, Any], venue: RecordedVenue, session: BinanceSession) -> None:
        """Take the inputs.exchange of a case."""
        self._recorded = RecordedExchange(inputs)
        self._venue = venue
        self._client = BinanceTradingClient(session, QUOTE_ASSET)
        self._market = BinanceMarketClient(session, QUOTE_ASSET, SystemClock())
        venue.begin(self._recorded, ())

    @property
    def log(self) -> Sequence[Mapping[str, Any]]:
        return self._recorded.log

    @property
    def free(self) -> Mapping[str, Decimal]:
        return self._recorded.free

    def begin(self, now: float, tick: Mapping[str, Any]) -> None:
        self._recorded.begin(now, tick)
        self._venue.begin(self._recorded, tick.get("prices", {}))

    def unused_failures(self) -> tuple[str, ...]:
        return self._recorded.unused_failures()

    def get_account(self) -> Account:
        return self._answer(self._client.get_account)

    def get_instruments(self) -> Mapping[str, Instrument]:
        return self._answer(self._client.get_instruments)

    def get_instrument(self, symbol: str) -> Instrument | None:
        return self._answer(lambda: self._client.get_instrument(symbol))

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        return self._answer(lambda: self._market.get_quotes(coins))

    def place_order(self, intent: OrderIntent) -> OrderReport:
        return self._answer(lambda: self._client.place_order(intent))

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        return self._answer(lambda: self._client.get_order(symbol, client_order_id))

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        return self._answer(lambda: self._client.get_order_history(symbol))

    def _answer(self, call: Callable[[], Reply]) -> Reply:
        try:
            return call()
        except ExchangeError:
            if self._venue.stopped is not None:
                raise self._venue.stopped from None
            raise
