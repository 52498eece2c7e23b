"""Executions become trades, balances and fees."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.core.fills import market_price
from powertrader.models.costs import CostModel
from powertrader.models.money import ZERO, decimal_of, product, rounded_up
from powertrader.models.order import Side
from powertrader.simexchange.accounts import BNB, FeeAsset, Move
from powertrader.simexchange.matching import Execution
from powertrader.simexchange.orders import Order, Status, Trade
from powertrader.simexchange.records import Records, ended
from powertrader.simexchange.symbol_rules import SymbolRules
from powertrader.simexchange.user_events import ExecutionType

_WHOLE_PCT: Final = Decimal(100)
BnbPrice = Callable[[str], Decimal]


class Booking:
    """Books what orders get, with the fees of their account."""

    def __init__(self, records: Records, costs: CostModel, bnb_price: BnbPrice) -> None:
        """Bind records and costs; bnb_price gives what a BNB is worth in a quote asset."""
        self._records = records
        self._costs = costs
        self._bnb_price = bnb_price

    def needed(self, order: Order) -> Decimal:
        """Give what must be locked for the rest of an order while it waits."""
        if order.side is Side.SELL:
            return order.remaining
        price = order.price or market_price(Side.BUY, order.stop_price, self._costs)
        value = rounded_up(product(order.remaining, price))
        highest = max(self._costs.taker_pct, self._costs.maker_pct)
        return value + self._fee_on_top(order, value, highest)

    def cost(self, order: Order, executions: Sequence[Execution]) -> Decimal:
        """Give what executions take from the account, in the asset that is locked for the order."""
        if order.side is Side.SELL:
            return sum((one.fill.quantity for one in executions), ZERO)
        return sum(
            (
                one.fill.quote_quantity + self._fee_on_top(order, one.fill.quote_quantity, one.fee_pct)
                for one in executions
            ),
            ZERO,
        )

    def affords(self, order: Order, executions: Sequence[Execution]) -> bool:
        """Tell whether what is locked for an order, and what is free, pays for executions."""
        free = self._records.accounts.balance(order.account, order.hold_asset).free
        return self.cost(order, executions) <= order.hold + free

    def book(
        self, order: Order, executions: Sequence[Execution], rules: SymbolRules, at: datetime
    ) -> tuple[Order, tuple[Trade, ...]]:
        """Book executions of an order; one that the account cannot pay for expires instead."""
        if not self.affords(order, executions):
            expired = ended(order, Status.EXPIRED, at)
            return self._records.put(expired, ExecutionType.EXPIRED), ()
        trades = []
        for execution in executions:
            order, trade = self._booked(order, execution, rules, at)
            trades.append(trade)
        return order, tuple(trades)

    def _booked(
        self, order: Order, execution: Execution, rules: SymbolRules, at: datetime
    ) -> tuple[Order, Trade]:
        fill, accounts = execution.fill, self._records.accounts
        coin, quote = (rules.coin, fill.quantity), (rules.quote_asset, fill.quote_quantity)
        given, got = (quote, coin) if order.side is Side.BUY else (coin, quote)
        held = min(order.hold, given[1])
        accounts.trade(Move(order.account, *given, *got, held))
        hold = order.hold - held
        fee_asset, fee = self._fee(order, execution, rules)
        held_fee = min(hold, fee) if fee_asset == order.hold_asset == rules.quote_asset else ZERO
        accounts.charge(order.account, fee_asset, fee, held_fee)
        executed = order.executed + fill.quantity
        after = replace(
            order,
            executed=executed,
            quote_executed=order.quote_executed + fill.quote_quantity,
            status=Status.FILLED if executed == order.quantity else Status.PARTIALLY_FILLED,
            hold=hold - held_fee,
            updated=at,
            working=True,
            due=None,
        )
        trade = Trade(
            account=order.account,
            symbol=order.symbol,
            trade_id=self._records.new_trade_id(),
            order_id=order.order_id,
            list_id=order.list_id,
            side=order.side,
            price=execution.price,
            quantity=fill.quantity,
            quote_quantity=fill.quote_quantity,
            fee=fee,
            fee_asset=fee_asset,
            at=at,
            is_maker=execution.is_maker,
        )
        return self._records.put(after, ExecutionType.TRADE, trade), trade

    def _fee(self, order: Order, execution: Execution, rules: SymbolRules) -> tuple[str, Decimal]:
        """Give which asset the fee of an execution is taken from, and how much."""
        choice = self._records.accounts.fee_asset(order.account)
        received = rules.coin if order.side is Side.BUY else rules.quote_asset
        if choice is FeeAsset.RECEIVED:
            return received, execution.fill.fee
        value = _share(execution.fill.quote_quantity, execution.fee_pct)
        if choice is FeeAsset.QUOTE:
            return rules.quote_asset, value
        coins = rounded_up(value / self._bnb_price(rules.quote_asset))
        if self._records.accounts.balance(order.account, BNB).free >= coins:
            return BNB, coins
        return received, execution.fill.fee

    def _fee_on_top(self, order: Order, value: Decimal, fee_pct: float) -> Decimal:
        """Give the fee that a purchase pays beside its price."""
        on_top = self._records.accounts.fee_asset(order.account) is FeeAsset.QUOTE
        return _share(value, fee_pct) if on_top else ZERO


def _share(value: Decimal, fee_pct: float) -> Decimal:
    return rounded_up(product(value, decimal_of(fee_pct) / _WHOLE_PCT))
