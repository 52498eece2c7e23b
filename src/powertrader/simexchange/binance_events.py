"""What an account's owner is told over a stream, in Binance's one-letter words."""

from typing import Final

from powertrader.simexchange.local_exchange import epoch_ms
from powertrader.simexchange.symbol_rules import text_of
from powertrader.simexchange.user_events import (
    AccountPosition,
    BalanceUpdate,
    ExecutionReport,
    ListStatus,
    UserEvent,
)

_NO_TRADE: Final = -1


def event_content(event: UserEvent) -> dict[str, object]:
    """Give an event as it is sent."""
    if isinstance(event, ExecutionReport):
        return _execution(event)
    if isinstance(event, AccountPosition):
        moment = epoch_ms(event.at)
        balances = [
            {"a": one.asset, "f": text_of(one.free), "l": text_of(one.locked)} for one in event.balances
        ]
        return {"e": "outboundAccountPosition", "E": moment, "u": moment, "B": balances}
    if isinstance(event, BalanceUpdate):
        moment = epoch_ms(event.at)
        return {
            "e": "balanceUpdate",
            "E": moment,
            "a": event.asset,
            "d": text_of(event.delta),
            "T": moment,
        }
    return _list_status(event)


def _execution(event: ExecutionReport) -> dict[str, object]:
    order, trade = event.order, event.trade
    moment = epoch_ms(event.at)
    return {
        "e": "executionReport",
        "E": moment,
        "s": order.symbol,
        "c": event.client_order_id or order.client_order_id,
        "S": order.side.value,
        "o": order.order_type.value,
        "f": order.time_in_force.value,
        "q": text_of(order.quantity),
        "p": text_of(order.price),
        "P": text_of(order.stop_price),
        "F": "0.00000000",
        "g": order.list_id,
        "C": order.client_order_id if event.client_order_id else "",
        "x": event.execution.value,
        "X": order.status.value,
        "r": "NONE",
        "i": order.order_id,
        "l": text_of(trade.quantity) if trade else "0.00000000",
        "z": text_of(order.executed),
        "L": text_of(trade.price) if trade else "0.00000000",
        "n": text_of(trade.fee) if trade else "0",
        "N": trade.fee_asset if trade else None,
        "T": moment,
        "t": trade.trade_id if trade else _NO_TRADE,
        "I": order.order_id,
        "w": order.working and order.status.is_open,
        "m": trade.is_maker if trade else False,
        "M": False,
        "O": epoch_ms(order.created),
        "Z": text_of(order.quote_executed),
        "Y": text_of(trade.quote_quantity) if trade else "0.00000000",
        "Q": text_of(order.quote_quantity),
        "W": epoch_ms(order.created),
        "V": "NONE",
    }


def _list_status(event: ListStatus) -> dict[str, object]:
    moment = epoch_ms(event.at)
    stage = "ALL_DONE" if event.order_list.done else None
    return {
        "e": "listStatus",
        "E": moment,
        "s": event.order_list.symbol,
        "g": event.order_list.list_id,
        "c": "OCO",
        "l": stage or "EXEC_STARTED",
        "L": stage or "EXECUTING",
        "r": "NONE",
        "C": event.order_list.client_list_id,
        "T": moment,
        "O": [{"s": order.symbol, "i": order.order_id, "c": order.client_order_id} for order in event.orders],
    }
