"""Exchange and clock of an original trader: the ticks of a case, told apart by its pauses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import ExchangeError
from powertrader.models.account import Balance
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.position import NOTHING
from powertrader.parity.original_moment import Moment
from powertrader.parity.original_passes import MOST_REQUESTS, STOPPED
from powertrader.parity.original_process import HANG, Refusal, ScriptStopped
from powertrader.parity.original_tree import WorkTree
from powertrader.parity.recorded_exchange import ProgramStopped, RecordedExchange

PAUSE_S: Final = 0.5
"""The pause at the end of a tick."""
_NEVER: Final = datetime.fromtimestamp(0, UTC)
_STATUSES: Final[Mapping[OrderState, str]] = {
    OrderState.PENDING: "NEW",
    OrderState.FILLED: "FILLED",
    OrderState.CANCELED: "CANCELED",
    OrderState.REJECTED: "REJECTED",
    OrderState.EXPIRED: "EXPIRED",
}


class CountingExchange(RecordedExchange):
    """The exchange of a case that knows how often it was asked in every moment so far."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        """Take the inputs.exchange of a case."""
        super().__init__(inputs)
        self.counts: list[int] = []

    def begin(self, now: float, tick: Mapping[str, Any]) -> None:
        """Bring a tick, or the start-up, into force."""
        super().begin(now, tick)
        self.counts.append(0)

    def served(self, symbol: str) -> Any:
        """Give the next quote as texts."""
        self._count()
        return super().served(symbol)

    def filters_of(self, symbol: str) -> list[dict[str, str]]:
        """Give the filters of a symbol as the exchange writes them; a case may leave the lot filter out."""
        lot = self._lots.get(symbol)
        return [] if lot is None else [{"filterType": "LOT_SIZE", **lot}]

    def _request(self, call: str) -> None:
        self._count()
        super()._request(call)

    def _count(self) -> None:
        if self.counts:
            self.counts[-1] += 1


@dataclass(frozen=True, slots=True)
class Expected:
    """How often our trader asked in the start-up and in each tick, and which ticks an error ended.

    The original makes no pause after its start-up, nor after a tick that an error ended: there the next
    tick begins when it has asked as often as ours.
    """

    start: int
    ticks: Sequence[int | None]
    """Requests of a tick that an error ends, None for the others."""


@dataclass(slots=True)
class TraderWorld:
    """Answers the requests of one program run of a trader and keeps what each tick left."""

    run: Mapping[str, Any]
    exchange: CountingExchange
    tree: WorkTree
    expected: Expected
    now: float = field(init=False)
    moments: list[Moment] = field(default_factory=list)
    _requests: int = 0
    _is_over: bool = False
    _before: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bring the start-up into force."""
        self.now = self.run["start_now"]
        self.tree.change(self.run.get("files") or {})
        self.exchange.begin(self.now, self.run.get("init") or {})

    def answer(self, call: str, given: Mapping[str, Any]) -> Any:
        """Answer one request of the script."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            msg = f"{MOST_REQUESTS} requests without the pause of {PAUSE_S} s that ends a tick"
            raise ScriptStopped(HANG, msg)
        if call == "sleep":
            if given["seconds"] == PAUSE_S:
                self._begin_tick()
            return None
        if self._is_over:
            self._begin_tick()
        try:
            return self._exchange_answer(call, given)
        except ProgramStopped as stop:
            raise ScriptStopped(stop.end) from stop
        except ExchangeError as error:
            raise _refusal(error, self.exchange.log if call == "place" else ()) from error
        finally:
            self._notice_the_end()

    def keep(self) -> None:
        """Keep what the moment just over has left, without the changes the next one begins with."""
        texts = {**self.tree.texts(), **self._before}
        kept = {path: text for path, text in texts.items() if text is not None}
        self.moments.append(Moment(kept, tuple(self.exchange.log)))
        self._before = {}

    def _notice_the_end(self) -> None:
        """Let a moment that no pause ends be over; the next one finds its files when it looks for them."""
        ends = (self.expected.start, *self.expected.ticks)[len(self.moments) :]
        if not ends or self.exchange.counts[-1] != ends[0] or self._is_over:
            return
        self._is_over = True
        before, files = self.tree.texts(), self._next_tick().get("files") or {}
        self.tree.change(files)
        self._before = {path: before.get(path) for path in files}

    def _next_tick(self) -> Mapping[str, Any]:
        ticks: Sequence[Mapping[str, Any]] = self.run["ticks"]
        return ticks[len(self.moments)] if len(self.moments) < len(ticks) else {}

    def _begin_tick(self) -> None:
        tick = self._next_tick()
        self.keep()
        if not tick:
            raise ScriptStopped(STOPPED)
        if not self._is_over:
            self.tree.change(tick.get("files") or {})
        self._is_over = False
        self.now = tick["now"]
        self.exchange.begin(self.now, tick)
        self._requests = 0

    def _exchange_answer(self, call: str, given: Mapping[str, Any]) -> Any:
        symbol = str(given.get("symbol", ""))
        if call == "quote":
            return self._quote(symbol)
        if call == "account":
            return {"balances": [_balance(one) for one in self.exchange.get_account().balances]}
        if call == "exchange_info":
            return {"symbols": [self._symbol(name) for name in self.exchange.get_instruments()]}
        if call == "symbol_info":
            return None if self.exchange.get_instrument(symbol) is None else self._symbol(symbol)
        if call == "all_orders":
            return [_order(one, "time") for one in self.exchange.get_order_history(symbol)]
        return self._order_answer(call, symbol, given)

    def _order_answer(self, call: str, symbol: str, given: Mapping[str, Any]) -> Any:
        if call == "order":
            found = self.exchange.get_order(symbol, str(given.get("orderId", "")))
            if found is None:
                msg = "Order does not exist."
                raise Refusal(msg, "api", -2013)
            return _order(found, "time")
        if call == "place":
            return _order(self.exchange.place_order(_intent(symbol, given)), "transactTime")
        msg = f"{call} is not answered to a trader"
        raise Refusal(msg)

    def _symbol(self, name: str) -> dict[str, Any]:
        return {
            "symbol": name,
            "status": "TRADING",
            "baseAsset": name.removesuffix(QUOTE_ASSET),
            "quoteAsset": QUOTE_ASSET,
            "filters": self.exchange.filters_of(name),
        }

    def _quote(self, symbol: str) -> Any:
        served = self.exchange.served(symbol)
        if served is None:
            msg = "Invalid symbol."
            raise Refusal(msg, "api", -1121)
        return {"symbol": symbol, "bidPrice": served[0], "askPrice": served[1]}


def _refusal(error: ExchangeError, log: Sequence[Mapping[str, Any]]) -> Refusal:
    """Give the error the script sees, as the result of its order names it."""
    kind, _, name = str(log[-1]["result"]).partition(":") if log else ("rejected", "", "-1000")
    return Refusal(str(error), name) if kind == "error" else Refusal(str(error), "api", int(name))


def _balance(balance: Balance) -> dict[str, str]:
    return {"asset": balance.asset, "free": f"{balance.free:f}", "locked": f"{balance.locked:f}"}


def _order(report: OrderReport, time_name: str) -> dict[str, Any]:
    number, time_text = report.order_id, report.time_text
    return {
        "symbol": report.symbol,
        "orderId": int(number) if number.isdigit() else number,
        "origQty": f"{report.ordered_quantity:f}",
        "executedQty": f"{report.executed_quantity:f}",
        "cummulativeQuoteQty": f"{report.quote_quantity:f}",
        "status": _STATUSES[report.state],
        "type": "MARKET",
        "side": report.side.value,
        time_name: int(time_text) if time_text.isdigit() else time_text,
    }


def _intent(symbol: str, given: Mapping[str, Any]) -> OrderIntent:
    """Make what the exchange of a case looks at; the quantity stays the text that was sent."""
    quantity = given.get("quantity", "")
    text = quantity if isinstance(quantity, str) else repr(quantity)
    coin = symbol.removesuffix(QUOTE_ASSET)
    sender, side = str(given.get("newClientOrderId", "")), Side(given["side"])
    return OrderIntent(sender, coin, symbol, side, NOTHING, text, "", 0.0, None, None, "", _NEVER)
