"""The local exchange without any transport: accounts, orders and matching against a market."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.core.clock import Clock
from powertrader.models.account import Balance
from powertrader.simexchange.accounts import FeeAsset, Totals
from powertrader.simexchange.admission import Admission
from powertrader.simexchange.depth import OrderBook, book
from powertrader.simexchange.desk import Desk
from powertrader.simexchange.execution import Booking
from powertrader.simexchange.orders import (
    NO_LIST,
    Order,
    OrderKey,
    OrderList,
    OrderRequest,
    PairRequest,
    Placed,
    PlacedPair,
    Query,
    Status,
    Trade,
)
from powertrader.simexchange.records import Records, ended, made_up_id
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.scripts import Scripts
from powertrader.simexchange.settlement import Settlement
from powertrader.simexchange.sim_market import PricedMarket, SimMarket, VenueTerms
from powertrader.simexchange.state import VenueState
from powertrader.simexchange.user_events import ExecutionType, Listener

LOOKED: Final = "looked at"
_HALTED: Final = "halted"


class Venue:
    """A venue with several accounts. One thread; every change is written before the call returns.

    Refusals are ApiError with Binance's code and text; then nothing happened. Market time counts
    everywhere, and every call first lets the market go on to it.
    """

    def __init__(self, market: SimMarket, clock: Clock, terms: VenueTerms, state: VenueState) -> None:
        """Go on from what was kept in state."""
        self._clock = clock
        self._market = PricedMarket(market, terms)
        self._records = Records(state)
        self._scripts = Scripts(state.fact(_HALTED).split())
        booking = Booking(self._records, terms.costs, self._market.bnb_price)
        self._booking = booking
        self._desk = Desk(self._records, booking, self._market, self._scripts)
        self._settlement = Settlement(self._records, booking, self._market, self._desk)
        self._admission = Admission(market, self._records, self._scripts)
        looked = state.fact(LOOKED)
        self._looked = datetime.fromisoformat(looked) if looked else clock.now()

    def place(self, account: str, request: OrderRequest) -> Placed:
        """Take an order and execute of it what can be at once."""
        now = self.settle()
        pair = self._admission.admit(account, request, now)
        placed = self._desk.enter(self._new_order(account, request, now), pair)
        self._settlement.seen(request.symbol, pair.quote)
        self._commit(now)
        return placed

    def check(self, account: str, request: OrderRequest) -> None:
        """Check an order against everything but the balance, without placing it."""
        self._admission.admit(account, request, self.settle())

    def place_pair(self, account: str, request: PairRequest) -> PlacedPair:
        """Take two orders of which the first executed ends the other."""
        now = self.settle()
        pair = self._admission.admit_pair(account, request, now)
        list_id = self._records.new_list_id()
        legs = [self._new_order(account, leg, now, list_id) for leg in (request.above, request.below)]
        # the account is bound once, by the order that needs more
        legs.sort(key=self._booking.needed, reverse=True)
        first = self._records.held_back(legs[0], self._booking.needed(legs[0]))
        client_list_id = request.client_list_id or made_up_id(self._market.terms.seed, -list_id)
        order_ids = tuple(sorted(leg.order_id for leg in legs))
        order_list = OrderList(account, first.symbol, list_id, client_list_id, order_ids, now)
        placed = sorted((first, legs[1]), key=lambda leg: leg.order_id)
        self._records.put_list(order_list, placed)
        for leg in placed:
            self._records.put(leg, ExecutionType.NEW)
        self._settlement.seen(first.symbol, pair.quote)
        self._commit(now)
        return PlacedPair(order_list, tuple(placed))

    def cancel(self, account: str, key: OrderKey, cancel_id: str = "") -> Order:
        """End an open order, and the other of its list."""
        now = self.settle()
        order = self._records.find(account, key)
        if order is None or not order.status.is_open:
            raise _unknown()
        canceled = self._cancel(order, now, cancel_id)
        self._commit(now)
        return canceled

    def cancel_all(self, account: str, symbol: str) -> tuple[Order, ...]:
        """End every open order of a pair."""
        now = self.settle()
        found = self._records.open_orders(account, symbol)
        if not found:
            raise _unknown()
        canceled = tuple([self._canceled(order, now) for order in found])
        self._commit(now)
        return canceled

    def cancel_list(self, account: str, key: OrderKey) -> PlacedPair:
        """End both orders of a list; key holds the number of the list or the id of its owner."""
        now = self.settle()
        found = self.order_list(account, key)
        still_open = [leg for leg in found.orders if leg.status.is_open]
        if not still_open:
            raise _unknown()
        for leg in still_open:
            self._canceled(leg, now)
        self._commit(now)
        return self.order_list(account, key)

    def order(self, account: str, key: OrderKey) -> Order:
        """Give an order, open or not."""
        self.settle()
        found = self._records.find(account, key)
        if found is None:
            raise ApiError(-2013, "Order does not exist.")
        return found

    def order_list(self, account: str, key: OrderKey) -> PlacedPair:
        """Give an order list by its number or the id of its owner; the symbol of the key does not count."""
        self.settle()
        found = self._records.state.order_list(account, key.order_id, key.client_order_id)
        if found is None:
            raise ApiError(-2018, "Order list does not exist.")
        keys = (OrderKey(found.symbol, number) for number in found.order_ids)
        legs = (self._records.find(account, one) for one in keys)
        return PlacedPair(found, tuple(leg for leg in legs if leg is not None))

    def open_orders(self, account: str, symbol: str = "") -> tuple[Order, ...]:
        """Give the open orders of an account, of one pair or of all, oldest first."""
        self.settle()
        return self._records.open_orders(account, symbol)

    def orders(self, account: str, query: Query) -> tuple[Order, ...]:
        """Give orders of a pair, open or not, oldest first."""
        self.settle()
        return self._records.state.orders(account, query)

    def trades(self, account: str, query: Query) -> tuple[Trade, ...]:
        """Give trades of a pair, oldest first."""
        self.settle()
        return self._records.state.trades(account, query)

    def balances(self, account: str) -> tuple[Balance, ...]:
        """Give what an account holds, in the order in which it first held them."""
        self.settle()
        return self._records.accounts.balances(account)

    def depth(self, symbol: str) -> OrderBook:
        """Give the order book of a pair, empty while nobody trades it."""
        rules = self._admission.rules(symbol)
        quote = self._market.market.quote(symbol)
        return OrderBook() if quote is None else book(quote, self._market.book_terms(rules, quote))

    def settle(self) -> datetime:
        """Let open orders meet the market up to now, and give the time."""
        now = self._clock.now()
        symbols = {order.symbol for order in self._records.open_orders()} - self._scripts.halted
        listed = self._market.market.symbols()
        for symbol in sorted(symbols & listed.keys()):
            self._settlement.meet(listed[symbol], self._looked, now)
        self._looked = now
        if symbols:
            self._commit(now)
        return now

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener what happens to accounts, until the given function is called."""
        return self._records.listen(listener)

    def accounts(self) -> tuple[str, ...]:
        """Give every account that ever held something."""
        return self._records.accounts.names()

    def totals(self) -> Mapping[str, Totals]:
        """Give where every asset is."""
        return self._records.accounts.totals()

    def fee_asset(self, account: str) -> FeeAsset:
        """Give which asset the account's fees are taken from."""
        return self._records.accounts.fee_asset(account)

    def deposit(self, account: str, asset: str, amount: Decimal) -> None:
        """Pay an amount into an account. Raises ValueError unless it is above 0."""
        self._pay(account, asset, _positive(amount))

    def withdraw(self, account: str, asset: str, amount: Decimal) -> None:
        """Pay an amount out of an account. Raises ValueError unless it is above 0."""
        self._pay(account, asset, -_positive(amount))

    def set_fee_asset(self, account: str, fee_asset: FeeAsset) -> None:
        """Take the account's fees from another asset from now on."""
        self._records.accounts.set_fee_asset(account, fee_asset)
        self._records.keep_fee_asset(account)
        self._commit(self.settle())

    def halted(self) -> frozenset[str]:
        """Give the pairs that were halted."""
        return frozenset(self._scripts.halted)

    def halt(self, symbol: str) -> None:
        """Stop trading a pair: nothing is executed, new orders are refused."""
        self._admission.rules(symbol)
        now = self.settle()
        self._scripts.halted.add(symbol)
        self._keep_halted(now)

    def resume(self, symbol: str) -> None:
        """Trade a halted pair again."""
        now = self.settle()
        self._scripts.halted.discard(symbol)
        self._keep_halted(now)

    def expire_next(self, symbol: str, fraction: Decimal) -> None:
        """Let the next market order of a pair be executed in part, then expire. Raises ValueError."""
        self._admission.rules(symbol)
        self._scripts.expire_next(symbol, fraction)

    def slow_next(self, symbol: str, count: int, delay_s: float) -> None:
        """Let the next market orders of a pair wait for delay_s of market time. Raises ValueError."""
        self._admission.rules(symbol)
        self._scripts.slow_next(symbol, count, delay_s)

    def close(self) -> None:
        """Write down how far the market came, and let go of the state."""
        self._records.keep(LOOKED, self.settle().isoformat())
        self._records.commit(self._looked)
        self._records.state.close()

    def _new_order(self, account: str, request: OrderRequest, now: datetime, list_id: int = NO_LIST) -> Order:
        order_id = self._records.new_order_id()
        made_up = made_up_id(self._market.terms.seed, order_id)
        named = replace(request, client_order_id=request.client_order_id or made_up)
        return replace(self._admission.order_of(account, named, order_id, now), list_id=list_id)

    def _cancel(self, order: Order, now: datetime, cancel_id: str) -> Order:
        other = self._records.other_leg(order)
        canceled = self._canceled(order, now, cancel_id)
        if other is not None:
            self._canceled(other, now)
        return canceled

    def _canceled(self, order: Order, now: datetime, cancel_id: str = "") -> Order:
        gone = ended(order, Status.CANCELED, now)
        return self._records.put(gone, ExecutionType.CANCELED, cancel_id=cancel_id)

    def _pay(self, account: str, asset: str, amount: Decimal) -> None:
        now = self.settle()
        self._records.pay(account, asset, amount, now)
        self._commit(now)

    def _keep_halted(self, now: datetime) -> None:
        self._records.keep(_HALTED, " ".join(sorted(self._scripts.halted)))
        self._commit(now)

    def _commit(self, now: datetime) -> None:
        if self._records.is_changed:
            self._records.keep(LOOKED, now.isoformat())
            self._records.commit(now)


def _unknown() -> ApiError:
    return ApiError(-2011, "Unknown order sent.")


def _positive(amount: Decimal) -> Decimal:
    if not (amount.is_finite() and amount > 0):
        msg = f"amount was {amount}, must be above 0"
        raise ValueError(msg)
    return amount
