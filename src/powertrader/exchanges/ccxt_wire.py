"""ccxt's unified structures as our values; ccxt is told to give numbers as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.exchanges.wire_values import finite, quote_from
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.candle_rows import CandleRow
from powertrader.models.instrument import Instrument
from powertrader.models.money import ZERO, product
from powertrader.models.order import OrderReport, OrderState, Side

TICK_SIZE: Final = 4
DECIMAL_PLACES: Final = 2
"""ccxt's two ways to say how fine a number may be; the third, significant digits, is no step."""

_STATES: Final[Mapping[str, OrderState]] = {
    "closed": OrderState.FILLED,
    "canceled": OrderState.CANCELED,
    "cancelled": OrderState.CANCELED,
    "expired": OrderState.EXPIRED,
    "rejected": OrderState.REJECTED,
}
_CANDLE_FIELDS: Final = 6
_MS_PER_S: Final = 1000
_MOST_DECIMALS: Final = 30


def symbol_of(market: Mapping[str, object]) -> str:
    """Give the pair as our other parts spell it: BTC/USDT is BTCUSDT."""
    return f"{market.get('base')}{market.get('quote')}"


def instrument_of(market: object, precision_mode: int) -> Instrument:
    """Give the order rules of a market of ccxt.

    Raises BadData when a rule cannot be read.
    """
    if not isinstance(market, Mapping):
        msg = f"a market was {type(market).__name__}, expected a mapping"
        raise BadData(msg)
    precision, limits = _part(market, "precision"), _part(market, "limits")
    amount, at_market, cost = (_part(limits, name) for name in ("amount", "market", "cost"))
    maxima = [most for part in (amount, at_market) if (most := _amount(part.get("max"))) is not None]
    minima = [_amount(part.get("min")) or ZERO for part in (amount, at_market)]
    step = _step(precision.get("amount"), precision_mode)
    try:
        rules = Instrument(
            symbol=symbol_of(market),
            coin=str(market.get("base")),
            lot_step=step or ZERO,
            min_quantity=max(minima),
            max_quantity=min((most for most in maxima if most > 0), default=None),
            min_notional=_amount(cost.get("min")) or ZERO,
            tradable=market.get("active") is not False and step is not None,
            max_notional=_amount(cost.get("max")) or None,
            price_tick=_step(precision.get("price"), precision_mode) or ZERO,
            status=str(_part(market, "info").get("status") or ""),
        )
    except ValueError as error:
        msg = f"rules of {market.get('symbol')}: {error}"
        raise BadData(msg) from None
    return rules if step is not None else replace(rules, status="the step of quantities is not known")


def account_of(balance: object) -> Account:
    """Give the balances of an account.

    Raises BadData when an amount cannot be read, or the venue said nothing: that is not the same as holding
    nothing.
    """
    if not isinstance(balance, Mapping) or not balance.get("info"):
        msg = f"the balance was {str(balance)[:40]!r}, expected what the venue said of the account"
        raise BadData(msg)
    free, used, total = (_part(balance, name) for name in ("free", "used", "total"))
    balances = []
    for asset in {**total, **free}:
        locked = _amount(used.get(asset)) or ZERO
        available = _amount(free.get(asset))
        if available is None:
            everything = _amount(total.get(asset))
            if everything is None:
                continue
            available = everything - locked
        balances.append(Balance(asset, available, locked))
    return Account(tuple(balances))


def report_of(order: object, symbol: str, client_order_id: str, side: Side | None = None) -> OrderReport:
    """Give the venue's word on an order.

    side is what we ordered, for replies that hold nothing but the order's number: those are pending.
    What was paid is NaN as long as the venue only says how much was executed.
    Raises BadData when a number cannot be read, the direction is not known, or an order is over as if it
    had been executed and nobody says how much of it.
    """
    if not isinstance(order, Mapping):
        msg = f"an order of {symbol} was {type(order).__name__}, expected a mapping"
        raise BadData(msg)
    filled = _amount(order.get("filled"))
    executed = filled or ZERO
    ordered = _amount(order.get("amount")) or ZERO
    state = _STATES.get(_text(order.get("status")), OrderState.PENDING)
    if state is OrderState.FILLED and filled is None:
        # nothing said is not nothing done: it must be asked again
        msg = f"order {client_order_id} of {symbol} is closed without a word how much of it was executed"
        raise BadData(msg)
    if state is OrderState.FILLED and (executed < ordered or not executed):
        # over, and not whole: the book ran out, or somebody else took the rest out of it
        state = OrderState.EXPIRED
    return OrderReport(
        order_id=_text(order.get("id")),
        client_order_id=client_order_id,
        symbol=symbol,
        side=_side(order.get("side"), side, symbol),
        state=state,
        ordered_quantity=ordered,
        executed_quantity=executed,
        quote_quantity=_paid(order, executed),
        time_text=_text(order.get("timestamp")),
        fees=_fees_of_order(order, executed),
    )


def with_trades(report: OrderReport, trades: Sequence[object]) -> OrderReport:
    """Give a report with what its trades say was paid, in price and fees.

    When the trades are not all there yet, the report is as it was. Raises BadData for an unreadable one.
    """
    parts = [trade for trade in trades if isinstance(trade, Mapping)]
    if sum((_amount(trade.get("amount")) or ZERO for trade in parts), ZERO) != report.executed_quantity:
        return report
    paid = sum((_paid(trade, _amount(trade.get("amount")) or ZERO) for trade in parts), ZERO)
    fees = fees_by_asset(fee for trade in parts for fee in _fee_entries(trade))
    return replace(report, quote_quantity=paid, fees=fees if fees is not None else report.fees)


def fees_by_asset(entries: Iterable[object]) -> tuple[tuple[str, Decimal], ...] | None:
    """Sum fees by asset; None when not one of them says an amount."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or not entry.get("currency"):
            continue
        cost = _amount(entry.get("cost"))
        if cost is not None:
            asset = str(entry["currency"])
            sums[asset] = sums.get(asset, ZERO) + cost
    return tuple(sums.items()) if sums else None


def client_id_of(order: object) -> str:
    """Give the id that whoever placed an order gave it, empty when it has none."""
    return _text(order.get("clientOrderId")) if isinstance(order, Mapping) else ""


def candle_rows(
    content: object, opened: range, closed_by_s: float, interval_s: int
) -> list[CandleRow | None]:
    """Give the rows of a page, newest first; None for each that is no closed candle, also a running one.

    Rows that opened at another time than asked for belong to another page and are not given at all.
    Raises BadData when the page is no list.
    """
    if not isinstance(content, list):
        msg = f"candles were {type(content).__name__}, expected a list of rows"
        raise BadData(msg)
    rows: list[CandleRow | None] = []
    for entry in reversed(content):
        row = _candle_row(entry)
        if row is None:
            rows.append(None)
        elif int(row[0]) in opened:
            rows.append(row if row[0] + interval_s <= closed_by_s else None)
    return rows


def quote_of(ticker: object) -> Quote | None:
    """Give the best prices of a ticker, None when there are none."""
    if not isinstance(ticker, Mapping):
        return None
    return quote_from(ticker.get("bid"), ticker.get("ask"))


def _candle_row(entry: object) -> CandleRow | None:
    if not isinstance(entry, list) or len(entry) < _CANDLE_FIELDS:
        return None
    numbers = [number for field in entry[:_CANDLE_FIELDS] if (number := finite(field)) is not None]
    if len(numbers) != _CANDLE_FIELDS:
        return None
    open_time_ms, open_, high, low, close, volume = numbers
    if open_time_ms % _MS_PER_S or min(open_, close, low) <= 0 or high < low or volume < 0:
        return None
    return open_time_ms / _MS_PER_S, open_, high, low, close, volume


def _side(word: object, known: Side | None, symbol: str) -> Side:
    if word in ("buy", "sell"):
        return Side.BUY if word == "buy" else Side.SELL
    if known is None:
        msg = f"an order of {symbol} has side {str(word)[:20]!r}, expected buy or sell"
        raise BadData(msg)
    return known


def _paid(entry: Mapping[str, object], executed: Decimal) -> Decimal:
    """Give what was paid for what was executed, NaN when it is not told."""
    if executed <= 0:
        return ZERO
    cost = _amount(entry.get("cost"))
    if cost is not None and cost > 0:
        return cost
    price = _amount(entry.get("average")) or (_amount(entry.get("price")) if "average" not in entry else None)
    return product(executed, price) if price is not None and price > 0 else Decimal("NaN")


def _fees_of_order(order: Mapping[str, object], executed: Decimal) -> tuple[tuple[str, Decimal], ...] | None:
    return () if executed <= 0 else fees_by_asset(_fee_entries(order))


def _fee_entries(entry: Mapping[str, object]) -> list[object]:
    """Give the fees of an order or trade; ccxt writes one also into a list of its own."""
    fees = entry.get("fees")
    return list(fees) if isinstance(fees, list) and fees else [entry.get("fee")]


def _step(value: object, precision_mode: int) -> Decimal | None:
    amount = _amount(value)
    if amount is None or amount < 0:
        return None
    if precision_mode == TICK_SIZE:
        return amount if amount > 0 else None
    if precision_mode == DECIMAL_PLACES and amount <= _MOST_DECIMALS and amount == int(amount):
        return Decimal(1).scaleb(-int(amount))
    return None


def _part(whole: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _amount(value: object) -> Decimal | None:
    """Give an exact number, None when there is none. Raises BadData when it cannot be read."""
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount.adjusted()) > _MOST_DECIMALS:
        msg = f"{str(value)[:40]!r} must be a number"
        raise BadData(msg)
    return amount


def _text(value: object) -> str:
    return "" if value is None else str(value)
