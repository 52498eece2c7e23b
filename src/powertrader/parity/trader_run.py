"""Our session run through a recorded trader case: folder, exchange and clock of the case."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.ledger import MemoryLedger
from powertrader.core.original_books import OriginalBooks, epoch, original_books_of
from powertrader.core.original_settings import OriginalSettings, read_settings
from powertrader.core.original_status import account_value_line, price_text, status_text
from powertrader.models.book import Book
from powertrader.models.journal import OriginalLedgerImported, OriginalTradesImported
from powertrader.models.order import Side
from powertrader.models.position import Position, Trail
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import Compat
from powertrader.parity.recorded_exchange import CaseExchange, ProgramStopped, RecordedExchange
from powertrader.parity.recorded_folder import SETTINGS, RecordedFolder, delta
from powertrader.trader import deviations
from powertrader.trader.adoption import adoption_of
from powertrader.trader.desk import Deviation, Patience, Ports
from powertrader.trader.original_start import windows_of
from powertrader.trader.session import Session
from powertrader.trader.status import status_of

LEDGER: Final = "hub_data/pnl_ledger.json"
TRADES: Final = "hub_data/trade_history.jsonl"
STATUS: Final = "hub_data/trader_status.json"
VALUES: Final = "hub_data/account_value_history.jsonl"
KEYS: Final = ("b_key.txt", "b_secret.txt")
_NOTHING: Final[Mapping[str, Any]] = {"files": {}, "state": None, "orders": [], "deviations": []}


REQUESTS: Final[Mapping[str, str]] = {
    "get_account": deviations.ACCOUNT_FAILED,
    "get_all_orders": deviations.OWN_BASIS,
    "get_symbol_info": deviations.PAIR_RULES,
    "get_exchange_info": deviations.PAIR_RULES,
    "get_order": deviations.BOUNDED_WAIT,
}
"""Which deviation explains that compat=safe does not make a request of the original."""


class StillClock:
    """The clock of a case: it stands where the tick put it, and sleeping takes no time."""

    def __init__(self) -> None:
        """Start in 1970."""
        self.moment = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        """Give the time of the tick."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let no time pass."""


class TraderRun:
    """One recorded case, run by run; the ledger and the exchange outlive the program."""

    def __init__(
        self,
        inputs: Mapping[str, Any],
        compat: Compat,
        exchange: CaseExchange | None = None,
        on_moment: Callable[[Mapping[str, str]], None] = lambda _: None,
    ) -> None:
        """Take the inputs of a case; without an exchange the case's own answers in this process.

        on_moment sees the texts of the folder after each start-up and tick.
        """
        self._on_moment = on_moment
        self._inputs = inputs
        self._compat = compat
        self._folder = RecordedFolder(inputs["files"])
        self._exchange = exchange or RecordedExchange(inputs["exchange"])
        self._clock = StillClock()
        self._ledger = MemoryLedger()
        self._books = OriginalBooks()
        self._own: dict[str, str] = {}
        self._in_charge = False
        self._folded = self._writes = self._lines = 0
        self._settings = OriginalSettings.defaults(compat)
        self._seen_settings = 0
        self._main_folder = "."
        self._deviations: list[Deviation] = []

    def runs(self) -> Iterator[dict[str, Any]]:
        """Give the outputs of each program run in the form of the recording."""
        for run in self._inputs["runs"]:
            yield self._run(run)

    def _run(self, run: Mapping[str, Any]) -> dict[str, Any]:
        self._folder.change(run.get("files") or {})
        before = dict(self._folder.files)
        self._settings, self._seen_settings = OriginalSettings.defaults(self._compat), 0
        self._main_folder = "."
        if not all(self._folder.files.get(key, "").strip() for key in KEYS):
            self._on_moment(self._folder.files)
            return {"init": _NOTHING, "ticks": [], "end": "exit:1"}
        self._import(run["start_now"])
        self._exchange.begin(run["start_now"], run.get("init") or {})
        session = Session(self._ports(), self._compat, self._patience())
        ticks: list[dict[str, Any]] = []
        start: tuple[Deviation, ...] = ()
        end = None
        try:
            start = session.start()
        except ProgramStopped as stop:
            end = stop.end
        self._write_books()
        self._on_moment(self._folder.files)
        init = {
            "files": delta(before, self._folder.files),
            "state": state_of(session.book),
            "orders": self._exchange.log,
            "deviations": list(start),
        }
        for tick in run["ticks"] if end is None else ():
            ticks.append(self._step(session, tick))
            end = ticks[-1].get("partial")
            if end is not None:
                break
        return {"init": init, "ticks": ticks, "end": end or "stopped"}

    def _ports(self) -> Ports:
        return Ports(self._exchange, self._exchange, self._signal, self._ledger, self._clock)

    def _patience(self) -> Patience:
        return Patience(looks=None if self._compat == "original" else 3)

    def _step(self, session: Session, tick: Mapping[str, Any]) -> dict[str, Any]:
        self._folder.change(tick.get("files") or {})
        before = dict(self._folder.files)
        self._deviations = []
        self._clock.moment = datetime.fromtimestamp(tick["now"], UTC)
        self._exchange.begin(tick["now"], tick)
        result: dict[str, Any] = {"raised": None}
        rules = self._rules()
        try:
            report = session.step(rules)
        except ProgramStopped as stop:
            result["partial"] = stop.end
            self._deviations.extend(session.deviations)
            self._write_prices(session, stopped=True)
        else:
            result["raised"] = report.ended_by
            self._deviations.extend(report.deviations)
            self._write_prices(session, stopped=False)
            if report.complete and report.view is not None:
                status = status_of(report.view)
                self._folder.append(VALUES, account_value_line(status))
                self._folder.write(STATUS, status_text(status))
        self._write_books()
        self._on_moment(self._folder.files)
        result["orders"] = self._exchange.log
        result["deviations"] = [*self._deviations, *self._unasked()]
        result["files"] = delta(before, self._folder.files)
        result["state"] = state_of(session.book)
        result["balances"] = {asset: f"{free:f}" for asset, free in self._exchange.free.items()}
        return result

    def _unasked(self) -> list[Deviation]:
        """Name the deviations by which our session never made a request that fails in this tick."""
        if self._compat == "original":
            return []
        return [Deviation(REQUESTS[call], None) for call in self._exchange.unused_failures()]

    def _rules(self) -> TradingRules:
        text, version = self._folder.files.get(SETTINGS), self._folder.settings_version
        if text is not None and version != self._seen_settings:
            found = read_settings(text, self._settings)
            if found is self._settings:
                return found.in_force  # not readable: looked at again, also under the old time stamp
            self._settings, self._seen_settings = found, version
            asked = found.main_folder
            if asked is not None:
                self._main_folder = self._folder.resolved(asked) or "."
        return self._settings.in_force

    def _signal(self, coin: str) -> SignalView:
        return self._folder.signal(self._main_folder, coin)

    def _import(self, start_now: float) -> None:
        """Take over books that somebody else wrote since the last run."""
        self._clock.moment = now = datetime.fromtimestamp(start_now, UTC)
        ledger, trades = self._folder.files.get(LEDGER, ""), self._folder.files.get(TRADES, "")
        if ledger != self._own.get(LEDGER, ""):
            self._ledger.append(OriginalLedgerImported(ledger, now))
        if trades != self._own.get(TRADES, ""):
            self._ledger.append(OriginalTradesImported(trades, now))
        self._own = {LEDGER: ledger, TRADES: trades}
        if self._compat == "safe" and not self._in_charge:
            self._in_charge = True
            self._take_charge(now)

    def _take_charge(self, now: datetime) -> None:
        """Adopt the listed coins the account holds, as a user does who comes from the original."""
        text = self._folder.files.get(SETTINGS, "{}")
        listed = read_settings(text, self._settings).in_force.coins
        for balance in self._exchange.get_account().balances:
            held = balance.free + balance.locked
            if balance.asset in listed and held > 0:
                history = self._exchange.get_order_history(f"{balance.asset}{QUOTE_ASSET}")
                self._ledger.append(adoption_of(balance.asset, held, history, now))
        books = original_books_of(self._ledger.events())
        self._ledger.append_all(windows_of(books, now).values())

    def _write_books(self) -> None:
        """Bring the original's two files up to what the ledger says."""
        events = tuple(self._ledger.events())
        for event in events[self._folded :]:
            self._books.apply(event)
            if isinstance(event, OriginalTradesImported):
                self._lines = len(self._books.trades)
        self._folded = len(events)
        for trade in self._books.trades[self._lines :]:
            line, own = json.dumps(trade), self._own.get(TRADES, "")
            self._folder.append(TRADES, line)
            if not own or own.endswith("\n"):
                # Behind an unfinished line it is unreadable, which the next start has to see.
                self._own[TRADES] = f"{own}{line}\n"
        self._lines = len(self._books.trades)
        if self._books.writes > self._writes:
            self._own[LEDGER] = self._books.ledger_text()
            self._folder.write(LEDGER, self._own[LEDGER])
            self._writes = self._books.writes

    def _write_prices(self, session: Session, *, stopped: bool) -> None:
        """Write the price of every coin that the step came to."""
        if session.view is None:
            return
        shown, progress = status_of(session.view).positions, session.progress
        if stopped and progress is not None and not progress.entry_index:
            selling = bool(self._exchange.log) and self._exchange.log[-1]["side"] == Side.SELL
            shown = shown[: progress.held_index + selling]
        for entry in shown:
            self._folder.write(f"{entry.coin}_current_price.txt", price_text(entry))


def state_of(book: Book) -> dict[str, Any]:
    """Give the book in the words of the original's memory; empty lists count as absent."""
    positions = book.positions.values()
    return {
        "cost_basis": {p.coin: p.adopted_basis for p in positions if p.adopted_basis is not None},
        "dca_levels_triggered": {p.coin: list(range(p.stage)) for p in positions if p.stage},
        "trailing_pm": {p.coin: _trail(p.trail) for p in positions if p.trail is not None},
        "dca_buy_ts": {p.coin: _epochs(p) for p in positions if p.dca_times},
        "dca_last_sell_ts": {p.coin: epoch(p.last_sale_at) for p in positions if p.last_sale_at},
    }


def _trail(trail: Trail) -> dict[str, Any]:
    return {
        "active": trail.active,
        "line": trail.line,
        "peak": trail.peak,
        "was_above": trail.was_above,
    }


def _epochs(position: Position) -> list[float]:
    return [epoch(moment) for moment in position.dca_timestamps]
