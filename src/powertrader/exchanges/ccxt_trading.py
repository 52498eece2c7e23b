"""Orders at any venue of the ccxt library that can be trusted with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from powertrader.core.exceptions import (
    BadData,
    FilterRejected,
    OrderUnknown,
    PairRefused,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.ccxt_orders import FoundOrder, find_order, open_orders_of, orders_of, trades_of
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_wire import (
    account_of,
    client_id_of,
    instrument_of,
    report_of,
    symbol_of,
    with_trades,
)
from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.money import fixed_text
from powertrader.models.order import OrderIntent, OrderReport, OrderType

_QUANTITY_TEXT: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
Value = TypeVar("Value")


class CcxtTradingClient:
    """A RestingOrderClient at a venue that ccxt reaches; pairs are named as elsewhere, BTCUSDT.

    An order leaves only when the request holds its client id, quantity and prices letter by letter; a
    venue for which ccxt would write them another way, or wants to be told money instead of coins, is
    refused. Where the venue answers with nothing but a number, the order is pending until it is polled.
    """

    def __init__(self, session: CcxtSession) -> None:
        """Open nothing yet."""
        self._session = session
        self._instruments: dict[str, Instrument] = {}
        self._outdated = False

    def get_account(self) -> Account:
        """Give all balances."""
        balance = self._session.ask(lambda exchange: exchange.fetch_balance(), "balances")
        return _understood(lambda: account_of(balance))

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair of the quote asset; asked for once, and again after a rule refused an order."""
        if self._outdated or not self._instruments:
            markets = self._session.markets(anew=self._outdated)
            mode, quote = self._session.exchange().precisionMode, self._session.venue.quote_asset
            spot = [
                market for market in markets.values() if market.get("spot") and market.get("quote") == quote
            ]
            self._instruments = _understood(
                lambda: {symbol_of(market): instrument_of(market, mode) for market in spot}
            )
            self._outdated = False
        return self._instruments

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair, None when the venue does not know it."""
        return self.get_instruments().get(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Send an order once, never twice; the report may still be pending.

        Raises as TradingClient says.
        """
        symbol = self._tradable(intent)
        kind, texts, params = _terms(intent)
        price_text = texts[2] if intent.terms.price is not None else None
        try:
            reply = self._session.send(
                lambda exchange: exchange.create_order(
                    symbol, kind, intent.side.lower(), intent.quantity_text, price_text, params
                ),
                f"order {intent.client_order_id} of {intent.symbol}",
                texts,
            )
        except (FilterRejected, PairRefused):
            self._outdated = True
            raise
        return self._report_of_reply(intent, reply)

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, None when the venue has never seen it."""
        found = self._find(symbol, client_order_id)
        return None if found is None else self._completed(self._report(found, symbol, client_order_id))

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the account's newest orders of a pair, as many as the venue lists, in order of creation."""
        name = self._name(symbol)
        if name is None:
            return ()
        found = self._session.ask(lambda exchange: list(orders_of(exchange, name)), f"orders of {symbol}")
        return self._reports(found, symbol)

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out of the book and give what became of it; one that is over is given as it is.

        Raises Rejected when the venue has never seen the order, OrderUnknown when no answer came.
        """
        found = self._find(symbol, client_order_id)
        if found is None:
            msg = f"{self._session.venue.name} has never seen order {client_order_id} of {symbol}"
            raise Rejected(msg)
        if not self._report(found, symbol, client_order_id).state.is_final:
            self._cancel(found, symbol)
        after = self.get_order(symbol, client_order_id)
        if after is None:
            msg = f"order {client_order_id} of {symbol} was there and cannot be found after its cancellation"
            raise OrderUnknown(msg)
        return after

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair that are not over, in order of creation."""
        name = self._name(symbol)
        if name is None:
            return ()
        found = self._session.ask(
            lambda exchange: list(open_orders_of(exchange, name)), f"open orders of {symbol}"
        )
        return self._reports(found, symbol)

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Refuse: ccxt has no way to link two orders that every venue understands. Raises PairRefused."""
        msg = (
            f"orders {above.client_order_id} and {below.client_order_id} of {above.symbol}: "
            f"{self._session.venue.name} is reached through ccxt, which cannot link two orders"
        )
        raise PairRefused(msg)

    def _tradable(self, intent: OrderIntent) -> str:
        """Give the venue's name of an order's pair."""
        instrument = self.get_instrument(intent.symbol)
        name = self._name(intent.symbol)
        if instrument is None or name is None or not instrument.tradable:
            msg = f"{self._session.venue.name} does not trade {intent.symbol} now"
            raise PairRefused(msg)
        if not _QUANTITY_TEXT.fullmatch(intent.quantity_text):
            msg = f"quantity {intent.quantity_text!r} must be digits with at most one point"
            raise FilterRejected(msg)
        return name

    def _name(self, symbol: str) -> str | None:
        instrument = self.get_instrument(symbol)
        return None if instrument is None else self._session.market_symbol(instrument.coin)

    def _find(self, symbol: str, client_order_id: str) -> FoundOrder | None:
        name = self._name(symbol)
        if name is None:
            return None
        return self._session.ask(
            lambda exchange: find_order(exchange, name, client_order_id),
            f"order {client_order_id} of {symbol}",
        )

    def _cancel(self, found: FoundOrder, symbol: str) -> None:
        name = self._name(symbol) or symbol
        try:
            self._session.send(
                lambda exchange: exchange.cancel_order(found.order_id, name, dict(found.params)),
                f"cancellation of order {found.order_id} of {symbol}",
                (found.order_id,),
            )
        except Rejected:
            # it was over before the cancellation came; what became of it is looked up next
            return

    def _report_of_reply(self, intent: OrderIntent, reply: object) -> OrderReport:
        try:
            report = report_of(reply, intent.symbol, intent.client_order_id, intent.side)
            if not report.order_id:
                msg = "the reply holds no number of an order"
                raise BadData(msg)  # noqa: TRY301  told below with every other reply of no use
            return self._completed(replace(report, ordered_quantity=intent.quantity))
        except (BadData, RetryLater) as error:
            order = f"order {intent.client_order_id} of {intent.symbol}"
            msg = f"{order} was taken, but how it stands is not told: {error}"
            raise OrderUnknown(msg) from None

    def _report(self, found: FoundOrder, symbol: str, client_order_id: str) -> OrderReport:
        return _understood(lambda: report_of(found.order, symbol, client_order_id))

    def _reports(self, found: list[FoundOrder], symbol: str) -> tuple[OrderReport, ...]:
        reports = [self._report(one, symbol, client_id_of(one.order)) for one in found]
        complete = [
            report if report.quote_quantity.is_finite() else self._completed(report) for report in reports
        ]
        return tuple(sorted(complete, key=_creation))

    def _completed(self, report: OrderReport) -> OrderReport:
        """Add what only the trades tell. Raises RetryLater when it is not known yet what was paid."""
        if report.executed_quantity <= 0 or (report.fees is not None and report.quote_quantity.is_finite()):
            return report
        name = self._name(report.symbol) or report.symbol
        subject = f"trades of order {report.client_order_id}"
        try:
            trades = self._session.ask(lambda exchange: trades_of(exchange, name, report.order_id), subject)
            report = _understood(lambda: with_trades(report, trades))
        except RetryLater:
            if not report.quote_quantity.is_finite():
                raise
        if not report.quote_quantity.is_finite():
            msg = f"{subject}: the venue does not say yet what was paid"
            raise RetryLater(msg)
        return report


def _terms(intent: OrderIntent) -> tuple[str, tuple[str, ...], dict[str, object]]:
    """Give ccxt's type of an order, the texts that must leave with it, and its further parameters."""
    terms = intent.terms
    params: dict[str, object] = {"clientOrderId": intent.client_order_id}
    texts = [intent.client_order_id, intent.quantity_text]
    if terms.price is not None:
        texts.append(fixed_text(terms.price))
    if terms.order_type is OrderType.LIMIT_MAKER:
        params["postOnly"] = True
    if terms.stop_price is not None:
        text = fixed_text(terms.stop_price)
        texts.append(text)
        params["stopLossPrice" if terms.order_type.is_stop else "takeProfitPrice"] = text
    return "limit" if terms.order_type.has_price else "market", tuple(texts), params


def _creation(report: OrderReport) -> tuple[int, int, str]:
    number = int(report.order_id) if report.order_id.isdecimal() else 0
    return int(report.time_text) if report.time_text.isdecimal() else 0, number, report.order_id


def _understood(read: Callable[[], Value]) -> Value:
    """Give what a reply says; one that makes no sense is asked for again. Raises RetryLater."""
    try:
        return read()
    except BadData as error:
        msg = f"the venue's reply cannot be used: {error}"
        raise RetryLater(msg) from None
