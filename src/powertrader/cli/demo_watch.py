"""What the files of a demo tell: trainings, signals, and the trades of the ledger as they come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import HEARTBEAT, TRADER, Mailbox
from powertrader.core.memory_files import load_memory
from powertrader.core.original_format import parse_number
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.journal import OrderIntended
from powertrader.models.order import Side
from powertrader.models.signal import Signal
from powertrader.models.status import TraderReport
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol, Environment
from powertrader.persistence.ledger_segments import LedgerReader

MODE: Final[Environment] = "paper"
WORKERS: Final = ("trainer", "thinker", "trader")


@dataclass(slots=True)
class DemoRecord:
    """What has happened so far, as the workers' files told it.

    patterns: how many each trained coin has learnt, trainings: how often any was trained. signals: the
    newest of each coin, signals_seen: how many different ones. book: the fold of the ledger, orders:
    its intents. report: the trader's newest. failures: the last error of each worker whose last step
    failed. The seconds count from the start of the demo, None while it has not happened.
    """

    patterns: dict[CoinSymbol, int] = field(default_factory=dict)
    trainings: int = 0
    signals: dict[CoinSymbol, Signal] = field(default_factory=dict)
    signals_seen: int = 0
    book: Book = field(default_factory=Book)
    orders: int = 0
    report: TraderReport | None = None
    failures: dict[str, str] = field(default_factory=dict)
    seconds_to_first_signal: float | None = None
    seconds_to_first_purchase: float | None = None
    seconds_to_first_sale: float | None = None

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
        self._mailbox = Mailbox(self._store, paths)
        self._ledger = LedgerReader(paths.ledger(MODE), self._store)
        self._trained_at: dict[CoinSymbol, float] = {}
        self.record = DemoRecord()

    def look(self) -> DemoRecord:
        """Give the record after what is new was added."""
        for read in (self._trainings, self._signals, self._heartbeats, self._report, self._events):
            try:
                read()
            except PowerTraderError:
                # caught while it was being made: the next look is a moment away
                continue
        self._note_times()
        return self.record

    def _trainings(self) -> None:
        for coin in self._coins:
            files = self._paths.coin(coin)
            raw = self._store.read_bytes(files.trainer_last_training_time())
            trained_at_s = None if raw is None else parse_number(raw.decode("utf-8", "replace"))
            if trained_at_s is None or trained_at_s == self._trained_at.get(coin):
                continue
            found = [load_memory(self._store, files, timeframe) for timeframe in TIMEFRAMES]
            self._trained_at[coin] = trained_at_s
            self.record.patterns[coin] = sum(len(memory) for memory in found if memory is not None)
            self.record.trainings += 1

    def _signals(self) -> None:
        for coin in self._coins:
            signal = self._mailbox.read_signal(coin)
            if signal is not None and signal != self.record.signals.get(coin):
                self.record.signals[coin] = signal
                self.record.signals_seen += 1

    def _heartbeats(self) -> None:
        for process in WORKERS:
            beat = self._mailbox.read(self._paths.heartbeat(process), HEARTBEAT)
            self.record.failures.pop(process, None)
            if beat is not None and beat.failing:
                self.record.failures[process] = beat.last_error

    def _report(self) -> None:
        found = self._mailbox.read(self._paths.trader_report(MODE), TRADER)
        self.record.report = found or self.record.report

    def _events(self) -> None:
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
        if record.seconds_to_first_sale is None and record.sold:
            record.seconds_to_first_sale = now_s
