"""What a person sees of the running trader: where it trades, what keeps it from buying, and how it ended."""

import logging
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from powertrader.bootstrap_events import Observers
from powertrader.bootstrap_trader import Trader, TraderSetup, changes, hints, open_trader, other_ledgers
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people
from powertrader.cli.session import CommandSession
from powertrader.cli.worker import Worker, observed, opened, worker
from powertrader.core.clock import SystemClock
from powertrader.core.config import require_confirmation
from powertrader.core.config_sources import ConfigSources
from powertrader.core.config_watch import ConfigWatcher
from powertrader.core.exceptions import RetryLater, StorageError
from powertrader.core.fresh_signals import FreshSignals
from powertrader.core.loop import Loop, LoopPorts
from powertrader.core.wake_limit import WakeLimit
from powertrader.migration.newcomer import newcomers_notice
from powertrader.models.book import Book
from powertrader.models.money import fixed_text
from powertrader.models.rules import TradingRules
from powertrader.models.status import Heartbeat
from powertrader.models.types import CoinSymbol
from powertrader.shadow.cutover_guard import CutoverGuard
from powertrader.trader.news import TraderNews
from powertrader.trader.outlets import stopped_of
from powertrader.trader.preflight import warnings_of
from powertrader.trader.runner import RunnerPorts, TraderRunner
from powertrader.trader.session import StepReport

PROCESS: Final = "trader"
_WARNINGS_SHOWN: Final = 10
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TraderRequest:
    """What was asked for: the word that allows real money, and after how many steps to end."""

    confirm_live: str | None
    most: int | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a trader is run with."""

    process: Worker
    setup: TraderSetup
    watcher: ConfigWatcher
    observers: Observers


def run_and_show(request: TraderRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Trade until stopped, and give the exit code."""
    with worker(PROCESS, home, sources) as process:
        session = process.session
        require_confirmation(session.config, request.confirm_live)
        tell_mode(session, SystemClock().now())
        watcher = ConfigWatcher(sources, session.loaded)
        with observed(process, with_plugins=True) as observers:
            heard = observers.plugins.on_signal
            setup = TraderSetup(session.config, session.paths, session.redactor, SystemClock(), heard)
            parts = _Parts(process, setup, watcher, observers)
            with _opened(process, setup, request) as trader:
                beat = None if trader is None else _trade(parts, trader, request.most, as_json=as_json)
    if beat is None:
        return _never_began(session, as_json=as_json)
    failed = request.most is not None and beat.failing
    return exit_codes.VENUE if failed else exit_codes.OK


def _opened(
    process: Worker, setup: TraderSetup, request: TraderRequest
) -> AbstractContextManager[Trader | None]:
    """Give the trader; one that trades for ever waits for its venue, one for some steps tells at once."""
    if request.most is not None:
        return open_trader(setup)
    return opened(process, setup.config.trading.mode, lambda: open_trader(setup))


def tell_mode(session: CommandSession, now: datetime) -> None:
    """Let a supervisor know the mode of this trader before its first step, which may wait for the venue."""
    try:
        session.heartbeat(PROCESS)(Heartbeat(PROCESS, os.getpid(), session.config.trading.mode, now, now))
    except StorageError as error:
        # as with every heartbeat: trading does not end because it cannot be written
        log.warning("heartbeat not written", extra={"reason": str(error)})


def _trade(parts: _Parts, trader: Trader, most: int | None, *, as_json: bool) -> Heartbeat:
    """Trade until stopped, tell how it began and ended, and give the last heartbeat."""
    console, session, alarm = people(), parts.process.session, parts.process.alarm
    rules = RulesInForce(parts.watcher, _guard(session, trader), trader.signals)
    _introduce(console, session, trader)
    notice = newcomers_notice(session.paths, trader.identity.mode, trader.wall.now())
    if notice:
        console.print(notice, style="bold", markup=False, soft_wrap=True)
    before, identity = trader.session.book.trades_closed, trader.identity
    runner = _runner(trader, rules, parts.observers)
    ports = LoopPorts(trader.wall, alarm, session.heartbeat(PROCESS), runner.obey)
    loop = Loop(PROCESS, identity.mode, ports)
    hint = WakeLimit(alarm.wake, rules.step_s)
    with hints(parts.setup, identity, hint), changes(parts.setup, identity, hint, alarm.wake):
        loop.run(runner.step, rules.step_s, most)
    done = trader.session.book.trades_closed - before
    _part(console, trader, loop.heartbeat, done)
    if as_json:
        emit_json({"trades": done, **_summary(trader, loop.heartbeat, runner.report)})
    return loop.heartbeat


def _never_began(session: CommandSession, *, as_json: bool) -> int:
    people().print("Stopped before the exchange answered: nothing was done.", markup=False)
    if as_json:
        emit_json({"trades": 0, "steps": 0, "mode": session.config.trading.mode})
    return exit_codes.OK


def _runner(trader: Trader, rules: "RulesInForce", observers: Observers) -> TraderRunner:
    news = TraderNews(observers.publish, trader.identity, trader.session.book, trader.wall)

    def observe(report: StepReport) -> None:
        news.tell(report)
        observers.report()

    return TraderRunner(
        RunnerPorts(
            trader.session, rules, trader.commands, trader.outlets, trader.wall, trader.follow, observe
        )
    )


def _guard(session: CommandSession, trader: Trader) -> CutoverGuard:
    """Give what keeps the original and us from trading the same coin. Raises ConfigError when both would."""
    book = trader.session.book

    def held() -> frozenset[CoinSymbol]:
        return frozenset(book.held)

    config = session.config
    guard = CutoverGuard(config.cutover, trader.identity.account, held, trader.wall)
    guard.refuse_start(config.trading.coins)
    return guard


class RulesInForce:
    """The rules of the settings: one object while nothing changes, so that a session keeps its engines."""

    def __init__(self, watcher: ConfigWatcher, guard: CutoverGuard, signals: FreshSignals) -> None:
        """Begin with the settings that the watcher has loaded."""
        self._watcher = watcher
        self._guard = guard
        self._signals = signals
        self._rules = watcher.loaded.config.rules

    def __call__(self) -> TradingRules:
        """Give the rules for a step, after a look at the settings files; the age of signals follows them."""
        changed = self._watcher.poll()
        if changed is not None:
            self._rules = changed.rules
            self._signals.max_age_s = changed.trader.signal_max_age_s
        return self._guard.applied(self._rules, self._watcher.loaded.config.cutover)

    def step_s(self) -> float:
        """Give the time between two steps, in seconds."""
        return self._watcher.loaded.config.trader.step_s


def _introduce(console: Console, session: CommandSession, trader: Trader) -> None:
    """Say where orders go, and what will keep coins from being bought."""
    identity, config = trader.identity, session.config
    style = "bold red" if identity.mode == "live" else "bold"
    where = config.exchange.url or config.exchange.broker
    console.print(
        f"{identity.mode.upper()} trading at {where}, account {identity.account}", style=style, markup=False
    )
    ledger = session.paths.ledger(identity.mode, identity.account)
    console.print(f"Ledger {ledger}, {len(trader.ledger)} entries", markup=False, soft_wrap=True)
    others = () if len(trader.ledger) else other_ledgers(ledger, identity)
    if others:
        console.print(
            f"This ledger is new, and there are others of {identity.mode}: {', '.join(others)}. The account "
            "is named after its API key: if only the key is new, stop now and give that folder the name "
            f"{ledger.name}, or what was bought before counts as yours and is never sold.",
            style="bold yellow",
            markup=False,
            soft_wrap=True,
        )
    try:
        account, rules = trader.client.get_account(), config.rules
        pairs, quotes = trader.client.get_instruments(), trader.quotes.get_quotes(rules.coins)
    except RetryLater as error:
        console.print(f"Not checked yet: {error}", style="yellow", markup=False, soft_wrap=True)
        return
    found = warnings_of(rules, account, identity.quote_asset, pairs, quotes)
    shown = (*found[: _WARNINGS_SHOWN - 1], found[-1]) if len(found) > _WARNINGS_SHOWN else found
    for text in shown:
        console.print(text, style="yellow", markup=False, soft_wrap=True)
    if len(shown) < len(found):
        console.print(f"... and {len(found) - len(shown)} more of these", style="yellow")


def _part(console: Console, trader: Trader, beat: Heartbeat, done: int) -> None:
    book = trader.session.book
    profit = f"{book.realized_profit:,.2f} {trader.identity.quote_asset}"
    console.print(
        f"Stopped after {beat.steps} steps: {done} trades in this run, realised profit {profit}, "
        f"holding {held_text(book)}. Started again, it goes on from here.",
        markup=False,
        soft_wrap=True,
    )


def held_text(book: Book) -> str:
    """Name the coins that are held; what steps of the venue left of sales is no position to be watched."""
    rests = book.rests
    return ", ".join(coin for coin in book.held if coin not in rests) or "nothing"


def _summary(trader: Trader, beat: Heartbeat, last: StepReport | None) -> dict[str, object]:
    book, identity = trader.session.book, trader.identity
    return {
        "mode": identity.mode,
        "account": identity.account,
        "steps": beat.steps,
        "errors": beat.errors,
        "last_error": beat.last_error,
        "skipped": last.skipped if last else None,
        "open_orders": list(book.open_orders),
        "positions": {
            coin: {"quantity": fixed_text(position.quantity), "cost": fixed_text(position.cost)}
            for coin, position in book.held.items()
        },
        "stopped": {coin or "": reason for coin, reason in stopped_of(book)},
        "cash": {asset: fixed_text(amount) for asset, amount in book.cash.items()},
        "realized_profit": fixed_text(book.realized_profit),
        "ledger_entries": len(trader.ledger),
    }
