"""Trades as the journal shows them: rows, and which of them a user wants to see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from powertrader.core.journal_notes import Note
from powertrader.core.original_trades import is_original
from powertrader.hub.price_text import money_text, percent_text, price_text, quantity_text
from powertrader.hub.text import text
from powertrader.hub.time_text import moment_text
from powertrader.hub.widgets.table_model import Row
from powertrader.models.order import Side
from powertrader.models.trade import ENTRY, MANUAL_EXIT, TRAILING_EXIT, Trade, is_dca
from powertrader.models.types import CoinSymbol

WIDTHS: Final = (
    ("time", 150),
    ("coin", 65),
    ("side", 60),
    ("reason", 130),
    ("quantity", 100),
    ("price", 100),
    ("value", 90),
    ("fees", 110),
    ("gain", 75),
    ("profit", 90),
    ("tags", 110),
    ("note", 160),
)
"""The columns of the table and their widths in pixels."""
NO_NOTE: Final = Note()
KINDS: Final = ("entry", "dca", "trailing_exit", "manual_exit", "other")
SPANS: Final[Mapping[str, timedelta | None]] = MappingProxyType(
    {
        "all": None,
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=30),
        "quarter": timedelta(days=91),
        "year": timedelta(days=365),
    }
)
"""How far back trades are shown, by name."""


def kind_of(reason: str) -> str:
    """Give the kind of an order's reason: entry, dca, trailing_exit, manual_exit or other."""
    if is_dca(reason):
        return "dca"
    return reason if reason in (ENTRY, TRAILING_EXIT, MANUAL_EXIT) else "other"


def reason_text(reason: str) -> str:
    """Give an order's reason as a person reads it, such as DCA 3, or DCA 3 (N) for a neural level."""
    if not is_dca(reason):
        kind = kind_of(reason)
        return reason if kind == "other" else text(f"journal.kind_{kind}")
    _, way, *stage = reason.split("_")
    if not stage:
        return text("journal.kind_dca")
    return text("journal.dca_neural" if way == "neural" else "journal.dca_stage", stage=stage[0])


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What a user wants to see; an empty text means all."""

    coin: CoinSymbol = ""
    side: str = ""
    kind: str = ""
    tag: str = ""
    since: datetime | None = None

    def __bool__(self) -> bool:
        return self != _ALL

    def lets_through(self, trade: Trade, note: Note) -> bool:
        """Tell whether a trade is wanted."""
        return (
            self.coin in ("", trade.coin)
            and self.side in ("", trade.side)
            and (not self.kind or self.kind == kind_of(trade.reason))
            and (not self.tag or self.tag in note.tags)
            and (self.since is None or trade.timestamp >= self.since)
        )


_ALL: Final = JournalFilter()


def wanted_trades(
    trades: Iterable[Trade], wanted: JournalFilter, note_of: Callable[[Trade], Note]
) -> list[Trade]:
    """Give the trades that a filter lets through, in their order."""
    return [trade for trade in trades if wanted.lets_through(trade, note_of(trade))] if wanted else [*trades]


def journal_row(trade: Trade, note: Note, quote: str) -> Row:
    """Give the row of a trade with what was noted about it."""
    profit, gain = trade.realized_profit, trade.pnl_pct
    side = text("journal.sell" if trade.side is Side.SELL else "journal.buy")
    first_line = note.words.partition("\n")[0]
    return Row(
        trade.client_order_id,
        (
            moment_text(trade.timestamp),
            trade.coin,
            side,
            reason_text(trade.reason) + (text("journal.by_original") if is_original(trade) else ""),
            quantity_text(trade.quantity),
            price_text(trade.price, quote),
            money_text(trade.value, quote),
            fees_text(trade),
            "" if gain is None else percent_text(gain),
            "" if profit is None else money_text(profit, quote, signed=True),
            ", ".join(note.tags),
            first_line,
        ),
        (
            trade.timestamp.timestamp(),
            trade.coin,
            side,
            trade.reason,
            float(trade.quantity),
            trade.price,
            float(trade.value),
            None,
            gain,
            None if profit is None else float(profit),
            ", ".join(note.tags).casefold() or None,
            first_line.casefold() or None,
        ),
        "" if profit is None else "gain" if profit > 0 else "loss",
    )


def fees_text(trade: Trade) -> str:
    """Give the fees of a trade, each with its asset."""
    return " + ".join(f"{quantity_text(amount)} {asset}" for asset, amount in trade.fees)
