"""New orders: executed from the book, or left to rest."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.models.account import Quote
from powertrader.models.money import floor_to_step, product
from powertrader.models.order import OrderType, Side
from powertrader.simexchange.depth import offers
from powertrader.simexchange.execution import Booking
from powertrader.simexchange.matching import Execution, quantity_for, walked
from powertrader.simexchange.orders import Order, Placed, Status, TimeInForce, Trade
from powertrader.simexchange.records import Records, ended
from powertrader.simexchange.scripts import Scripts
from powertrader.simexchange.sim_market import PricedMarket
from powertrader.simexchange.symbol_rules import SymbolRules
from powertrader.simexchange.user_events import ExecutionType

_RESTS: Final = frozenset({TimeInForce.GTC})


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair at one moment."""

    rules: SymbolRules
    quote: Quote
    at: datetime


class Desk:
    """Takes checked orders. Raises ApiError when the account has too little; nothing changed then."""

    def __init__(self, records: Records, booking: Booking, market: PricedMarket, scripts: Scripts) -> None:
        """Bind what an order meets."""
        self._records = records
        self._booking = booking
        self._market = market
        self._scripts = scripts

    def enter(self, order: Order, pair: Pair) -> Placed:
        """Take a new order and execute what can be at once."""
        if order.order_type is OrderType.MARKET:
            return self._at_market(order, pair)
        order = self._records.held_back(order, self._booking.needed(order))
        self._records.put(order, ExecutionType.NEW)
        if order.order_type is not OrderType.LIMIT:
            return Placed(order)
        executions = self._walked(order, pair)
        there = sum(one.fill.quantity for one in executions)
        if order.time_in_force is TimeInForce.FOK and there < order.quantity:
            executions = ()
        return self._taken(order, executions, pair)

    def execute_due(self, order: Order, pair: Pair) -> None:
        """Execute a market order that was held back on purpose."""
        self._taken(order, self._walked(order, pair), pair)

    def _at_market(self, order: Order, pair: Pair) -> Placed:
        if order.quote_quantity:
            order = replace(order, quantity=self._quantity_for(order, pair))
        executions = self._walked(order, pair)
        sells = order.side is Side.SELL
        needed = order.quantity if sells else self._booking.cost(order, executions)
        order = self._records.held_back(order, needed)
        delay = self._scripts.take_delay(order.symbol)
        if delay is not None:
            return Placed(self._records.put(replace(order, due=pair.at + delay), ExecutionType.NEW))
        self._records.put(order, ExecutionType.NEW)
        fraction = self._scripts.take_fraction(order.symbol)
        if fraction is not None:
            part = floor_to_step(product(order.quantity, fraction), pair.rules.step)
            executions = self._walked(replace(order, quantity=part), pair)
        return self._taken(order, executions, pair)

    def _quantity_for(self, order: Order, pair: Pair) -> Decimal:
        levels = offers(order.side, pair.quote, self._market.book_terms(pair.rules, pair.quote))
        costs = self._market.terms.costs
        return quantity_for(order.side, order.quote_quantity, levels, costs, pair.rules)

    def _taken(self, order: Order, executions: tuple[Execution, ...], pair: Pair) -> Placed:
        """Book executions; what is left rests or expires."""
        trades: tuple[Trade, ...] = ()
        if executions:
            order, trades = self._booking.book(order, executions, pair.rules, pair.at)
        if not order.status.is_open:
            return Placed(order, trades)
        if order.order_type is OrderType.LIMIT and order.time_in_force in _RESTS:
            needed = min(order.hold, self._booking.needed(order))
            return Placed(self._records.revise(self._records.held_back(order, needed)), trades)
        expired = ended(order, Status.EXPIRED, pair.at)
        return Placed(self._records.put(expired, ExecutionType.EXPIRED), trades)

    def _walked(self, order: Order, pair: Pair) -> tuple[Execution, ...]:
        levels = offers(order.side, pair.quote, self._market.book_terms(pair.rules, pair.quote))
        return walked(order, levels, self._market.terms.costs, pair.rules.price.step)
