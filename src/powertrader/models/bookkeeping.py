"""The arithmetic of the book: what a fill, a sale or an adoption makes of a position."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from powertrader.models.journal import Adopted, OrderFilled
from powertrader.models.money import decimal_of
from powertrader.models.order import OpenOrder, Side
from powertrader.models.position import NOTHING, Buy, Position
from powertrader.models.trade import Trade


def bought(position: Position, fill: OrderFilled, in_coin: Decimal, in_quote: Decimal) -> Position:
    """Give the position after a purchase; in_coin and in_quote are the fee in either asset."""
    quantity, buys = float(fill.quantity), position.buys
    if quantity:
        buys = (*buys, Buy(quantity, float(fill.quote_quantity) / quantity))
    return replace(
        position,
        quantity=position.quantity + fill.quantity - in_coin,
        cost=position.cost + fill.quote_quantity + in_quote,
        bought=position.bought + fill.quantity,
        paid=position.paid + fill.quote_quantity,
        buys=buys,
    )


def sold(position: Position, quantity: Decimal) -> tuple[Position, Decimal]:
    """Take a sale out of a position pro rata; also give what the sold part had cost."""
    if quantity >= position.quantity:
        kept_trade = replace(position, quantity=NOTHING, cost=NOTHING, bought=NOTHING, paid=NOTHING)
        return replace(kept_trade, buys=()), position.cost
    kept = 1 - quantity / position.quantity
    cost = position.cost * kept
    remaining = replace(
        position,
        quantity=position.quantity - quantity,
        cost=cost,
        bought=position.bought * kept,
        paid=position.paid * kept,
        buys=tuple([buy._replace(quantity=buy.quantity * float(kept)) for buy in position.buys]),
    )
    return remaining, position.cost - cost


def with_fee(
    fees: tuple[tuple[str, Decimal], ...], asset: str | None, fee: Decimal
) -> tuple[tuple[str, Decimal], ...]:
    """Give the fees by asset with one more fee added."""
    if asset is None or not fee:
        return fees
    summed = dict(fees)
    summed[asset] = summed.get(asset, NOTHING) + fee
    return tuple(summed.items())


def after_sale(position: Position, at: datetime) -> Position:
    """Give the position with its trade closed: no line, no stage times."""
    return replace(position, trail=None, last_sale_at=at, dca_times=())


def trade_of(order: OpenOrder, at: datetime) -> Trade:
    """Give a finished order as a trade."""
    intent = order.intent
    price = float(order.quote_quantity / order.executed) if order.quote_quantity else None
    is_sale = intent.side is Side.SELL
    gain = None
    if is_sale and price is not None and intent.basis:
        gain = ((price - intent.basis) / intent.basis) * 100
    return Trade(
        intent.coin,
        intent.side,
        price,
        order.executed,
        order.quote_quantity,
        intent.reason,
        at,
        pnl_pct=gain,
        realized_profit=order.realized if is_sale else None,
        fees=order.fees,
        client_order_id=intent.client_order_id,
        config_hash=intent.config_hash,
        fee_values=order.fee_values,
    )


def adopted(position: Position, event: Adopted) -> Position:
    """Give the position after the bot took charge of a coin or learnt its basis."""
    position = replace(position, adopted_basis=event.basis)
    if event.stage is not None:
        position = replace(position, stage=event.stage)
    if event.quantity is None:
        return position
    cost = event.quantity * decimal_of(event.basis or 0.0)
    return replace(
        position,
        quantity=position.quantity + event.quantity,
        cost=position.cost + cost,
        bought=position.bought + event.quantity,
        paid=position.paid + cost,
        buys=(*position.buys, Buy(float(event.quantity), event.basis or 0.0, adopted=True)),
    )
