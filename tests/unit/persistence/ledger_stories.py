"""Random but possible histories of a trader, as the ledger would hold them."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from powertrader.models.book import Book
from powertrader.models.journal import (
    Adopted,
    HaltCause,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    QuoteBooked,
    Resumed,
    TrailMoved,
    WindowRebuilt,
    WrittenOff,
)
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.position import Trail
from tests.unit.persistence.ledger_events import NOON

COINS = ("BTC", "ETH", "XRP")
AMOUNTS = st.decimals("0.00000001", "1000", places=8)


@st.composite
def stories(draw: st.DrawFn) -> list[JournalEvent]:
    """Give the events of up to 30 steps; every event speaks of something that is there."""
    book = Book()
    events: list[JournalEvent] = []
    for number in range(draw(st.integers(0, 30))):
        event = _next(draw, book, number)
        book.apply(event)
        events.append(event)
    return events


def _next(draw: st.DrawFn, book: Book, number: int) -> JournalEvent:
    at = NOON + timedelta(days=2 * number, seconds=draw(st.integers(0, 86400)))
    coin = draw(st.sampled_from(COINS))
    open_orders = sorted(book.open_orders)
    kind = draw(st.sampled_from(("order", "fill", "fill", "close", "other")))
    if kind == "order" or (not open_orders and kind != "other"):
        side, amount = draw(st.sampled_from(Side)), draw(AMOUNTS)
        reason = "trailing_exit" if side is Side.SELL else draw(st.sampled_from(("entry", "dca_hard_1")))
        intent = OrderIntent(
            f"o{number}", coin, f"{coin}USDT", side, amount, str(amount), reason, 1.5, None, None, "", at
        )
        return OrderIntended(intent, draw(st.none() | AMOUNTS), at)
    if kind == "other":
        return draw(_others(coin, number))
    order = draw(st.sampled_from(open_orders))
    if kind == "fill":
        asset = draw(st.sampled_from((None, "BNB", "USDT", book.open_orders[order].intent.coin)))
        fee = None if asset is None else draw(AMOUNTS)
        worth = draw(AMOUNTS) if asset == "BNB" else None
        return OrderFilled(order, draw(AMOUNTS), draw(AMOUNTS), fee, asset, at, worth)
    if not book.open_orders[order].executed and draw(st.booleans()):
        return OrderRefused(order, "no", at) if draw(st.booleans()) else OrderAccepted(order, "7", at)
    return OrderClosed(order, draw(st.sampled_from((OrderState.FILLED, OrderState.CANCELED))), None, at)


def _others(coin: str, number: int) -> st.SearchStrategy[JournalEvent]:
    at = NOON + timedelta(days=2 * number)
    now, here, gap = st.just(at), st.just(coin), st.floats(0.1, 10)
    anywhere = st.sampled_from((coin, None))
    trails = st.builds(Trail, st.booleans(), gap, gap, st.booleans())
    lost = AMOUNTS.map(lambda one: one / Decimal(3))
    return st.one_of(
        st.builds(QuoteBooked, st.sampled_from(("USDT", "BNB")), AMOUNTS, now),
        st.builds(Halted, anywhere, st.text(max_size=5), now, st.sampled_from(HaltCause)),
        st.builds(Resumed, anywhere, st.just("on"), now),
        st.builds(TrailMoved, here, trails, now, st.none() | st.tuples(gap, gap, gap)),
        st.builds(Adopted, here, AMOUNTS, st.none() | gap, st.none() | st.integers(0, 7), now),
        st.builds(WindowRebuilt, here, st.just((at,)), st.none() | now, now),
        st.builds(WrittenOff, here, lost, st.just("gone"), now),
    )
