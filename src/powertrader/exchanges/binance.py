"""Orders on Binance spot."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import (
    BadData,
    FilterRejected,
    OrderUnknown,
    PairRefused,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.binance_errors import NoSuchOrder
from powertrader.exchanges.binance_session import BinanceSession, Parameter, Request
from powertrader.exchanges.binance_wire import (
    account_of,
    pair_reports,
    placed_report,
    report_of,
    reports_of,
    with_fees,
)
from powertrader.exchanges.binance_wire_rules import instruments_of
from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.money import fixed_text
from powertrader.models.order import OrderIntent, OrderReport, OrderType

_GOOD_TILL_CANCELED: Final = "GTC"
_TRADES_PER_PAGE: Final = 1000


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

    def get_account(self) -> Account:
        """Give all balances."""
        return account_of(self._session.read(Request("get_account", 20, "account", signed=True)))

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair of the quote asset by symbol, asked for anew."""
        reply = self._session.read(Request("get_exchange_info", 20, "order rules"))
        self._instruments = instruments_of(reply, self._quote_asset)
        return self._instruments

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair as they were last asked for."""
        return (self._instruments or self.get_instruments()).get(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Send an order once.

        Raises Rejected when Binance refused it, OrderUnknown when it was sent and no answer came.
        """
        if intent.terms.time_to_live_s is not None:
            msg = f"{_subject(intent)}: Binance keeps no time to live; cancel the order when it is over"
            raise Rejected(msg)
        request = Request("create_order", 1, _subject(intent), signed=True, order=True)
        try:
            return placed_report(self._session.change(request, **_order_parameters(intent)), intent)
        except FilterRejected as error:
            msg = f"{error}; {self._numbers(intent)}"
            raise FilterRejected(msg) from None
        except BadData as error:
            msg = f"{_subject(intent)}: was sent, and the answer cannot be read: {error}"
            raise OrderUnknown(msg) from error

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, with its fees once they are known."""
        request = Request("get_order", 4, f"order {client_order_id} of {symbol}", signed=True)
        try:
            report = report_of(self._session.read(request, symbol=symbol, origClientOrderId=client_order_id))
        except NoSuchOrder:
            return None
        return self._with_fees(report) if report.executed_quantity else report

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the newest 1,000 orders of a pair in order of creation; none for an unknown pair."""
        request = Request("get_all_orders", 20, f"orders of {symbol}", signed=True)
        try:
            return reports_of(self._session.read(request, symbol=symbol, limit=1000))
        except PairRefused:
            return ()

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out of the book; one that is over is given as it is.

        Raises Rejected when Binance has never seen it, OrderUnknown when no answer came.
        """
        subject = f"cancelation of {client_order_id} of {symbol}"
        request = Request("cancel_order", 1, subject, signed=True, order=True)
        try:
            report = report_of(
                self._session.change(request, symbol=symbol, origClientOrderId=client_order_id)
            )
        except NoSuchOrder:
            found = self.get_order(symbol, client_order_id)
            if found is None:
                raise
            return found
        except BadData as error:
            msg = f"{subject}: was sent, and the answer cannot be read: {error}"
            raise OrderUnknown(msg) from error
        return self._with_fees(report) if report.executed_quantity else report

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair that are not over, in order of creation."""
        request = Request("get_open_orders", 6, f"open orders of {symbol}", signed=True)
        return reports_of(self._session.read(request, symbol=symbol))

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Send two orders of which the first executed cancels the other.

        Raises as place_order does; then neither was placed, or nothing is known of both.
        """
        request = Request(
            "create_oco_order", 1, f"pair of orders for {above.symbol}", signed=True, order=True
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
            reports = pair_reports(self._session.change(request, **parameters))
            by_id = {report.client_order_id: report for report in reports}
            return by_id[above.client_order_id], by_id[below.client_order_id]
        except (BadData, KeyError) as error:
            msg = f"pair of orders for {above.symbol}: was sent, and the answer cannot be read"
            raise OrderUnknown(msg) from error

    def _with_fees(self, report: OrderReport) -> OrderReport:
        """Ask for the trades of an order; without an answer its fees stay unknown for now."""
        request = Request("get_my_trades", 20, f"trades of order {report.order_id}", signed=True)
        try:
            trades = self._session.read(
                request, symbol=report.symbol, orderId=report.order_id, limit=_TRADES_PER_PAGE
            )
            return with_fees(report, trades)
        except (RetryLater, BadData):
            return report

    def _numbers(self, intent: OrderIntent) -> str:
        """Say what was ordered and what the pair's rules are, as far as they are known."""
        pair = self._instruments.get(intent.symbol)
        ordered = f"ordered {intent.quantity_text} at about {intent.expected_price:g}"
        if pair is None:
            return ordered
        return (
            f"{ordered}; the pair takes {pair.min_quantity:f} to {_most(pair.max_quantity)} in steps of "
            f"{pair.lot_step:f}, worth at least {pair.min_notional:f}"
        )


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
    fields = {"type": "Type", "newClientOrderId": "ClientOrderId", "price": "Price", "stopPrice": "StopPrice"}
    fields["timeInForce"] = "TimeInForce"
    return {name + fields[key]: value for key, value in own.items() if key in fields}


def _subject(intent: OrderIntent) -> str:
    return f"order {intent.client_order_id}, {intent.side} {intent.quantity_text} {intent.symbol}"


def _most(quantity: Decimal | None) -> str:
    return "any number" if quantity is None else f"{quantity:f}"
