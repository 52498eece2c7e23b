"""The ccxt library, loaded when first needed, and its exchange objects under our rules."""

import difflib
import importlib
import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast
from urllib.parse import unquote, urlsplit, urlunsplit

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import ConfigError, FilterRejected
from powertrader.core.request_budget import RequestBudget
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials

INSTALL: Final = "pip install 'powertrader[ccxt]'"
RETRIES: Final = RetryPolicy(max_tries=3, first_delay_s=2.0, factor=2.0, jitter_fraction=0.25)

_USED_WEIGHT: Final = "x-mbx-used-weight-1m"
_MS_PER_S: Final = 1000
_ALLOWANCE_S: Final = 60


class CcxtExchange(Protocol):
    """The part of a ccxt exchange that is used here; structures are ccxt's unified ones."""

    id: str
    has: Mapping[str, object]
    timeframes: Mapping[str, str] | None
    precisionMode: int  # noqa: N815  ccxt's name
    options: dict[str, object]
    markets: Mapping[str, Mapping[str, object]]
    session: Any  # a requests.Session, which has its home elsewhere

    def load_markets(self, reload: bool = False) -> Mapping[str, Mapping[str, object]]:  # noqa: FBT001, FBT002  ccxt's signature
        """Give the markets by symbol."""
        ...

    def load_time_difference(self) -> object:
        """Measure how far the venue's clock is off."""
        ...

    def feature_value_by_type(self, *names: str | None) -> object:
        """Tell what a method of a kind of market can do."""
        ...

    def fetch_ohlcv(self, symbol: str, timeframe: str, since: int, limit: int) -> object:
        """Give candles from a time in milliseconds on, oldest first."""
        ...

    def fetch_bids_asks(self, symbols: list[str]) -> object:
        """Give the best prices by symbol."""
        ...

    def fetch_tickers(self, symbols: list[str]) -> object:
        """Give the day's figures and best prices by symbol."""
        ...

    def fetch_ticker(self, symbol: str) -> object:
        """Give the day's figures and best prices of one pair."""
        ...

    def fetch_balance(self) -> object:
        """Give all balances."""
        ...

    def create_order(self, *terms: object) -> object:
        """Place an order: symbol, type, side, amount, price, parameters."""
        ...

    def cancel_order(self, order_id: str, symbol: str, params: dict[str, object]) -> object:
        """Cancel an order by its number."""
        ...

    def fetch_order(self, order_id: str | None, symbol: str, params: dict[str, object]) -> object:
        """Give one order."""
        ...

    def fetch_orders(self, symbol: str, *page: object) -> object:
        """Give all orders of a pair."""
        ...

    def fetch_open_orders(self, symbol: str, *page: object) -> object:
        """Give the orders of a pair that wait."""
        ...

    def fetch_closed_orders(self, symbol: str, *page: object) -> object:
        """Give the orders of a pair that are over."""
        ...

    def fetch_order_trades(self, order_id: str, symbol: str) -> object:
        """Give the trades of an order."""
        ...

    def fetch_my_trades(self, symbol: str, *page: object) -> object:
        """Give the account's trades of a pair."""
        ...


@dataclass(frozen=True, slots=True)
class CcxtVenue:
    """Which of ccxt's venues is asked, and how; address: a local exchange in its place, empty for none."""

    name: str
    address: str = ""
    quote_asset: str = QUOTE_ASSET
    timeout_s: float = 10.0
    retries: RetryPolicy = RETRIES


@dataclass(slots=True)
class Wire:
    """What the connection of one exchange object needs to know about the call that is being made.

    texts must be in an order as it leaves, letter by letter. sent tells whether anything that may
    change the account has left. status and retry_after_s are those of the last reply.
    """

    budget: RequestBudget
    weight_of_cost: float
    is_order: bool = False
    texts: tuple[str, ...] = ()
    sent: bool = False
    status: int | None = None
    retry_after_s: float | None = None

    def begin(self, texts: tuple[str, ...] | None) -> None:
        """Forget the call before; texts is None for a question."""
        self.is_order, self.texts = texts is not None, texts or ()
        self.sent, self.status, self.retry_after_s = False, None, None

    def pay(self, cost: float | None) -> None:
        """Take a request out of the budget."""
        weight = math.ceil((1 if cost is None else cost) * self.weight_of_cost)
        self.budget.acquire(max(1, weight), order=self.is_order)

    def leave(self, url: str, method: str, body: object) -> None:
        """Look at a request for the last time. Raises FilterRejected when it is not the order meant."""
        if method == "GET":
            return
        request = f"{unquote(str(url))} {unquote(str(body))}"
        for text in self.texts:
            if not re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.])", request):
                msg = f"ccxt would not send {text} as it is; this venue cannot be used for such an order"
                raise FilterRejected(msg)
        self.sent = True

    def arrive(self, status: int, headers: Mapping[str, str]) -> None:
        """Take note of a reply."""
        known = {name.lower(): value for name, value in headers.items()}
        self.status, self.retry_after_s = status, _seconds(known.get("retry-after"))
        used = _seconds(known.get(_USED_WEIGHT))
        if used is not None:
            self.budget.report(int(used))


def library() -> Any:  # noqa: ANN401  a library without types; CcxtExchange above is what is used of it
    """Give the ccxt library. Raises ConfigError, with the way to install it, when it is not there."""
    try:
        return importlib.import_module("ccxt")
    except ModuleNotFoundError:
        msg = f"the ccxt library is not installed, which other venues need: {INSTALL}"
        raise ConfigError(msg) from None


def made(venue: CcxtVenue, credentials: VenueCredentials | None, wire: Wire) -> CcxtExchange:
    """Give an exchange object of ccxt; nothing is asked yet. Raises ConfigError for an unknown venue."""
    exchange: Any = _class_of(venue.name, wire)(_settings(venue, credentials))
    # numbers stay the text that the venue sent
    exchange.number = str
    # how coins are sent from wallet to wallet does not matter here
    exchange.has["fetchCurrencies"] = False
    # a market purchase names coins; where a venue wants to be told the money, ccxt refuses
    exchange.options["createMarketBuyOrderRequiresPrice"] = True
    if venue.address:
        exchange.urls["api"] = _moved(exchange.urls["api"], venue.address)
    return cast("CcxtExchange", exchange)


def allowance(name: str) -> tuple[int, int]:
    """Give the request weight that ccxt thinks a venue allows, and in how many seconds.

    Raises ConfigError when ccxt or the venue is not there.
    """
    return max(1, int(_ALLOWANCE_S * _MS_PER_S / float(_base(name)().rateLimit))), _ALLOWANCE_S


def _base(name: str) -> Any:  # noqa: ANN401  a class of a library without types
    ccxt = library()
    # headers and bodies of signed requests are logged at this level
    logging.getLogger("ccxt").setLevel(logging.INFO)
    if name not in ccxt.exchanges:
        near = difflib.get_close_matches(name, ccxt.exchanges, 3)
        hint = f"did you mean {', '.join(near)}?" if near else "see docs.ccxt.com for the names"
        msg = f"ccxt knows no venue {name!r}; {hint}"
        raise ConfigError(msg)
    return getattr(ccxt, name)


def _class_of(name: str, wire: Wire) -> type:
    base = _base(name)

    def fetch(self: Any, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> object:  # noqa: ANN401  replaces a method of ccxt
        wire.leave(url, method, body)
        answer: object = base.fetch(self, url, method, headers, body)
        if not isinstance(answer, dict | list):
            # ccxt would go on with it and find an account without balances, an order without a number
            raise library().BadResponse(f"{name} answered with what is no JSON")  # noqa: EM102, TRY003  ccxt's own error, made ours by the session
        return answer

    def on_rest_response(self: Any, code: int, *reply: Any) -> object:  # noqa: ANN401  as above
        wire.arrive(code, reply[3])
        return base.on_rest_response(self, code, *reply)

    def throttle(self: Any, cost: float | None = None) -> None:  # noqa: ANN401, ARG001  as above
        wire.pay(cost)

    def verbatim(self: Any, symbol: str, amount: object) -> object:  # noqa: ANN401, ARG001  as above
        return amount

    members = {
        "fetch": fetch,
        "on_rest_response": on_rest_response,
        "throttle": throttle,
        "amount_to_precision": verbatim,
        "price_to_precision": verbatim,
    }
    return type(name, (base,), members)


def _settings(venue: CcxtVenue, credentials: VenueCredentials | None) -> dict[str, object]:
    settings: dict[str, object] = {
        "enableRateLimit": True,  # asks our budget, see throttle
        "timeout": int(venue.timeout_s * _MS_PER_S),
        "options": {
            "defaultType": "spot",
            "fetchMarkets": {"types": ["spot"], "fetchTickersFees": False},
            "fetchMargins": False,
            "fetchCurrencies": False,
            "adjustForTimeDifference": credentials is not None,
            "warnOnFetchOpenOrdersWithoutSymbol": False,
        },
    }
    if credentials is not None:
        settings |= {"apiKey": credentials.api_key.reveal(), "secret": credentials.api_secret.reveal()}
        if credentials.password is not None:
            settings["password"] = credentials.password.reveal()
    return settings


def _moved(addresses: Any, address: str) -> Any:  # noqa: ANN401  addresses, or a tree of them, as ccxt keeps them
    if isinstance(addresses, dict):
        return {name: _moved(part, address) for name, part in addresses.items()}
    there, here = urlsplit(str(addresses)), urlsplit(address)
    return urlunsplit((here.scheme, here.netloc, there.path, "", ""))


def _seconds(text: str | None) -> float | None:
    try:
        number = float(text) if text else math.nan
    except ValueError:
        return None
    return number if 0 <= number < math.inf else None
