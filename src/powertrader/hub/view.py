"""HubView: everything the window can show at one moment, and what of it is new."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.findings import Finding
from powertrader.hub.account_history import AccountHistory
from powertrader.hub.trades_view import TradesView
from powertrader.hub.workers_view import WorkersView
from powertrader.models.events import Event
from powertrader.models.snapshot import Snapshot
from powertrader.models.types import CoinSymbol


class Part(StrEnum):
    """What of a view can change by itself."""

    PROCESSES = "processes"
    """State, heartbeat or record of a process."""
    COINS = "coins"
    """Training, signal, verdict or position of a coin; Change.coins says of which."""
    COIN_LIST = "coin list"
    """Which coins there are, and in which order."""
    ACCOUNT = "account"
    """The trader's account: totals, orders in flight, halts."""
    TRADES = "trades"
    HISTORY = "history"
    """The account value over time."""
    SETTINGS = "settings"
    OUTPUT = "output"
    """What workers print."""
    FINDINGS = "findings"
    """What needs a look."""
    NEWS = "news"
    """Events that the window has not told of yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in a view; coins are those of which something is."""

    parts: frozenset[Part] = frozenset()
    coins: frozenset[CoinSymbol] = frozenset()

    def __or__(self, other: "Change") -> "Change":
        return Change(self.parts | other.parts, self.coins | other.coins)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def within(self, parts: frozenset[Part]) -> bool:
        """Tell whether any of these parts is new."""
        return not self.parts.isdisjoint(parts)


NOTHING: Final = Change()


def everything(view: "HubView") -> Change:
    """Give the change of somebody who has seen nothing yet."""
    return Change(frozenset(Part), frozenset([one.coin for one in view.snapshot.coins]))


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The settings in force: origin of each by canonical name, their hash, and what is wrong with the files.

    problems is not empty while a file cannot be used: config is then the last good one.
    """

    config: TradingConfig
    provenance: Mapping[str, str] = field(default_factory=dict)
    config_hash: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputTail:
    """The newest lines that a worker printed.

    begins: the number of the first line since the worker's first, so that a reader who has seen so
    many knows which are new. It never falls but when the file was begun anew; then generation rises.
    """

    lines: tuple[str, ...] = ()
    begins: int = 0
    generation: int = 0

    @property
    def ends(self) -> int:
        """The number behind the last line."""
        return self.begins + len(self.lines)


@dataclass(frozen=True, slots=True)
class HubView:
    """Everything at one moment.

    at is the wall clock's time. output is by process: trainer, thinker, trader. news are events that are
    told once. reading_s is how long the reading took, problems name what the hub could not read. workers
    is what the window itself does about the workers.
    """

    version: int
    at: datetime
    snapshot: Snapshot
    settings: SettingsView
    findings: tuple[Finding, ...] = ()
    trades: TradesView = field(default_factory=TradesView)
    account: AccountHistory = field(default_factory=AccountHistory)
    output: Mapping[str, OutputTail] = field(default_factory=dict)
    news: tuple[Event, ...] = ()
    reading_s: float = 0.0
    problems: tuple[str, ...] = ()
    workers: WorkersView = field(default_factory=WorkersView)
