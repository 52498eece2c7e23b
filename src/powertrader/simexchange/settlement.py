"""Resting orders meet the prices that came since the last look; in doubt the worse for the account."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from powertrader.core.fills import worse_leg_is_above
from powertrader.models.account import Quote
from powertrader.models.money import ZERO
from powertrader.simexchange.desk import Desk, Pair
from powertrader.simexchange.execution import Booking
from powertrader.simexchange.matching import Met, Span, met
from powertrader.simexchange.orders import Order, Status
from powertrader.simexchange.records import Records, ended
from powertrader.simexchange.sim_market import PricedMarket
from powertrader.simexchange.symbol_rules import SymbolRules
from powertrader.simexchange.user_events import ExecutionType


class Settlement:
    """Lets the market go on for what is open. Times are market time."""

    def __init__(self, records: Records, booking: Booking, market: PricedMarket, desk: Desk) -> None:
        """Bind what resting orders meet."""
        self._records = records
        self._booking = booking
        self._market = market
        self._desk = desk
        self._middles: dict[str, float] = {}

    def seen(self, symbol: str, quote: Quote) -> None:
        """Note the price that the next look begins with."""
        self._middles[symbol] = (quote.bid + quote.ask) / 2

    def meet(self, rules: SymbolRules, since: datetime, until: datetime) -> None:
        """Let the open orders of a pair meet what happened between two times."""
        symbol = rules.symbol
        quote = self._market.market.quote(symbol)
        if quote is None:
            return
        self._execute_due(Pair(rules, quote, until))
        extremes = self._market.market.extremes(symbol, since, until)
        if extremes is None:
            return
        volume = self._market.volume(symbol, quote)
        span = Span(*extremes, quote, volume, self._middles.get(symbol))
        for legs in self._waiting(symbol):
            taken = self._meet(legs, span, rules, until)
            span = replace(span, volume=max(span.volume - taken, 0.0))
        self.seen(symbol, quote)

    def _execute_due(self, pair: Pair) -> None:
        for order in self._records.open_orders(symbol=pair.rules.symbol):
            if order.due is not None and order.due <= pair.at:
                self._desk.execute_due(order, pair)

    def _waiting(self, symbol: str) -> Iterator[Sequence[Order]]:
        """Give each order that waits for a price, or both of a list."""
        done: set[int] = set()
        for order in self._records.open_orders(symbol=symbol):
            if order.due is None and order.order_id not in done:
                other = self._records.other_leg(order)
                legs = (order,) if other is None else (order, other)
                done.update(leg.order_id for leg in legs)
                yield legs

    def _meet(self, legs: Sequence[Order], span: Span, rules: SymbolRules, at: datetime) -> float:
        """Book what happened to an order, or to the worse of two; give how many coins it took."""
        outcomes = [(leg, met(leg, span, self._market.terms.costs, rules)) for leg in legs]
        reached = [(leg, found) for leg, found in outcomes if _is_reached(leg, found)]
        if not reached:
            return 0.0
        reached.sort(key=lambda pair: _first_price(pair[0]), reverse=worse_leg_is_above(legs[0].side))
        order, found = reached[0]
        order = self._alone(order, legs, at)
        if not order.working:
            order = self._records.put(replace(order, working=True, updated=at), ExecutionType.NEW)
        if found.execution is None:
            return 0.0
        self._booking.book(order, (found.execution,), rules, at)
        return float(found.execution.fill.quantity)

    def _alone(self, order: Order, legs: Sequence[Order], at: datetime) -> Order:
        """End the other order of a list; what was locked for it now serves this one."""
        for other in legs:
            if other.order_id != order.order_id:
                order = self._records.revise(replace(order, hold=order.hold + other.hold))
                gone = ended(replace(other, hold=ZERO), Status.EXPIRED, at)
                self._records.put(gone, ExecutionType.EXPIRED)
        return order


def _is_reached(order: Order, found: Met) -> bool:
    return found.execution is not None or found.awake is not order.working


def _first_price(order: Order) -> Decimal:
    return order.stop_price or order.price
