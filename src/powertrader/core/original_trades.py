"""The original's trade history as trades of ours, for tables and lists that show both."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from powertrader.core.original_ledger import JsonObject, moment_of, number_of, object_of, optional_number
from powertrader.models.money import decimal_of
from powertrader.models.order import Side
from powertrader.models.trade import ENTRY, TRAILING_EXIT, Trade

ORIGINAL_ORDER: Final = "original-"
"""Begins the number of an order that the original had placed."""
_ORIGINAL_DCA: Final = "dca_original"
_LARGEST: Final = 1e18


def is_original(trade: Trade) -> bool:
    """Tell whether the original made a trade; its money is in none of our books."""
    return trade.client_order_id.startswith(ORIGINAL_ORDER)


def trades_in(lines: str, quote_asset: str) -> tuple[Trade, ...]:
    """Give the trades of a trade_history.jsonl, oldest first; lines that are no trade are left out."""
    trades = [trade for line in lines.splitlines() for trade in _trade(line, quote_asset)]
    return tuple(sorted(trades, key=lambda trade: trade.timestamp))


def _trade(line: str, quote_asset: str) -> Iterator[Trade]:
    try:
        found: JsonObject = object_of(json.loads(line))
    except (ValueError, RecursionError):
        return
    at, side = moment_of(found.get("ts")), str(found.get("side")).strip().upper()
    coin = str(found.get("symbol") or "").strip().upper().removesuffix(quote_asset).rstrip("-_")
    quantity, price = number_of(found.get("qty")), number_of(found.get("price"))
    # the comparison is also false for what is no number
    if at is None or not coin or side not in tuple(Side) or not 0 < quantity < _LARGEST:
        return
    value = quantity * price if 0 < price < _LARGEST else 0.0
    yield Trade(
        coin,
        Side(side),
        price if value else None,
        decimal_of(quantity),
        decimal_of(value),
        _reason(Side(side), found.get("tag")),
        at,
        pnl_pct=optional_number(found.get("pnl_pct")) if side == Side.SELL else None,
        realized_profit=_profit(found) if side == Side.SELL else None,
        client_order_id=f"{ORIGINAL_ORDER}{found.get('order_id') or at.timestamp()}",
    )


def _reason(side: Side, tag: object) -> str:
    if side is Side.SELL:
        return TRAILING_EXIT
    return _ORIGINAL_DCA if tag == "DCA" else ENTRY


def _profit(found: JsonObject) -> Decimal | None:
    profit = optional_number(found.get("realized_profit_usd"))
    return None if profit is None or not abs(profit) < _LARGEST else decimal_of(profit)
