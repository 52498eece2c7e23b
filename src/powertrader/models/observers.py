"""What those who listen to a worker tell of themselves: plugins, the line to Redis, and what failed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PluginState(StrEnum):
    """Where a plugin stands; only a running one is called."""

    LOADING = "loading"
    RUNNING = "running"
    DISABLED = "disabled"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PluginStatus:
    """One plugin that the settings enable.

    calls counts the hooks that came back, errors those that raised, missed the facts it was too slow for.
    reason says why it is disabled or missing, else what its last error was.
    """

    name: str
    version: str
    state: PluginState
    calls: int = 0
    errors: int = 0
    missed: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """The line to Redis: events sent, waiting to be sent, and dropped because too many waited."""

    address: str
    connected: bool
    sent: int
    waiting: int
    dropped: int
    problem: str


@dataclass(frozen=True, slots=True)
class ListenerFailures:
    """How often a listener raised, and what it said last."""

    listener: str
    errors: int
    last_error: str


@dataclass(frozen=True, slots=True)
class ObserverReport:
    """What a worker tells of its listeners when it changed; lost counts events its journal did not take."""

    process: str
    at: datetime
    plugins: tuple[PluginStatus, ...] = ()
    failures: tuple[ListenerFailures, ...] = ()
    relay: RelayStatus | None = None
    lost: int = 0
