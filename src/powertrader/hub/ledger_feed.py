"""LedgerFeed: the trades and sums of whichever ledger is looked at, read on from where it was left."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from powertrader.analytics.profit import ProfitFold
from powertrader.core.exceptions import DataCorruptionError, PowerTraderError
from powertrader.core.original_trades import trades_in
from powertrader.hub.trades_view import LedgerName, TradeLog, TradesView
from powertrader.models.journal import JournalEvent, OriginalTradesImported

BUDGET_S: Final = 0.25
"""A call reads for about so long; of a long ledger the rest comes with the next calls."""
IGNORED: Final = frozenset(("TrailMoved", "TrailForgotten", "WindowRebuilt", "Halted", "Resumed"))
"""Kinds of events that move no money."""


class Piece(Protocol):
    """Events of a ledger in their order; restarted: they are its first. more: there is more to be read."""

    @property
    def events(self) -> Sequence[JournalEvent]:
        """The events."""
        ...

    @property
    def restarted(self) -> bool:
        """Tell whether what came before counts no more."""
        ...

    @property
    def more(self) -> bool:
        """Tell whether the next piece is there already."""
        ...


class Tail(Protocol):
    """What is added to a ledger, piece by piece."""

    def read(self) -> Piece | None:
        """Give the next piece, None when nothing was added. Raises PowerTraderError."""
        ...


class LedgerFeed:
    """Gives views of one ledger after another; for one thread."""

    def __init__(
        self, open_tail: Callable[[LedgerName], Tail], rest: Callable[[], None] = lambda: None
    ) -> None:
        """Bind what opens ledgers; nothing is read yet. rest lets other threads work, between pieces."""
        self._open = open_tail
        self._rest = rest
        self._whose: LedgerName | None = None
        self._tail: Tail | None = None
        self._fold = ProfitFold("")
        self._log = TradeLog()
        self._generation = 0
        self._failure = ""
        self._is_changed = False

    def read(self, whose: LedgerName, budget_s: float = BUDGET_S) -> TradesView | None:
        """Give all finished trades of a ledger when something is new since the last call.

        Reads for about budget_s; the view says whether more follows. Raises PowerTraderError, and keeps
        what it has.
        """
        is_new = whose != self._whose
        if is_new or self._tail is None:
            self._whose, self._tail = whose, self._open(whose)
            self._begin_anew()
        if self._failure:
            raise DataCorruptionError(self._failure)
        try:
            more = self._read_on(self._tail, budget_s)
        except PowerTraderError:
            if not (is_new or self._is_changed):
                raise
            more = False  # what was whole is shown first; the next call raises again
        if not (is_new or self._is_changed):
            return None
        self._is_changed = False
        return self._view(complete=not more)

    def _read_on(self, tail: Tail, budget_s: float) -> bool:
        """Take pieces until there are none or the time is up; tell whether there are more."""
        ends_s = time.monotonic() + budget_s
        while (piece := tail.read()) is not None:
            self._is_changed |= piece.restarted or bool(piece.events)
            self._take(piece)
            if not piece.more:
                return False
            if time.monotonic() > ends_s:
                return True
            self._rest()
        return False

    def _begin_anew(self) -> None:
        self._fold = ProfitFold(self._whose.quote_asset if self._whose else "")
        self._log = TradeLog()
        self._generation += 1
        self._failure = ""

    def _take(self, piece: Piece) -> None:
        if piece.restarted:
            self._begin_anew()
        for event in piece.events:
            if isinstance(event, OriginalTradesImported):
                # an import may be repeated until the first trade of our own; the last one counts
                self._log = TradeLog(trades_in(event.lines, self._whose.quote_asset if self._whose else ""))
                self._generation += 1
            try:
                trade = self._fold.apply(event)
            except (KeyError, ArithmeticError) as error:
                self._failure = f"the ledger {self._whose} cannot be added up from {event.at} on: {error!r}"
                raise DataCorruptionError(self._failure) from error
            if trade is not None:
                self._log.add(trade)

    def _view(self, *, complete: bool) -> TradesView:
        log = self._log
        return TradesView(self._whose, self._fold.sums(), self._generation, complete, log, len(log.trades))
