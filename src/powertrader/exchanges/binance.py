"""Orders on Binance spot."""

import logging
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

from powertrader.core.exceptions import (
    BadData,
    FilterRejected,
    OrderUnknown,
    PairRefused,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.binance_errors import CancelRefused, OrderNotFound
from powertrader.exchanges.binance_session import BinanceSession, Parameter, Request
from powertrader.exchanges.binance_wire import (
    OrderAnswer,
    account_of,
    canceled_order,
    executions_of,
    listed_orders,
    order_of,
    orders_of,
    placed_order,
    with_executions,
)
from powertrader.exchanges.binance_wire_rules import rules_of
from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.money import fixed_text
from powertrader.models.order import OrderIntent, OrderReport, OrderType

ORDERS_PER_PAGE: Final = 1000
_TRADES_PER_PAGE: Final = 1000
_GOOD_TILL_CANCELED: Final = "GTC"
_CLIENT_ORDER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}")
_PLAIN_NUMBER: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
"""What Binance takes; anything else would break the signature, which looks like a wrong key."""
_LEG_NAMES: Final[Mapping[str, str]] = {
    "type": "Type",
    "newClientOrderId": "ClientOrderId",
    "price": "Price",
    "stopPrice": "StopPrice",
    "timeInForce": "TimeInForce",
}
"""Parameters of an order and their names in a leg of an order list, after above or below."""
Value = TypeVar("Value")
log = logging.getLogger(__name__)


class BinanceTradingClient:
    """A RestingOrderClient for one Binance account.

    Quantities are sent as the text they are given, prices in fixed notation. Binance knows no time to
    live: an order with one is refused, so that nobody relies on it.
    """

    def __init__(self, session: BinanceSession, quote_asset: str) -> None:
        """Ask nothing yet."""
        self._session = session
        self._quote_asset = quote_asset
        self._instruments: Mapping[str, Instrument] = {}
        self._unreadable: tuple[str, ...] = ()

    def get_account(self) -> Account:
        """Give all balances."""
        return _understood(account_of, self._session.read(Request("get_account", 20, "account", signed=True)))

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair of the quote asset by symbol, asked for anew."""
        reply = self._session.read(Request("get_exchange_info", 20, "order rules"))
        rules = _understood(partial(rules_of, quote_asset=self._quote_asset), reply)
        if rules.unreadable and rules.unreadable != self._unreadable:
            log.warning("pairs whose rules make no sense are left out", extra={"pairs": rules.unreadable[:5]})
        self._unreadable = rules.unreadable
        self._instruments = rules.instruments
        return rules.instruments

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair as they were last asked for."""
        return (self._instruments or self.get_instruments()).get(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Send an order once.

        Raises Rejected when Binance refused it, OrderUnknown when it was sent and no answer came.
        """
        _check(intent)
        request = Request("create_order", 1, _subject(intent), signed=True, order=True)
        try:
            return placed_order(self._session.change(request, **_order_parameters(intent)), intent)
        except FilterRejected as error:
            raise self._with_numbers(error, intent) from None
        except BadData as error:
            raise _not_understood(request, error) from error

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, with its fees once they are known."""
        request = Request("get_order", 4, f"order {client_order_id} of {symbol}", signed=True)
        try:
            reply = self._session.read(request, symbol=symbol, origClientOrderId=client_order_id)
        except OrderNotFound:
            return None
        answer = _understood(order_of, reply)
        return self._with_fees(answer) if answer.report.executed_quantity else answer.report

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the newest 1,000 orders of a pair in order of creation; none for an unknown pair."""
        request = Request("get_all_orders", 20, f"orders of {symbol}", signed=True)
        try:
            reply = self._session.read(request, symbol=symbol, limit=ORDERS_PER_PAGE)
        except PairRefused:
            return ()
        answers = _understood(orders_of, reply)
        return tuple(one.report if one.is_quote_known else self._with_fees(one) for one in answers)

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out of the book; one that is over is given as it is.

        Raises Rejected when Binance has never seen it, OrderUnknown when no answer came.
        """
        subject = f"cancelation of {client_order_id} of {symbol}"
        request = Request("cancel_order", 1, subject, signed=True, order=True)
        try:
            reply = self._session.change(request, symbol=symbol, origClientOrderId=client_order_id)
            report = canceled_order(reply, client_order_id)
        except (CancelRefused, OrderNotFound):
            found = self.get_order(symbol, client_order_id)
            if found is None:
                raise
            return found
        except BadData as error:
            raise _not_understood(request, error) from error
        return self._with_fees(OrderAnswer(report)) if report.executed_quantity else report

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair that are not over, in order of creation."""
        request = Request("get_open_orders", 6, f"open orders of {symbol}", signed=True)
        answers = _understood(orders_of, self._session.read(request, symbol=symbol))
        return tuple(answer.report for answer in answers)

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Send two orders of which the first executed cancels the other.

        Raises as place_order does; then neither was placed, or nothing is known of both.
        """
        _check(above)
        _check(below)
        request = Request(
            "create_oco_order", 2, f"pair of orders for {above.symbol}", signed=True, order=True
        )
        parameters: dict[str, Parameter] = {
            "symbol": above.symbol,
            "side": above.side.value,
            "quantity": above.quantity_text,
            "newOrderRespType": "FULL",
            **_leg("above", above),
            **_leg("below", below),
        }
        try:
            rows = listed_orders(self._session.change(request, **parameters))
            by_id = {one.report.client_order_id: one.report for one in map(order_of, rows)}
            return by_id[above.client_order_id], by_id[below.client_order_id]
        except FilterRejected as error:
            raise self._with_numbers(error, above) from None
        except (BadData, KeyError) as error:
            raise _not_understood(request, error) from error

    def _with_fees(self, answer: OrderAnswer) -> OrderReport:
        """Ask for the trades of an order; without an answer its fees stay unknown for now."""
        report = answer.report
        request = Request("get_my_trades", 20, f"trades of order {report.order_id}", signed=True)
        try:
            trades = self._session.read(
                request, symbol=report.symbol, orderId=report.order_id, limit=_TRADES_PER_PAGE
            )
            return with_executions(answer, executions_of(trades))
        except (RetryLater, BadData):
            return report

    def _with_numbers(self, error: FilterRejected, intent: OrderIntent) -> FilterRejected:
        """Say what was ordered and what the pair's rules were thought to be, and have them asked anew."""
        pair = self._instruments.get(intent.symbol)
        self._instruments = {}
        ordered = f"{error}; ordered {intent.quantity_text} at about {intent.expected_price:g}"
        if pair is None:
            return FilterRejected(ordered)
        return FilterRejected(
            f"{ordered}; the pair takes {pair.min_quantity:f} to {_most(pair.max_quantity)} in steps of "
            f"{pair.lot_step:f}, worth at least {pair.min_notional:f}, prices in steps of {pair.price_tick:f}"
        )


def _understood(read: Callable[[object], Value], reply: object) -> Value:
    """Give what a reply says; one that makes no sense is to be asked for again. Raises RetryLater."""
    try:
        return read(reply)
    except BadData as error:
        msg = f"a reply of Binance cannot be used: {error}"
        raise RetryLater(msg) from error


def _not_understood(request: Request, error: Exception) -> OrderUnknown:
    return OrderUnknown(f"{request.subject}: was sent, and the answer cannot be read: {error}")


def _check(intent: OrderIntent) -> None:
    """Raise Rejected for an order that Binance could only misunderstand."""
    problem = ""
    if intent.terms.time_to_live_s is not None:
        problem = "Binance keeps no time to live; cancel the order when it is over"
    elif not _PLAIN_NUMBER.fullmatch(intent.quantity_text):
        problem = f"quantity {intent.quantity_text[:40]!r} must be digits with at most one point between"
    elif not _CLIENT_ORDER_ID.fullmatch(intent.client_order_id):
        problem = "the client order id must be 1 to 36 letters, digits, - and _"
    if problem:
        msg = f"{_subject(intent)}: {problem}"
        raise Rejected(msg)


def _order_parameters(intent: OrderIntent) -> dict[str, Parameter]:
    terms = intent.terms
    parameters: dict[str, Parameter] = {
        "symbol": intent.symbol,
        "side": intent.side.value,
        "type": terms.order_type.value,
        "quantity": intent.quantity_text,
        "newClientOrderId": intent.client_order_id,
        "newOrderRespType": "FULL",
    }
    if terms.price is not None:
        parameters["price"] = fixed_text(terms.price)
    if terms.stop_price is not None:
        parameters["stopPrice"] = fixed_text(terms.stop_price)
    if terms.order_type.has_price and terms.order_type is not OrderType.LIMIT_MAKER:
        parameters["timeInForce"] = _GOOD_TILL_CANCELED
    return parameters


def _leg(name: str, intent: OrderIntent) -> dict[str, Parameter]:
    """Give the parameters of one leg of an OCO; its names begin with above or below."""
    own = _order_parameters(intent)
    return {name + _LEG_NAMES[key]: value for key, value in own.items() if key in _LEG_NAMES}


def _subject(intent: OrderIntent) -> str:
    return f"order {intent.client_order_id}, {intent.side} {intent.quantity_text} {intent.symbol}"


def _most(quantity: Decimal | None) -> str:
    return "any number" if quantity is None else f"{quantity:f}"
