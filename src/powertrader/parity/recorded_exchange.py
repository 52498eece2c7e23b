"""The exchange stand-in of the trader's recorded cases, behind our ports (golden/FORMAT.md, trader)."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any, Final, Protocol

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import InsufficientFundsError, OrderUnknown, Rejected, RetryLater
from powertrader.core.market_client import QuoteSource
from powertrader.core.trading_client import TradingClient
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, Side
from powertrader.models.types import CoinSymbol
from powertrader.parity.recorded_order import RecordedOrder, earlier_order, report_of

_EXACT: Final = Context(prec=200)
_QUANTITY: Final = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
KILLED: Final = "killed"
HANG: Final = "hang"
ENDLESS: Final = 2000


class ProgramStopped(BaseException):
    """The case stops the program here, as a kill would: nothing of ours may catch it."""

    def __init__(self, end: str) -> None:
        """Keep how the recording names this end."""
        super().__init__(end)
        self.end = end


class CaseExchange(TradingClient, QuoteSource, Protocol):
    """The exchange of a case, however far away it answers."""

    @property
    def log(self) -> Sequence[Mapping[str, Any]]:
        """The orders of the tick as recorded."""
        ...

    @property
    def free(self) -> Mapping[str, Decimal]:
        """The free balances by asset."""
        ...

    def begin(self, now: float, tick: Mapping[str, Any]) -> None:
        """Bring a tick, or the start-up, into force."""
        ...

    def unused_failures(self) -> tuple[str, ...]:
        """Name the calls of the tick that the case lets fail and that nobody made."""
        ...


@dataclass(slots=True)
class _Tick:
    now: float
    prices: Mapping[str, Any]
    fail: Mapping[str, Any]
    scripts: list[Mapping[str, Any]]
    no_pairs: bool = False
    kill_on: int | None = None
    calls: dict[str, int] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)


class RecordedExchange:
    """Answers, fills and fails as the case says; log holds the orders of the tick as recorded."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        """Take the inputs.exchange of a case."""
        self.free = {asset: Decimal(free) for asset, free, _ in inputs["balances"]}
        self._locked = {asset: Decimal(locked) for asset, _, locked in inputs["balances"]}
        self._lots: Mapping[str, Any] = inputs["lots"]
        self._fee_rate = Decimal(inputs["fee_rate"])
        self._next_id = int(inputs["first_order_id"])
        self._accepted = 0
        self._orders = [earlier_order(raw) for raw in inputs["orders"]]
        self._tick = _Tick(0, {}, {}, [])
        self.log: list[dict[str, Any]] = []

    def begin(self, now: float, tick: Mapping[str, Any]) -> None:
        """Bring a tick, or the start-up, into force."""
        self.free.update({asset: Decimal(free) for asset, free in tick.get("set_balances", {}).items()})
        scripts = list(tick.get("orders") or [])
        no_pairs, kill_on = bool(tick.get("no_pairs")), tick.get("kill_on_get_order")
        fail = tick.get("fail") or {}
        self._tick = _Tick(now, tick.get("prices", {}), fail, scripts, no_pairs, kill_on)
        self.log = []

    def unused_failures(self) -> tuple[str, ...]:
        """Name the calls of the tick that the case lets fail and that nobody made."""
        calls = self._tick.calls
        return tuple(
            call
            for call, indices in self._tick.fail.items()
            if not calls.get(call) or (indices != "all" and calls[call] <= min(indices))
        )

    def get_account(self) -> Account:
        """Give all balances in the order of the case."""
        self._request("get_account")
        return Account(
            tuple(
                Balance(asset, free, self._locked.get(asset, Decimal(0))) for asset, free in self.free.items()
            )
        )

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give the pairs of the case, all of them tradable."""
        self._request("get_exchange_info")
        return {} if self._tick.no_pairs else {symbol: self._instrument(symbol) for symbol in self._lots}

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair, None for one the case does not know."""
        self._request("get_symbol_info")
        return self._instrument(symbol) if symbol in self._lots else None

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Serve one answer per coin; a request that fails or names no price leaves the coin out."""
        quotes = {}
        for coin in coins:
            served = self.served(coin + QUOTE_ASSET)
            if served is not None and all(0 < float(price) < math.inf for price in served):
                quotes[coin] = Quote(float(served[0]), float(served[1]))
        return quotes

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Refuse, accept or fill an order as the case scripts it."""
        entry: dict[str, Any] = {"side": intent.side.value, "symbol": intent.symbol}
        entry |= {"quantity": intent.quantity_text, "result": ""}
        self.log.append(entry)
        script = self._tick.scripts.pop(0) if self._tick.scripts else {}
        if "error" in script:
            entry["result"] = f"error:{script['error']}"
            kind = OrderUnknown if script["error"] == "generic" else Rejected
            raise kind(entry["result"])
        price = self._checked_price(intent, entry)
        order = self._accept(intent, price)
        waits = any(key in script for key in ("polls", "final", "executed"))
        if waits:
            order.script, order.polls = script, int(script.get("polls", 0))
        else:
            self._settle(order, "FILLED", order.quantity)
        entry |= {"result": "accepted:NEW" if waits else "FILLED", "orderId": int(order.order_id)}
        return report_of(order)

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Give an order by our id, or by the venue's own for orders older than the case."""
        count = self._tick.calls.get("get_order", 0)
        if count == self._tick.kill_on:
            raise ProgramStopped(KILLED)
        if count >= ENDLESS:
            raise ProgramStopped(HANG)
        self._request("get_order")
        for order in self._orders:
            if order.symbol == symbol and client_order_id in (order.client_order_id, order.order_id):
                self._poll(order)
                return report_of(order)
        return None

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair in order of creation."""
        self._request("get_all_orders")
        return tuple(report_of(order) for order in self._orders if order.symbol == symbol)

    def _request(self, call: str) -> None:
        index = self._tick.calls.get(call, 0)
        self._tick.calls[call] = index + 1
        failing = self._tick.fail.get(call, ())
        if failing == "all" or index in failing:
            msg = f"{call} {index} fails in this case"
            raise RetryLater(msg)

    def served(self, symbol: str) -> Any:
        """Give bid and ask as the texts of the case's next answer, None when that is a failure."""
        prices = self._tick.prices.get(symbol)
        if prices and (prices[0] is None or isinstance(prices[0], list)):
            index = self._tick.served.get(symbol, 0)
            self._tick.served[symbol] = index + 1
            prices = prices[min(index, len(prices) - 1)]
        self._tick.last[symbol] = prices
        return prices

    def _instrument(self, symbol: str) -> Instrument:
        lot, coin = self._lots[symbol], symbol.removesuffix(QUOTE_ASSET)
        if lot is None:
            return Instrument(symbol, coin)
        return Instrument(
            symbol,
            coin,
            Decimal(lot["stepSize"]),
            Decimal(lot["minQty"]),
            min_notional=Decimal(lot.get("minNotional") or 0),
        )

    def _checked_price(self, intent: OrderIntent, entry: dict[str, Any]) -> Decimal:
        """Check an order in the venue's order of checks; give the price it is filled at."""
        if not _QUANTITY.fullmatch(intent.quantity_text):
            raise _rejection(entry, -1100)
        if intent.symbol not in self._tick.last:
            self.served(intent.symbol)
        served = self._tick.last[intent.symbol]
        if served is None or not all(Decimal(price) > 0 for price in served):
            raise _rejection(entry, -1121)
        price = Decimal(served[1] if intent.side is Side.BUY else served[0])
        quantity = Decimal(intent.quantity_text)
        if not self._fits(intent.symbol, quantity, price):
            raise _rejection(entry, -1013)
        asset = QUOTE_ASSET if intent.side is Side.BUY else intent.coin
        needed = _EXACT.multiply(quantity, price) if intent.side is Side.BUY else quantity
        if self.free.get(asset, Decimal(0)) < needed:
            raise _rejection(entry, -2010)
        return price

    def _fits(self, symbol: str, quantity: Decimal, price: Decimal) -> bool:
        lot = self._lots.get(symbol) or {}
        step = Decimal(lot.get("stepSize") or 0)
        off_step = bool(step) and bool(_EXACT.remainder(quantity, step))
        if quantity <= 0 or off_step or quantity < Decimal(lot.get("minQty") or 0):
            return False
        return _EXACT.multiply(quantity, price) >= Decimal(lot.get("minNotional") or 0)

    def _accept(self, intent: OrderIntent, price: Decimal) -> RecordedOrder:
        self._accepted += 1
        time_text = str(math.floor(self._tick.now * 1000) + self._accepted)
        quantity = Decimal(intent.quantity_text)
        ours, number = intent.client_order_id, str(self._next_id)
        order = RecordedOrder(intent.symbol, number, ours, intent.side, quantity, price, time_text)
        self._next_id += 1
        self._orders.append(order)
        return order

    def _poll(self, order: RecordedOrder) -> None:
        if order.script is None:
            return
        if order.polls > 0:
            order.polls -= 1
            return
        final = order.script.get("final", "FILLED")
        share = Decimal(str(order.script.get("executed", 1 if final == "FILLED" else 0)))
        order.script = None
        self._settle(order, final, _EXACT.multiply(order.quantity, share))

    def _settle(self, order: RecordedOrder, status: str, executed: Decimal) -> None:
        order.status, order.executed = status, executed
        order.value = value = _EXACT.multiply(executed, order.price)
        coin = order.symbol.removesuffix(QUOTE_ASSET)
        if not executed:
            return
        if order.side is Side.BUY:
            order.fee = _EXACT.multiply(executed, self._fee_rate)
            self._move(QUOTE_ASSET, value.copy_negate())
            self._move(coin, _EXACT.subtract(executed, order.fee))
        else:
            order.fee = _EXACT.multiply(value, self._fee_rate)
            self._move(coin, executed.copy_negate())
            self._move(QUOTE_ASSET, _EXACT.subtract(value, order.fee))

    def _move(self, asset: str, amount: Decimal) -> None:
        if amount or asset in self.free:
            self.free[asset] = _EXACT.add(self.free.get(asset, Decimal(0)), amount)


def _rejection(entry: dict[str, Any], code: int) -> Rejected:
    entry["result"] = f"rejected:{code}"
    kind = InsufficientFundsError if code == -2010 else Rejected  # noqa: PLR2004  the venue's code
    return kind(f"the exchange refused the order with code {code}")
