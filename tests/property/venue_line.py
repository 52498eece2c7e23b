"""A market that a test moves, and Binance's answers made by the local exchange without any network.

The real Binance client asks, so that what the trader hears is what the wire would have told it. The line
between has the trouble that a test arranges.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from powertrader.core.clock import Clock, ManualClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.exceptions import ExchangeError, RetryLater
from powertrader.exchanges.binance_errors import Refusal, error_of, unanswered
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue, Parameter, Request
from powertrader.models.account import Quote
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.binance_orders import order_content, placed_content, trade_content
from powertrader.simexchange.order_requests import request_of
from powertrader.simexchange.orders import OrderKey, Query
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.symbol_rules import PercentRule, SymbolRules, document, text_of, usual_rules
from powertrader.simexchange.venue import Venue

ACCOUNT: Final = "main"
QUOTE_ASSET: Final = "USDT"
PRICES: Final[Mapping[CoinSymbol, float]] = {"BTC": 100.0, "ETH": 10.0, "BNB": 25.0}
HALF_SPREAD: Final = 0.0002
_ANY_PRICE: Final = PercentRule(Decimal(1000), Decimal("0.001"), Decimal(1000), Decimal("0.001"))
_ROWS: Final = 1_000

LOST_REPLY: Final = "lost reply"
LOST_REQUEST: Final = "lost request"
ONLY_TAKEN: Final = "only taken"
HIDDEN: Final = "hidden for two looks"
GHOST: Final = "hidden for long"
SLOW: Final = "slow"
SLOW_AND_LOST: Final = "slow and lost"
PARTLY: Final = "executed in part"
NOT_AT_ALL: Final = "not executed at all"
REFUSALS: Final[Mapping[str, Refusal]] = {
    "rejected": Refusal(400, -2010, "Order rejected."),
    "rule": Refusal(400, -1013, "Filter failure: LOT_SIZE"),
    "funds": Refusal(400, -2010, "Account has insufficient balance for requested action."),
    "pair": Refusal(400, -1121, "Invalid symbol."),
    "too many": Refusal(429, -1003, "Too much request weight used.", "30"),
    "banned": Refusal(418, -1003, "Way too much request weight used.", "180"),
    "keys": Refusal(401, -2015, "Invalid API-key, IP, or permissions for action."),
}
ORDER_TROUBLES: Final = (
    LOST_REPLY,
    LOST_REQUEST,
    ONLY_TAKEN,
    HIDDEN,
    GHOST,
    SLOW,
    SLOW_AND_LOST,
    PARTLY,
    NOT_AT_ALL,
    *REFUSALS,
)
READS: Final = ("get_account", "get_order", "get_my_trades", "get_all_orders", "get_exchange_info", "quotes")
_UNANSWERED: Final = frozenset({LOST_REPLY, HIDDEN, GHOST, SLOW_AND_LOST})
_LOOKS: Final[Mapping[str, int]] = {HIDDEN: 2, GHOST: 12}
_SLOW_S: Final = 45.0
_PART: Final[Mapping[str, Decimal]] = {PARTLY: Decimal("0.4"), NOT_AT_ALL: Decimal(0)}


class MovingMarket:
    """A SimMarket and a QuoteSource; a price stays until a test moves it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.prices = dict(PRICES)
        self.coins_traded = 1_000.0
        self.silent = 0
        self._rules = {coin + QUOTE_ASSET: _rules(coin, price) for coin, price in PRICES.items()}
        self._seen: list[tuple[datetime, str, float]] = []

    def symbols(self) -> Mapping[str, SymbolRules]:
        return self._rules

    def quote(self, symbol: str) -> Quote | None:
        price = self.prices.get(symbol.removesuffix(QUOTE_ASSET))
        return None if price is None else Quote(price * (1 - HALF_SPREAD), price * (1 + HALF_SPREAD))

    def extremes(self, symbol: str, since: datetime, until: datetime) -> tuple[float, float] | None:
        prices = [price for at, name, price in self._seen if name == symbol and since < at <= until]
        return (min(prices), max(prices)) if prices else None

    def volume(self, symbol: str) -> float:
        """Give the same volume for every pair."""
        assert symbol in self._rules
        return self.coins_traded

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        if self.silent:
            self.silent -= 1
            msg = "no prices now"
            raise RetryLater(msg)
        found = {coin: self.quote(coin + QUOTE_ASSET) for coin in coins}
        return {coin: quote for coin, quote in found.items() if quote is not None}

    def move(self, coin: CoinSymbol, percent: float) -> None:
        """Let a minute pass in which a price goes there."""
        self._clock.sleep(60)
        price = round(self.prices[coin] * (1 + percent / 100), 4)
        if PRICES[coin] / 50 < price < PRICES[coin] * 50:
            self.prices[coin] = price
        self._seen.append((self._clock.now(), coin + QUOTE_ASSET, self.prices[coin]))


@dataclass(slots=True)
class Trouble:
    """What is arranged for the coming calls; each arrangement is used up by the calls it was made for.

    orders: what happens to the next orders, in turn. silent: how many calls of a method get no answer.
    denied: how often an order is denied, by its id. bare: how many answers about trades lack them.
    """

    orders: list[str] = field(default_factory=list)
    silent: dict[str, int] = field(default_factory=dict)
    denied: dict[str, int] = field(default_factory=dict)
    bare: int = 0

    def takes(self, kind: str) -> bool:
        """Use up one silence of a method, if there is any."""
        left = self.silent.get(kind, 0)
        self.silent[kind] = max(0, left - 1)
        return left > 0

    def denies(self, client_order_id: str) -> bool:
        """Use up one denial of an order, if there is any."""
        left = self.denied.pop(client_order_id, 0)
        if left > 1:
            self.denied[client_order_id] = left - 1
        return left > 0


class _AnyAmount:
    """A RequestBudget without a limit."""

    def acquire(self, weight: int, *, order: bool = False) -> None:
        """Let everything pass."""

    def report(self, used: int) -> None:
        """Count nothing."""

    def pause_until(self, moment: datetime) -> None:
        """Never pause: the trader has to keep the pauses it is told of."""


class VenueLine(BinanceSession):
    """A conversation with the local exchange in this process."""

    def __init__(
        self, venue: Venue, rules: Mapping[str, SymbolRules], clock: Clock, trouble: Trouble
    ) -> None:
        """Ask this venue."""
        super().__init__(BinanceVenue("live", ExchangeSection()), None, _AnyAmount(), clock)
        self._local = venue
        self._rules = rules
        self._clock = clock
        self._trouble = trouble
        self._answers: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            "get_account": self._account,
            "get_exchange_info": self._exchange_info,
            "get_order": self._order,
            "get_my_trades": self._trades,
            "get_all_orders": self._orders,
        }

    def read(self, request: Request, **parameters: Parameter) -> Any:
        """Give the answer to a question; without one, RetryLater as after the last try."""
        if self._trouble.takes(request.method):
            raise self._refused(Refusal(503), request)
        try:
            return self._answers[request.method]({name: str(value) for name, value in parameters.items()})
        except ApiError as error:
            raise self._refused(Refusal(error.status, error.code, error.message), request) from None

    def change(self, request: Request, **parameters: Parameter) -> Any:
        """Place an order, with the trouble that is arranged for it."""
        assert request.method == "create_order"
        trouble = self._trouble.orders.pop(0) if self._trouble.orders else ""
        if trouble in REFUSALS:
            raise self._refused(REFUSALS[trouble], request)
        if trouble == LOST_REQUEST:
            raise unanswered(request.kind, request.subject)
        values = {name: str(value) for name, value in parameters.items() if name != "newOrderRespType"}
        self._arrange(trouble, values["symbol"])
        try:
            placed = self._local.place(ACCOUNT, request_of(values))
        except ApiError as error:
            raise self._refused(Refusal(error.status, error.code, error.message), request) from None
        if trouble in _LOOKS:
            self._trouble.denied[values["newClientOrderId"]] = _LOOKS[trouble]
        if trouble in _UNANSWERED:
            raise unanswered(request.kind, request.subject)
        return placed_content(placed, "ACK" if trouble == ONLY_TAKEN else "FULL")

    def _arrange(self, trouble: str, symbol: str) -> None:
        if trouble in (SLOW, SLOW_AND_LOST):
            self._local.slow_next(symbol, 1, _SLOW_S)
        elif trouble in _PART:
            self._local.expire_next(symbol, _PART[trouble])

    def _refused(self, refusal: Refusal, request: Request) -> ExchangeError:
        return error_of(refusal, request.kind, request.subject, self._clock.now())

    def _account(self, _: Mapping[str, str]) -> object:
        held = self._local.balances(ACCOUNT)
        rows = [{"asset": o.asset, "free": text_of(o.free), "locked": text_of(o.locked)} for o in held]
        return {"balances": rows}

    def _exchange_info(self, _: Mapping[str, str]) -> object:
        halted = self._local.halted()
        return {"symbols": [document(rule, halted=rule.symbol in halted) for rule in self._rules.values()]}

    def _order(self, asked: Mapping[str, str]) -> object:
        client_order_id = asked["origClientOrderId"]
        if self._trouble.denies(client_order_id):
            raise ApiError(-2013, "Order does not exist.")
        key = OrderKey(asked["symbol"], client_order_id=client_order_id)
        return order_content(self._local.order(ACCOUNT, key))

    def _trades(self, asked: Mapping[str, str]) -> object:
        if self._trouble.bare:
            self._trouble.bare -= 1
            return []
        query = Query(asked["symbol"], limit=_ROWS, order_id=int(asked["orderId"]))
        return [trade_content(trade) for trade in self._local.trades(ACCOUNT, query)]

    def _orders(self, asked: Mapping[str, str]) -> object:
        found = self._local.orders(ACCOUNT, Query(asked["symbol"], limit=_ROWS))
        return [order_content(order) for order in found]


def _rules(coin: CoinSymbol, price: float) -> SymbolRules:
    return replace(usual_rules(coin, QUOTE_ASSET, price), percent=_ANY_PRICE)
