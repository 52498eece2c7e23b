"""Orders of a paper account as values, and what of its money they bind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from powertrader.core.fills import Fill, RestingOrder, market_price
from powertrader.models.costs import CostModel
from powertrader.models.money import ZERO, product, rounded_up
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """An order as it was sent, what the account says of it, and what the market may still do with it.

    placed_at and seen_until are market times; what was traded until seen_until has been considered.
    other_leg is the client order id of the second order of a pair, empty for a single order.
    """

    intent: OrderIntent
    report: OrderReport
    placed_at: datetime
    seen_until: datetime
    triggered: bool = False
    other_leg: str = ""

    @property
    def client_order_id(self) -> str:
        """The id that we gave it."""
        return self.intent.client_order_id

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits in the book."""
        return not self.report.state.is_final

    @property
    def remaining(self) -> Decimal:
        """How much of the coin is not executed."""
        return self.report.ordered_quantity - self.report.executed_quantity

    @property
    def resting(self) -> RestingOrder:
        """The same as the fill model wants it."""
        return RestingOrder(self.intent.side, self.intent.terms, self.remaining, self.triggered)

    @property
    def deadline(self) -> datetime | None:
        """When the rest of it is canceled, None when it may wait for ever."""
        lives_s = self.intent.terms.time_to_live_s
        return None if lives_s is None else self.placed_at + timedelta(seconds=lives_s)

    def executed(self, fill: Fill, fee_asset: str) -> "PaperOrder":
        """Give the order after one more execution; it is over when nothing remains."""
        report = self.report
        fees = dict(report.fees or ())
        if fill.quantity:
            fees[fee_asset] = fees.get(fee_asset, ZERO) + fill.fee
        after = replace(
            report,
            executed_quantity=report.executed_quantity + fill.quantity,
            quote_quantity=report.quote_quantity + fill.quote_quantity,
            fees=tuple(fees.items()),
        )
        done = after.executed_quantity == after.ordered_quantity
        return replace(self, report=replace(after, state=OrderState.FILLED) if done else after)

    def ended(self, state: OrderState) -> "PaperOrder":
        """Give the order with nothing more to happen to it; one that is over stays as it is."""
        return replace(self, report=replace(self.report, state=state)) if self.is_open else self


def new_order(intent: OrderIntent, order_id: str, now: datetime, time_text: str) -> PaperOrder:
    """Give an order that has just been taken, nothing of it executed."""
    report = OrderReport(
        order_id=order_id,
        client_order_id=intent.client_order_id,
        symbol=intent.symbol,
        side=intent.side,
        state=OrderState.PENDING,
        ordered_quantity=intent.quantity,
        executed_quantity=ZERO,
        quote_quantity=ZERO,
        time_text=time_text,
        fees=(),
    )
    return PaperOrder(intent, report, now, now)


def locked_by(orders: Iterable[PaperOrder], quote_asset: str, costs: CostModel) -> Mapping[str, Decimal]:
    """Give how much of each asset open orders bind; of a pair only the leg that needs more counts."""
    needs: dict[tuple[str, str], Decimal] = {}
    for order in orders:
        if order.is_open:
            asset = order.intent.coin if order.intent.side is Side.SELL else quote_asset
            pair = min(order.client_order_id, order.other_leg or order.client_order_id)
            needs[pair, asset] = max(needs.get((pair, asset), ZERO), _need(order, costs))
    locked: dict[str, Decimal] = {}
    for (_, asset), need in needs.items():
        locked[asset] = locked.get(asset, ZERO) + need
    return locked


def _need(order: PaperOrder, costs: CostModel) -> Decimal:
    terms = order.intent.terms
    if order.intent.side is Side.SELL:
        return order.remaining
    price = terms.price
    if price is None:
        price = market_price(Side.BUY, terms.stop_price or ZERO, costs)
    return rounded_up(product(order.remaining, price))


def moves_of(intent: OrderIntent, fill: Fill, quote_asset: str) -> tuple[tuple[str, Decimal], ...]:
    """Give what an execution moves of each asset; nothing when nothing was executed."""
    if not fill.quantity:
        return ()
    if intent.side is Side.BUY:
        return (quote_asset, -fill.quote_quantity), (intent.coin, fill.quantity - fill.fee)
    return (intent.coin, -fill.quantity), (quote_asset, fill.quote_quantity - fill.fee)


def fee_asset_of(intent: OrderIntent, quote_asset: str) -> str:
    """Give what the fee is taken from: what the order receives."""
    return intent.coin if intent.side is Side.BUY else quote_asset
