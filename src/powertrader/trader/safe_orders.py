"""compat=safe: orders that the venue can take, followed up to their end within bounds."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import (
    AccessRefused,
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    Rejected,
    RetryLater,
)
from powertrader.models.account import Balance, Quote
from powertrader.models.decision import Action, ActionKind
from powertrader.models.instrument import Instrument
from powertrader.models.journal import JournalEvent, OrderClosed, TrailMoved
from powertrader.models.money import decimal_of
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.position import NOTHING, Position
from powertrader.models.types import CoinSymbol
from powertrader.trader import deviations
from powertrader.trader.balances import BalanceCheck, held_of
from powertrader.trader.desk import Desk
from powertrader.trader.execution import note_fill
from powertrader.trader.fees import FeeValues
from powertrader.trader.pairs import PairRules
from powertrader.trader.restraint import Restraint
from powertrader.trader.sizing import (
    BELOW_MIN_NOTIONAL,
    OVER_FUNDS,
    Refusal,
    Sized,
    size_purchase,
    size_sale,
    text_differs,
)
from powertrader.trader.view import StepView

_ROUNDING: Final = Decimal("1e-12")
NO_PRICE: Final = "no_price"
NOT_TRADABLE: Final = "not_tradable"


class SafeOrders:
    """Sizes and settles orders; balances are those of the step's account answer."""

    def __init__(self, desk: Desk, pairs: PairRules, restraint: Restraint, check: BalanceCheck) -> None:
        """Work on this desk with these order rules; refusals are told to restraint and check."""
        self._desk = desk
        self._pairs = pairs
        self._restraint = restraint
        self._check = check
        self._fees = FeeValues(desk)
        self._fee_looks: dict[str, int] = {}
        self._moved: dict[CoinSymbol, Decimal] = {}
        self.balances: Mapping[str, Balance] = {}
        self.waited = False

    def begin(self, balances: Mapping[str, Balance]) -> None:
        """Take the balances of a new step, which hold every fill in the book."""
        self.balances = balances
        self._moved.clear()
        self.waited = False

    def coin_held(self, coin: CoinSymbol) -> Decimal | None:
        """Give what the account holds of a coin, with what the step has traded of it so far."""
        return held_of(self.balances, coin) + self._moved.get(coin, NOTHING)

    def free(self, asset: str) -> Decimal:
        """Give what can be traded of an asset."""
        balance = self.balances.get(asset)
        return balance.free if balance else NOTHING

    def size(self, action: Action, view: StepView, funds: float) -> Sized | Refusal:
        """Give what to order, or why the venue could not take it."""
        instrument = self._pairs.get(self._desk.symbol(action.coin))
        if instrument is None:
            return Refusal(NOT_TRADABLE)
        if action.kind is ActionKind.EXIT:
            return self._sale(action.coin, view.quotes[action.coin], instrument)
        return self._purchase(action, instrument, funds)

    def free_quote(self) -> Decimal | None:
        """Give nothing: profit comes from the fills, so nobody needs to ask."""
        return None

    def unanswered(self, intent: OrderIntent) -> None:
        """Leave the intent open: it is looked up by its id in the next steps, never sent again."""
        self._desk.deviate(deviations.NO_ANSWER, intent.coin)
        self._check.doubt(intent.coin)

    def refused(self, intent: OrderIntent, error: Rejected) -> None:
        """Let the order rest for a while; look again at what the venue contradicts."""
        if isinstance(error, AccessRefused):
            return
        self._restraint.refused(intent.coin, intent.side, error)
        if isinstance(error, FilterRejected):
            self._pairs.expire()
        if isinstance(error, InsufficientFundsError) and intent.side is Side.SELL:
            self._check.doubt(intent.coin)

    def settle(self, intent: OrderIntent, report: OrderReport) -> bool:
        """Wait within the patience given and store what happened; True when all of it was filled."""
        report = self._final(intent, report)
        if not report.state.is_final:
            self._desk.deviate(deviations.BOUNDED_WAIT, intent.coin)
        return self.store(intent, report)

    def store(self, intent: OrderIntent, report: OrderReport) -> bool:
        """Store what the venue says of an order, and its end once it is over; True when all was filled."""
        desk = self._desk
        now = desk.ports.clock.now()
        self._note_fill(intent, self._with_numbers(intent, report))
        if not report.state.is_final or self._fee_is_awaited(intent, report):
            return False
        self._note_manners(intent, report)
        position = desk.book.position(intent.coin)
        filled = report.state is OrderState.FILLED
        # Only a part could be ordered: the rest is sold as soon as it can be.
        rest_waits = filled and intent.side is Side.SELL and self._is_left(position)
        end: list[JournalEvent] = [OrderClosed(intent.client_order_id, report.state, None, now)]
        if rest_waits and position.trail is not None:
            end.append(TrailMoved(intent.coin, position.trail, now))
        desk.note_all(end)
        self._name_end(intent, report)
        return filled and not rest_waits

    def _note_manners(self, intent: OrderIntent, report: OrderReport) -> None:
        """Let an order that ended without any execution count as refused: the next would end so, too."""
        if report.executed_quantity or report.state is OrderState.FILLED:
            self._restraint.accepted(intent.coin, intent.side)
        else:
            text = f"the order ended {report.state.value}, nothing of it was executed"
            self._restraint.refused(intent.coin, intent.side, Rejected(text))

    def _note_fill(self, intent: OrderIntent, report: OrderReport) -> None:
        before = self._desk.book.position(intent.coin).quantity
        note_fill(self._desk, report, intent.client_order_id, self._fees.worth)
        moved = self._desk.book.position(intent.coin).quantity - before
        self._moved[intent.coin] = self._moved.get(intent.coin, NOTHING) + moved

    def _fee_is_awaited(self, intent: OrderIntent, report: OrderReport) -> bool:
        """Tell whether the end of an order waits for its fee: without it the book owns too much."""
        key = intent.client_order_id
        if report.fees is None and (report.executed_quantity or report.state is OrderState.FILLED):
            looks = self._fee_looks.get(key, 0)
            if looks < self._desk.patience.fee_looks:
                self._fee_looks[key] = looks + 1
                return True
        self._fee_looks.pop(key, None)
        return False

    def _name_end(self, intent: OrderIntent, report: OrderReport) -> None:
        """Report what the original would have made of an order that ended so."""
        desk = self._desk
        if report.state is not OrderState.FILLED:
            if report.executed_quantity:
                desk.deviate(deviations.PARTIAL_FILL, intent.coin)
            if intent.side is Side.SELL:
                desk.deviate(deviations.SALE_NOT_FILLED, intent.coin)
            return
        position = desk.book.position(intent.coin)
        if abs(position.bought - position.quantity) > position.bought * _ROUNDING:
            desk.deviate(deviations.OWN_BASIS, intent.coin)

    def _is_left(self, position: Position) -> bool:
        symbol = self._desk.symbol(position.coin)
        return bool(position.quantity) and not self._pairs.is_dust(symbol, position.quantity)

    def _final(self, intent: OrderIntent, report: OrderReport) -> OrderReport:
        wall, patience = self._desk.wall, self._desk.patience
        looks = 0
        while not report.state.is_final and (patience.looks is None or looks < patience.looks):
            before = wall.now()
            wall.sleep(patience.pause_s)
            self.waited = self.waited or wall.now() > before
            looks += 1
            try:
                found = self._desk.ports.client.get_order(intent.symbol, intent.client_order_id)
            except AccessRefused:
                return report
            except (RetryLater, OrderUnknown, Rejected):
                continue
            report = found or report
        return report

    def _with_numbers(self, intent: OrderIntent, report: OrderReport) -> OrderReport:
        """Book what was executed without numbers as ordered, at the price it was sized with (Q80)."""
        quantity = report.executed_quantity
        if report.state is OrderState.FILLED:
            quantity = quantity or report.ordered_quantity or intent.quantity
        if not quantity or (report.executed_quantity and report.quote_quantity > 0):
            return report
        self._desk.deviate(deviations.FILL_WITHOUT_NUMBERS, intent.coin)
        value = quantity * decimal_of(intent.expected_price)
        return replace(report, executed_quantity=quantity, quote_quantity=value)

    def _purchase(self, action: Action, instrument: Instrument, funds: float) -> Sized | Refusal:
        quote = self._present_quote(action.coin)
        if quote is None:
            self._desk.deviate(deviations.NO_PRICE, action.coin)
            return Refusal(NO_PRICE)
        sized = size_purchase(action.amount, quote.ask, instrument, funds)
        if isinstance(sized, Refusal):
            self._refused(sized, action.coin)
        elif text_differs(action.amount / quote.ask, sized, instrument):
            self._desk.deviate(deviations.EXPONENT, action.coin)
        return sized

    def _present_quote(self, coin: CoinSymbol) -> Quote | None:
        try:
            return self._desk.ports.quotes.get_quotes((coin,)).get(coin)
        except (RetryLater, Rejected):
            return None

    def _sale(self, coin: CoinSymbol, quote: Quote, instrument: Instrument) -> Sized | Refusal:
        owned, balance = self._desk.book.position(coin).quantity, self.balances.get(coin)
        if balance is not None and balance.locked:
            self._desk.deviate(deviations.LOCKED_AMOUNT, coin)
        sized = size_sale(owned, self.free(coin), quote.bid, instrument)
        if isinstance(sized, Refusal):
            self._refused(sized, coin)
        elif text_differs(float(owned), sized, instrument):
            self._desk.deviate(deviations.EXPONENT, coin)
        return sized

    def _refused(self, refusal: Refusal, coin: CoinSymbol) -> None:
        if refusal.reason == BELOW_MIN_NOTIONAL:
            self._desk.deviate(deviations.BELOW_MINIMUM, coin)
        elif refusal.reason == OVER_FUNDS:
            self._desk.deviate(deviations.OVER_FUNDS, coin)
