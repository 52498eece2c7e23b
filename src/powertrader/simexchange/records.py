"""What one call changes: collected in memory, written at once, then told to the owners."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from powertrader.models.account import Balance
from powertrader.models.money import ZERO
from powertrader.simexchange.accounts import Accounts
from powertrader.simexchange.orders import NO_LIST, Order, OrderKey, OrderList, Status, Trade
from powertrader.simexchange.state import Changes, VenueState
from powertrader.simexchange.user_events import (
    AccountPosition,
    BalanceUpdate,
    ExecutionReport,
    ExecutionType,
    Listener,
    ListStatus,
    UserEvent,
)

_ID_LENGTH: Final = 22


class Records:
    """The open orders and accounts in memory, and what of them is not yet written."""

    def __init__(self, state: VenueState) -> None:
        """Go on from what was kept."""
        self.state = state
        self.accounts = Accounts(state.balances(), state.totals(), state.fee_assets())
        self._open = {order.order_id: order for order in state.open_orders()}
        self._numbers = state.numbers()
        self._changes = Changes()
        self._events: list[tuple[str, UserEvent]] = []
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener everything from now on, until the given function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def open_orders(self, account: str = "", symbol: str = "") -> tuple[Order, ...]:
        """Give open orders, oldest first, of one account or pair or of all."""
        return tuple(
            order
            for order in self._open.values()
            if account in ("", order.account) and symbol in ("", order.symbol)
        )

    def find(self, account: str, key: OrderKey) -> Order | None:
        """Give an order, open or not; of several with one id the newest."""
        if key.order_id is not None:
            known = self._open.get(key.order_id)
            if known is None:
                known = self.state.order(account, key.symbol, key.order_id)
            fits = known is not None and (known.account, known.symbol) == (account, key.symbol)
            return known if fits else None
        return self.state.order_by_client_id(account, key.symbol, key.client_order_id)

    def has_open(self, account: str, client_order_id: str) -> bool:
        """Tell whether an open order of the account has this id."""
        return any(
            order.client_order_id == client_order_id and order.account == account
            for order in self._open.values()
        )

    def new_order_id(self) -> int:
        """Give the next number of an order."""
        self._numbers = replace(self._numbers, order=self._numbers.order + 1)
        return self._numbers.order

    def new_trade_id(self) -> int:
        """Give the next number of a trade."""
        self._numbers = replace(self._numbers, trade=self._numbers.trade + 1)
        return self._numbers.trade

    def new_list_id(self) -> int:
        """Give the next number of an order list."""
        self._numbers = replace(self._numbers, order_list=self._numbers.order_list + 1)
        return self._numbers.order_list

    def put(
        self, order: Order, execution: ExecutionType, trade: Trade | None = None, cancel_id: str = ""
    ) -> Order:
        """Take an order in its new state; what is locked for it is freed when it is over."""
        if not order.status.is_open and order.hold:
            self.accounts.lock(order.account, order.hold_asset, -order.hold)
            order = replace(order, hold=ZERO)
        self._changes.orders[order.order_id] = order
        if order.status.is_open:
            self._open[order.order_id] = order
        else:
            self._open.pop(order.order_id, None)
        if trade is not None:
            self._changes.trades.append(trade)
        self._tell(order.account, ExecutionReport(order, execution, order.updated, trade, cancel_id))
        if order.list_id != NO_LIST and not order.status.is_open:
            self._end_list(order)
        return order

    def revise(self, order: Order) -> Order:
        """Take an order of which nothing changed that its owner is told."""
        self._changes.orders[order.order_id] = order
        self._open[order.order_id] = order
        return order

    def held_back(self, order: Order, hold: Decimal) -> Order:
        """Lock exactly so much for an order. Raises ApiError when the account has not enough."""
        self.accounts.lock(order.account, order.hold_asset, hold - order.hold)
        return replace(order, hold=hold)

    def put_list(self, order_list: OrderList, orders: Sequence[Order]) -> None:
        """Take an order list in its new state."""
        self._changes.lists[order_list.list_id] = order_list
        self._tell(order_list.account, ListStatus(order_list, tuple(orders), order_list.updated))

    def list_of(self, order: Order) -> OrderList | None:
        """Give the list an order belongs to."""
        changed = self._changes.lists.get(order.list_id)
        return changed or self.state.order_list(order.account, order.list_id, "")

    def other_leg(self, order: Order) -> Order | None:
        """Give the other open order of the same list."""
        if order.list_id == NO_LIST:
            return None
        legs = (one for one in self._open.values() if one.list_id == order.list_id)
        return next((one for one in legs if one.order_id != order.order_id), None)

    def order_of(self, account: str, symbol: str, order_id: int) -> Order | None:
        """Give an order by its number, with what was not yet written."""
        return self._changes.orders.get(order_id) or self.find(account, OrderKey(symbol, order_id))

    def pay(self, account: str, asset: str, amount: Decimal, at: datetime) -> None:
        """Book a deposit, or a withdrawal when the amount is negative."""
        self.accounts.pay_in(account, asset, amount)
        self._tell(account, BalanceUpdate(asset, amount, at))

    def keep(self, name: str, value: str) -> None:
        """Keep a single value by name."""
        self._changes.facts[name] = value

    def keep_fee_asset(self, account: str) -> None:
        """Keep which asset the account's fees are taken from."""
        self._changes.fee_assets[account] = self.accounts.fee_asset(account)

    @property
    def is_changed(self) -> bool:
        """Tell whether something is not yet written."""
        changes = self._changes
        return bool(changes.orders or changes.facts or changes.fee_assets or self.accounts.is_changed)

    def commit(self, at: datetime) -> None:
        """Write what changed, then tell the owners."""
        moved = sorted(self.accounts.taken_changes())
        changes, events = self._changes, self._events
        self._changes, self._events = Changes(), []
        changes.balances = [(account, self.accounts.balance(account, asset)) for account, asset in moved]
        changes.totals = self.accounts.kept_totals({asset for _account, asset in moved})
        self.state.save(changes)
        for account, event in (*events, *_positions(changes.balances, at)):
            for listener in tuple(self._listeners):
                listener(account, event)

    def _tell(self, account: str, event: UserEvent) -> None:
        if self._listeners:
            self._events.append((account, event))

    def _end_list(self, order: Order) -> None:
        """Note that a list is over once none of its orders is open."""
        order_list = self.list_of(order)
        if order_list is None or order_list.done or self.other_leg(order) is not None:
            return
        legs = [self.order_of(order.account, order.symbol, number) for number in order_list.order_ids]
        ended = replace(order_list, done=True, updated=order.updated)
        self.put_list(ended, [leg for leg in legs if leg is not None])


def made_up_id(seed: int, number: int) -> str:
    """Give the id of an order whose owner gave none."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()[:_ID_LENGTH]


def ended(order: Order, status: Status, at: datetime) -> Order:
    """Give an order that is over."""
    return replace(order, status=status, updated=at, due=None)


def _positions(moved: Sequence[tuple[str, Balance]], at: datetime) -> Iterator[tuple[str, UserEvent]]:
    for account in dict.fromkeys(name for name, _balance in moved):
        yield account, AccountPosition(tuple(one for name, one in moved if name == account), at)
