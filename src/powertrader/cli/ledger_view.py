"""What `powertrader ledger` tells: events, positions, where the money is, and files for other programs."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from powertrader.cli.ledger_words import Words, order_key, plain
from powertrader.cli.output import plain_table
from powertrader.core.original_books import OriginalBooks
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.core.trade_table import trades_csv
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.models.journal import JournalEvent, OrderAccepted, OrderIntended
from powertrader.models.moment import iso_text
from powertrader.models.position import NOTHING
from powertrader.persistence.ledger_segments import LedgerReader

if TYPE_CHECKING:
    from rich.console import Console

Story: TypeAlias = list[tuple[str, str]]


def show_ledger(console: "Console", reader: LedgerReader, last: int, quote: str) -> None:
    """Print the newest events and the book after them."""
    book = reader.book()
    for time, sentence in _newest(reader, book.events_applied, last):
        console.print(f"{time}  {sentence}", soft_wrap=True, markup=False)
    _show_held(console, book)
    for key, order in book.open_orders.items():
        intent = order.intent
        done = f"{plain(order.executed)} of {intent.quantity_text} executed"
        console.print(f"Open order {key}: {intent.side.value.lower()} {intent.coin}, {done}.", markup=False)
    for coin, reason in book.halts.items():
        console.print(f"Not bought: {coin or 'all coins'} ({reason}).", markup=False)
    for coin, halt in book.freezes.items():
        console.print(f"Frozen: {coin or 'all coins'} ({halt.reason}).", markup=False)
    for line in _money_lines(book, quote):
        console.print(line, soft_wrap=True, markup=False)


def _show_held(console: "Console", book: Book) -> None:
    rests = book.rests
    held = [one for one in book.held.values() if one.coin not in rests]
    if held:
        table = plain_table("Positions", ("coin",), ("quantity", "average price", "cost", "DCA buys"))
        for one in held:
            price = f"{one.avg_cost_basis:.8g}"
            table.add_row(one.coin, plain(one.quantity), price, plain(one.cost), str(one.dca_count))
        console.print(table)
    if rests:
        left = ", ".join(f"{plain(one.quantity)} {coin}" for coin, one in rests.items())
        console.print(f"Left over of sales: {left}.", soft_wrap=True, markup=False)


def shown_as_json(reader: LedgerReader, last: int, quote: str) -> dict[str, object]:
    """Give the same for a script; amounts are text in full decimals."""
    book = reader.book()
    return {
        "entries": book.events_applied,
        "trades": book.trades_closed,
        "events": _newest(reader, book.events_applied, last),
        "book": encode(state_of(book)),
        "money": {name: plain(amount) for name, amount in _money(book, quote).items()},
    }


def story_of(events: Iterable[JournalEvent], what: str) -> Story:
    """Give time and sentence of every event about a coin or an order, found by either of its numbers."""
    wanted = what.strip()
    words, ours = Words(), {wanted}
    story: Story = []
    # the exchange's number of an order is known only after its intent
    before: dict[str, Story] = {}
    for event in events:
        key, coin = order_key(event), words.coin_of(event)
        told = (iso_text(event.at), words.tell(event))
        if isinstance(event, OrderAccepted) and event.order_id == wanted and key not in ours:
            ours.add(key)
            story += before[key]
        if coin == wanted.upper() or key in ours:
            story.append(told)
        if isinstance(event, OrderIntended):
            before[key] = [told]
        else:
            before.pop(key, None)
    return story


def export_to(events: Iterator[JournalEvent], form: str, out: Path) -> list[tuple[Path, int]]:
    """Write an export, and give each file with its number of rows. Raises StorageError."""
    store = FileStore()
    if form == "jsonl":
        lines = [json.dumps({"type": type(event).__name__, **encode(event)}) + "\n" for event in events]
        store.write_text(out, "".join(lines))
        return [(out, len(lines))]
    if form == "original":
        return _export_original(events, store, out)
    book = Book()
    for event in events:
        book.apply(event)
    store.write_text(out, trades_csv(book.trades))
    return [(out, len(book.trades))]


def _export_original(
    events: Iterator[JournalEvent], store: FileStore, folder: Path
) -> list[tuple[Path, int]]:
    from powertrader.core.paths import HomePaths  # noqa: PLC0415  only for the two names

    names = HomePaths(folder)
    history, books_file = folder / names.trade_history.name, folder / names.pnl_ledger.name
    books = OriginalBooks(cash_from_fills=True)
    for event in events:
        books.apply(event)
    store.write_text(history, "".join(json.dumps(line) + "\n" for line in books.trades))
    store.write_text(books_file, books.ledger_text())
    return [(history, len(books.trades)), (books_file, 1)]


def _newest(reader: LedgerReader, entries: int, last: int) -> Story:
    """Tell the last events."""
    if not last:
        return []
    begin = max(entries - last, 0)
    words = Words()
    return [(iso_text(event.at), words.tell(event)) for event in islice(reader.events(begin), last)]


def _money(book: Book, quote: str) -> dict[str, Decimal]:
    """Give the amounts of the money identity, in the quote asset."""
    deposits = book.deposits.get(quote, NOTHING)
    return {
        "deposits": deposits,
        "realized_profit": book.realized_profit,
        "written_off": book.written_off,
        "must_hold": deposits + book.realized_profit - book.written_off,
        "cash": book.cash.get(quote, NOTHING),
        "positions_at_cost": sum((position.cost for position in book.positions.values()), NOTHING),
    }


def _money_lines(book: Book, quote: str) -> Iterator[str]:
    money = _money(book, quote)
    text = {name: f"{plain(amount)} {quote}" for name, amount in money.items()}
    yield (
        f"Deposits {text['deposits']} + realised {text['realized_profit']} - written off "
        f"{text['written_off']} = {text['must_hold']} that the account must hold at cost."
    )
    apart = money["cash"] + money["positions_at_cost"] - money["must_hold"]
    rest = f" The {plain(apart)} between are adopted coins and fees in other assets." if apart else ""
    yield f"Cash {text['cash']} + positions at cost {text['positions_at_cost']}.{rest}"
    for asset, amount in book.cash.items():
        if asset != quote and amount:
            yield f"Besides {plain(amount)} {asset}."
    yield f"{book.events_applied} events, {book.trades_closed} finished orders."
