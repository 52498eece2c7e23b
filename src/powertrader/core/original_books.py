"""The original's books, pnl_ledger.json and trade_history.jsonl, as a fold over the same ledger events.

Amounts are floats in the original's order of evaluation, from the change of the free quote asset
around each order; where nobody asked for that, from what fills and fees moved, and from the cash that
deposits and orders left. Nothing here decides anything; it is what old tools read.
Source: golden/BEHAVIOUR.md 3.9 and section 6 (Q78, Q79, Q80).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from powertrader.core.original_ledger import (
    BooksState,
    JsonObject,
    KnownOrder,
    Record,
    add_purchase,
    checked_ledger,
    fill_price,
    moment_of,
    number_of,
    object_of,
    optional_number,
    take_sale,
)
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    OriginalLedgerImported,
    OriginalTradesImported,
    PendingSettled,
    QuoteBooked,
)
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.position import NOTHING
from powertrader.models.trade import tag_of


class OriginalBooks:
    """pnl_ledger.json and trade_history.jsonl after the events applied so far."""

    def __init__(self, *, cash_from_fills: bool = False) -> None:
        """Start without files; without cash_from_fills, cash that nobody was told counts as 0 (3.9)."""
        self._from_fills = cash_from_fills
        self.ledger = checked_ledger({})
        self.trades: list[JsonObject] = []
        self.writes = 0
        self._joined: set[int] = set()
        self._unfinished: range | None = None
        self._known: dict[str, KnownOrder] = {}
        self._cash: dict[str, Decimal] = {}
        self._folds: Mapping[type, Callable[..., None]] = {
            OrderIntended: self._intended,
            OrderAccepted: self._accepted,
            OrderRefused: self._refused,
            OrderFilled: self._filled,
            OrderClosed: self._closed,
            PendingSettled: self._settled,
            OriginalLedgerImported: self._ledger_imported,
            OriginalTradesImported: self._trades_imported,
            QuoteBooked: self._booked,
        }

    def apply(self, event: JournalEvent) -> None:
        """Take one event into account; one of an order that these books never saw changes nothing."""
        fold = self._folds.get(type(event))
        order = getattr(event, "client_order_id", None)
        if fold is not None and (order is None or order in self._known):
            fold(event)

    def state(self) -> BooksState:
        """Give everything but the history as a value."""
        return BooksState(self.ledger_text(), tuple(self._known.values()), tuple(self._cash.items()))

    def restore(self, state: BooksState) -> None:
        """Go on where the value was taken, with an empty history."""
        self.ledger = checked_ledger(json.loads(state.ledger_text))
        self._known = {known.intent.client_order_id: known for known in state.known}
        self._cash = dict(state.cash)

    def drained(self) -> list[JsonObject]:
        """Take the lines of the history out, for a caller who has written them down."""
        lines, self.trades, self._joined, self._unfinished = self.trades, [], set(), None
        return lines

    def ledger_text(self) -> str:
        """Give the content of pnl_ledger.json."""
        return json.dumps(self.ledger, indent=2)

    @property
    def pending(self) -> Mapping[str, object]:
        """Orders whose end is not booked, by order id."""
        pending = self.ledger.get("pending_orders")
        return pending if isinstance(pending, dict) else {}

    def has_trade(self, order_id: str) -> bool:
        """Tell whether the history has a line of this order."""
        return any(str(line.get("order_id")).strip() == order_id.strip() for line in self.readable_trades())

    def readable_trades(self) -> Iterator[JsonObject]:
        """Give the lines of the history that a new start can read.

        A line appended behind an unfinished one shares its line, so neither of the two is readable.
        """
        return (line for index, line in enumerate(self.trades) if index not in self._joined)

    def _record(self, record: Record, at: datetime) -> None:
        """Book a finished order and append its line to the history."""
        if not isinstance(self.ledger.get("open_positions"), dict):
            self.ledger["open_positions"] = {}
        positions = object_of(self.ledger["open_positions"])
        coin = record.symbol.strip().upper().removesuffix("USDT")
        delta = record.after - record.before
        used = realized = None
        if record.side == "buy":
            cost_after = add_purchase(positions, coin, max(0.0, -delta), record.quantity)
        else:
            used, cost_after = take_sale(positions, coin, record.quantity)
            realized = max(0.0, delta) - used
            total = self.ledger.get("total_realized_profit_usd")
            self.ledger["total_realized_profit_usd"] = number_of(total) + realized
        self._write(at)
        if self._unfinished is not None:
            self._joined = {*self._unfinished, len(self.trades)}
            self._unfinished = None
        self.trades.append(
            {
                "ts": epoch(at),
                "side": record.side,
                "tag": record.tag,
                "symbol": record.symbol,
                "qty": record.quantity,
                "price": record.price,
                "avg_cost_basis": record.basis,
                "pnl_pct": record.gain_pct,
                "fees_usd": None,
                "realized_profit_usd": realized,
                "order_id": record.order_id,
                "buying_power_before": record.before,
                "buying_power_after": record.after,
                "buying_power_delta": delta,
                "position_cost_used_usd": used,
                "position_cost_after_usd": cost_after,
            }
        )

    def _write(self, at: datetime) -> None:
        self.ledger["last_updated_ts"] = epoch(at)
        self.writes += 1

    def _forget(self, order_id: str, at: datetime) -> None:
        pending = self.ledger.get("pending_orders")
        if isinstance(pending, dict):
            pending.pop(order_id, None)
        self._write(at)

    def _intended(self, event: OrderIntended) -> None:
        intent, before = event.intent, event.quote_free_before
        known = KnownOrder(intent, _free(before))
        if before is None and self._from_fills:
            known.asked, known.before = False, float(self._cash.get(_quote_of(intent), NOTHING))
        self._known[intent.client_order_id] = known

    def _accepted(self, event: OrderAccepted) -> None:
        known = self._known[event.client_order_id]
        known.order_id = event.order_id
        intent = known.intent
        if not isinstance(self.ledger.get("pending_orders"), dict):
            self.ledger["pending_orders"] = {}
        object_of(self.ledger["pending_orders"])[event.order_id] = {
            "symbol": intent.symbol,
            "side": intent.side.value.lower(),
            "buying_power_before": known.before,
            "avg_cost_basis": intent.basis,
            "pnl_pct": intent.gain_pct,
            "tag": tag_of(intent.reason),
            "created_ts": epoch(event.at),
        }
        self._write(event.at)

    def _refused(self, event: OrderRefused) -> None:
        known = self._known.pop(event.client_order_id)
        if known.order_id:
            # given up by the user, after the venue had taken it
            self._forget(known.order_id, event.at)

    def _filled(self, event: OrderFilled) -> None:
        known = self._known[event.client_order_id]
        known.quantity += float(event.quantity)
        known.value += float(event.quote_quantity)
        quote = _quote_of(known.intent)
        moved = event.quote_quantity if known.intent.side is Side.SELL else -event.quote_quantity
        if event.fee_asset == quote:
            moved -= event.fee or NOTHING
        known.moved += moved
        self._cash[quote] = self._cash.get(quote, NOTHING) + moved

    def _booked(self, event: QuoteBooked) -> None:
        self._cash[event.asset] = self._cash.get(event.asset, NOTHING) + event.amount

    def _closed(self, event: OrderClosed) -> None:
        known = self._known.pop(event.client_order_id)
        if event.state is OrderState.FILLED:
            intent, after = known.intent, _free(event.quote_free_after)
            if not known.asked and event.quote_free_after is None:
                after = known.before + float(known.moved)
            price, gain = fill_price(known.quantity, known.value), intent.gain_pct
            if intent.side is Side.SELL:
                price = intent.expected_price if price is None else price
                if intent.basis:
                    gain = ((price - intent.basis) / intent.basis) * 100.0
            side, tag = intent.side.value.lower(), tag_of(intent.reason)
            fill = (known.quantity, price, intent.basis, gain, known.before, after)
            self._record(Record(known.order_id, intent.symbol, side, tag, *fill), event.at)
        self._forget(known.order_id, event.at)

    def _settled(self, event: PendingSettled) -> None:
        entry = object_of(self.pending.get(event.order_id))
        if event.quantity:
            quantity, tag = float(event.quantity), entry.get("tag")
            record = Record(
                event.order_id,
                str(entry.get("symbol")).strip(),
                str(entry.get("side")).strip().lower(),
                tag if isinstance(tag, str) else None,
                quantity,
                fill_price(quantity, float(event.quote_quantity)),
                optional_number(entry.get("avg_cost_basis")),
                optional_number(entry.get("pnl_pct")),
                number_of(entry.get("buying_power_before")),
                _free(event.quote_free_after),
            )
            self._record(record, event.at)
        self._forget(event.order_id, event.at)

    def _ledger_imported(self, event: OriginalLedgerImported) -> None:
        try:
            found = json.loads(event.document)
        except (ValueError, RecursionError):
            found = {}
        self.ledger = checked_ledger(found)

    def _trades_imported(self, event: OriginalTradesImported) -> None:
        self.trades, self._joined, self._unfinished = [], set(), None
        for line in event.lines.splitlines(keepends=True):
            before = len(self.trades)
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                self.trades.append(found)
            if line.strip() and not line.endswith("\n"):
                self._unfinished = range(before, len(self.trades))


def original_books_of(events: Iterable[JournalEvent]) -> OriginalBooks:
    """Fold a ledger from its beginning."""
    books = OriginalBooks()
    for event in events:
        books.apply(event)
    return books


def epoch(moment: datetime) -> float:
    """Give seconds since 1970, a whole number where it is one, as the original writes times."""
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def trade_times(books: OriginalBooks) -> Iterator[tuple[str, str, str | None, datetime]]:
    """Give coin, side, tag and time of every line of the history that has them (3.6)."""
    for line in books.readable_trades():
        moment = moment_of(line.get("ts"))
        coin = str(line.get("symbol") or "").strip().upper().removesuffix("USDT")
        if moment is not None and coin:
            tag = line.get("tag")
            yield (
                coin,
                str(line.get("side") or "").strip().lower(),
                tag if isinstance(tag, str) else None,
                moment,
            )


def _quote_of(intent: OrderIntent) -> str:
    return intent.symbol.removeprefix(intent.coin)


def _free(amount: Decimal | None) -> float:
    return 0.0 if amount is None else float(amount)
