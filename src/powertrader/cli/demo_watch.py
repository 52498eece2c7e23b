"""What the files of a demo tell: how everything stands, and what has happened since the start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from powertrader.core.clock import SystemClock
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import Mailbox
from powertrader.core.memory_files import load_memory
from powertrader.core.paths import HomePaths
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.journal import OrderIntended
from powertrader.models.order import Side
from powertrader.models.signal import Signal
from powertrader.models.snapshot import Snapshot
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol, Environment
from powertrader.persistence.ledger_segments import LedgerReader

MODE: Final[Environment] = "paper"


@dataclass(slots=True)
class DemoRecord:
    """What has happened so far, as the workers' files told it.

    patterns: how many each trained coin has learnt, trainings: how often any was trained. signals: the
    newest of each coin, signals_seen: how many different ones. book: the fold of the ledger, orders:
    its intents. The seconds count from the start of the demo, None while it has not happened.
    """

    patterns: dict[CoinSymbol, int] = field(default_factory=dict)
    trainings: int = 0
    signals: dict[CoinSymbol, Signal] = field(default_factory=dict)
    signals_seen: int = 0
    book: Book = field(default_factory=Book)
    orders: int = 0
    seconds_to_first_signal: float | None = None
    seconds_to_first_purchase: float | None = None
    seconds_to_first_trade: float | None = None

    @property
    def bought(self) -> int:
        """How many purchases were executed, further ones of a held coin included."""
        return sum(1 for trade in self.book.trades if trade.side is Side.BUY)

    @property
    def sold(self) -> int:
        """How many positions were sold: each of them is a complete trade."""
        return sum(1 for trade in self.book.trades if trade.side is Side.SELL)


class DemoWatch:
    """Looks at the files of a demo again and again; what cannot be read now is read the next time.

    passed_s gives the seconds since the start of the demo.
    """

    def __init__(self, paths: HomePaths, coins: Sequence[CoinSymbol], passed_s: Callable[[], float]) -> None:
        """Bind the files; nothing is read yet."""
        self._paths = paths
        self._coins = coins
        self._passed_s = passed_s
        self._store = FileStore(paths.data)
        self._reader = SnapshotReader(paths, Mailbox(self._store, paths))
        self._wall = SystemClock()
        self._ledger = LedgerReader(paths.ledger(MODE), self._store)
        self._trained_at: dict[CoinSymbol, datetime] = {}
        self.record = DemoRecord()

    def look(self) -> Snapshot:
        """Give how things stand; the record has what is new as well."""
        snapshot = self._reader.read(self._coins, self._wall.now())
        for note in (self._note_signals, self._note_trainings, self._note_events):
            try:
                note(snapshot)
            except PowerTraderError:
                # caught while it was being made: the next look is a moment away
                continue
        self._note_times()
        return snapshot

    def _note_signals(self, snapshot: Snapshot) -> None:
        for view in snapshot.coins:
            if view.signal is not None and view.signal != self.record.signals.get(view.coin):
                self.record.signals[view.coin] = view.signal
                self.record.signals_seen += 1

    def _note_trainings(self, snapshot: Snapshot) -> None:
        for view in snapshot.coins:
            trained_at = view.training.trained_at
            if trained_at is None or trained_at == self._trained_at.get(view.coin):
                continue
            files = self._paths.coin(view.coin)
            found = [load_memory(self._store, files, timeframe) for timeframe in TIMEFRAMES]
            self._trained_at[view.coin] = trained_at
            self.record.patterns[view.coin] = sum(len(memory) for memory in found if memory is not None)
            self.record.trainings += 1

    def _note_events(self, _snapshot: Snapshot) -> None:
        book = self.record.book
        for event in self._ledger.events(book.events_applied):
            book.apply(event)
            self.record.orders += isinstance(event, OrderIntended)

    def _note_times(self) -> None:
        record, now_s = self.record, self._passed_s()
        if record.seconds_to_first_signal is None and record.signals:
            record.seconds_to_first_signal = now_s
        if record.seconds_to_first_purchase is None and record.bought:
            record.seconds_to_first_purchase = now_s
        if record.seconds_to_first_trade is None and record.sold:
            record.seconds_to_first_trade = now_s
