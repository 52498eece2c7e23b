"""What a step of the trader made happen, told as events: trades, refused orders, halts."""

from collections.abc import Callable
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.verdicts import words_for
from powertrader.models.book import Book
from powertrader.models.events import Event, OrderRejected, TradeExecuted, TradingHalted, TradingResumed
from powertrader.models.signal import Signal, SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader.execution import ORDER_OPEN, ORDER_UNKNOWN, Outcome
from powertrader.trader.outlets import Identity, stopped_of
from powertrader.trader.session import StepReport

_NOT_OVER: Final = frozenset({ORDER_OPEN, ORDER_UNKNOWN})


class TraderNews:
    """Publishes what is new in the book since the last time, and what a step was refused.

    What happened while nobody told, such as before a crash, is not made up for: the ledger has it.
    """

    def __init__(self, publish: Callable[[Event], None], identity: Identity, book: Book, wall: Clock) -> None:
        """Begin with what the book holds now."""
        self._publish = publish
        self._identity = identity
        self._book = book
        self._wall = wall
        self._trades = book.trades_closed
        self._stopped = dict(stopped_of(book))
        self._refused: dict[tuple[CoinSymbol, str], str] = {}

    def tell(self, report: StepReport) -> None:
        """Publish what came of a step and of the commands before it; a refusal that repeats itself once."""
        self._tell_trades()
        self._tell_stopped()
        self._tell_refusals(report.outcomes)

    def _tell_trades(self) -> None:
        identity, book = self._identity, self._book
        new = book.trades_closed - self._trades
        self._trades = book.trades_closed
        for trade in book.trades[-new:] if new > 0 else ():
            position = book.position(trade.coin)
            owner = identity.mode, identity.account, identity.quote_asset
            self._publish(TradeExecuted(*owner, trade, position, self._wall.now()))

    def _tell_stopped(self) -> None:
        before, self._stopped = self._stopped, dict(stopped_of(self._book))
        if before == self._stopped:
            return
        owner, now = (self._identity.mode, self._identity.account), self._wall.now()
        for coin in before.keys() - self._stopped.keys():
            self._publish(TradingResumed(*owner, coin, now))
        for coin, reason in self._stopped.items():
            if before.get(coin) != reason:
                self._publish(TradingHalted(*owner, coin, reason, now))

    def _tell_refusals(self, outcomes: tuple[Outcome, ...]) -> None:
        refused: dict[tuple[CoinSymbol, str], str] = {}
        for outcome in outcomes:
            if outcome.refusal is None or outcome.refusal in _NOT_OVER or outcome.executed:
                continue
            action, text = outcome.action, words_for(outcome.refusal)
            turn = action.coin, action.kind.value
            refused[turn] = text
            if self._refused.get(turn) != text:
                owner = self._identity.mode, self._identity.account
                self._publish(OrderRejected(*owner, *turn, action.reason, text, self._wall.now()))
        self._refused = refused


class HeardSignals:
    """Gives the signals that a trader decides on, and tells the whole signal when its levels change."""

    def __init__(
        self,
        view_of: Callable[[CoinSymbol], SignalView | None],
        signal_of: Callable[[CoinSymbol], Signal | None],
        tell: Callable[[Signal], None],
    ) -> None:
        """Bind what gives the view of a coin's signal, None for a stale one, and what gives it whole."""
        self._view_of = view_of
        self._signal_of = signal_of
        self._tell = tell
        self._levels: dict[CoinSymbol, tuple[int, int]] = {}

    def __call__(self, coin: CoinSymbol) -> SignalView | None:
        """Give the view of a coin's signal, None when there is none that may be traded on."""
        view = self._view_of(coin)
        levels = None if view is None else (view.long, view.short)
        if levels is not None and levels != self._levels.get(coin):
            self._levels[coin] = levels
            signal = self._signal_of(coin)
            if signal is not None:
                self._tell(signal)
        return view
