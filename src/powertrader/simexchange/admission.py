"""Whether a new order may be taken, and the order that is made of a request."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.core.fills import takes_at_once, triggers_at_once
from powertrader.models.account import Quote
from powertrader.models.money import ZERO, decimal_of
from powertrader.models.order import OrderTerms, OrderType, Side
from powertrader.simexchange.desk import Pair
from powertrader.simexchange.filters import Standing, refuse_closed, refuse_filters
from powertrader.simexchange.orders import Order, OrderRequest, PairRequest, TimeInForce
from powertrader.simexchange.records import Records
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.scripts import Scripts
from powertrader.simexchange.sim_market import SimMarket
from powertrader.simexchange.symbol_rules import SymbolRules

_REJECTED: Final = -2010


class Admission:
    """Holds requests against the rules of their pair, the market, and what the account has open."""

    def __init__(self, market: SimMarket, records: Records, scripts: Scripts) -> None:
        """Bind what requests are held against."""
        self._market = market
        self._records = records
        self._scripts = scripts

    def rules(self, symbol: str) -> SymbolRules:
        """Give the rules of a pair. Raises ApiError when there is no such pair."""
        rules = self._market.symbols().get(symbol)
        if rules is None:
            raise ApiError(-1121, "Invalid symbol.")
        return rules

    def admit(self, account: str, request: OrderRequest, now: datetime) -> Pair:
        """Give the pair as it is now. Raises ApiError with Binance's code for whatever an order breaks."""
        pair = self._open_pair(request.symbol, now)
        refuse_filters(request, pair.rules, self._standing(account, request, pair))
        self._refuse_duplicate(account, request.client_order_id)
        _refuse_at_once(request, pair.quote)
        return pair

    def admit_pair(self, account: str, request: PairRequest, now: datetime) -> Pair:
        """Give the pair as it is now, when both orders and their prices fit it. Raises ApiError."""
        above, below = request.above, request.below
        pair = self._open_pair(above.symbol, now)
        for leg in (above, below):
            refuse_filters(leg, pair.rules, self._standing(account, leg, pair))
            self._refuse_duplicate(account, leg.client_order_id)
        if above.client_order_id and above.client_order_id == below.client_order_id:
            raise ApiError(_REJECTED, "Duplicate order sent.")
        if not _first_price(above) > _middle(pair.quote) > _first_price(below):
            raise ApiError(_REJECTED, "The relationship of the prices for the orders is not correct.")
        for leg in (above, below):
            _refuse_at_once(leg, pair.quote)
        return pair

    def order_of(self, account: str, request: OrderRequest, order_id: int, now: datetime) -> Order:
        """Give the order that a request asks for."""
        rules = self.rules(request.symbol)
        return Order(
            account=account,
            symbol=request.symbol,
            order_id=order_id,
            client_order_id=request.client_order_id,
            side=request.side,
            order_type=request.order_type,
            time_in_force=request.time_in_force or TimeInForce.GTC,
            quantity=request.quantity or ZERO,
            created=now,
            updated=now,
            quote_quantity=request.quote_quantity or ZERO,
            price=request.price or ZERO,
            stop_price=request.stop_price or ZERO,
            working=not request.order_type.has_trigger,
            hold_asset=rules.quote_asset if request.side is Side.BUY else rules.coin,
        )

    def _open_pair(self, symbol: str, now: datetime) -> Pair:
        rules = self.rules(symbol)
        quote = self._market.quote(symbol)
        if quote is None or symbol in self._scripts.halted or rules.status != "TRADING":
            refuse_closed()
        return Pair(rules, quote, now)

    def _standing(self, account: str, request: OrderRequest, pair: Pair) -> Standing:
        open_orders = self._records.open_orders(account, request.symbol)
        balance = self._records.accounts.balance(account, pair.rules.coin)
        coming = sum((one.remaining for one in open_orders if one.side is Side.BUY), ZERO)
        return Standing(_middle(pair.quote), open_orders, balance.free + balance.locked + coming)

    def _refuse_duplicate(self, account: str, client_order_id: str) -> None:
        if client_order_id and self._records.has_open(account, client_order_id):
            raise ApiError(_REJECTED, "Duplicate order sent.")


def _refuse_at_once(request: OrderRequest, quote: Quote) -> None:
    terms = OrderTerms(request.order_type, request.price, request.stop_price)
    if request.order_type is OrderType.LIMIT_MAKER and takes_at_once(request.side, terms, quote):
        raise ApiError(_REJECTED, "Order would immediately match and take.")
    if triggers_at_once(request.side, terms, quote):
        raise ApiError(_REJECTED, "Stop price would trigger immediately.")


def _first_price(request: OrderRequest) -> Decimal:
    """Give the price at which an order wakes up or is executed."""
    return request.stop_price or request.price or ZERO


def _middle(quote: Quote) -> Decimal:
    return decimal_of((quote.bid + quote.ask) / 2)
