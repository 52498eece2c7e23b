"""Plugins: code of others that is told of signals and trades; its errors and delays do not reach trading."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

from powertrader.models.observers import PluginState, PluginStatus
from powertrader.models.order import Side
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade, is_dca

GROUP: Final = "powertrader.plugins"
"""The group of entry points in which a package names its plugins."""
LOADING_S: Final = 60.0
"""A plugin that has not been imported and made by then is given up."""
CLOSING_S: Final = 2.0
"""How long all plugins together may take to finish what waits for them at the end."""

log = logging.getLogger(__name__)
Hook: TypeAlias = Literal["on_signal", "on_entry", "on_exit", "on_dca"]


class TradingPlugin:
    """The base of every plugin: overwrite the hooks you need, the others do nothing.

    One object is made without arguments when the trader starts. Its hooks are called one after the other
    in a thread of its own, after the fact: what they are given cannot be changed, and what they do changes
    no decision.
    """

    def on_signal(self, signal: Signal) -> None:
        """A coin has its first signal since the start, or one with other levels than before."""

    def on_entry(self, trade: Trade) -> None:
        """A coin was bought that was not held."""

    def on_exit(self, trade: Trade) -> None:
        """A coin was sold, by the trailing line or by hand."""

    def on_dca(self, trade: Trade) -> None:
        """More of a held coin was bought."""


@dataclass(frozen=True, slots=True)
class PluginLimits:
    """When a plugin is given up: after so many errors, or when a call takes longer. longest_queue: calls."""

    most_errors: int = 5
    deadline_s: float = 5.0
    longest_queue: int = 1_000


def installed_plugins() -> Mapping[str, EntryPoint]:
    """Give the plugins that installed packages offer, by name; nothing of them is imported.

    Of two with one name the first that Python finds counts.
    """
    found: dict[str, EntryPoint] = {}
    for one in entry_points(group=GROUP):
        found.setdefault(one.name, one)
    return found


def version_of(entry: EntryPoint) -> str:
    """Give name and version of the package that offers a plugin, empty when it does not say."""
    return "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"


class PluginManager:
    """Runs the enabled plugins, each in a thread of its own behind a bounded queue, while it is open.

    on_disabled is called once for each plugin that is given up, from any thread.
    """

    def __init__(
        self,
        enabled: Iterable[str],
        limits: PluginLimits,
        on_disabled: Callable[[PluginStatus], None],
        installed: Mapping[str, EntryPoint] | None = None,
    ) -> None:
        """Look for the plugins; nothing of them is imported before the block begins."""
        found = installed_plugins() if installed is None else installed
        self._missing = tuple([name for name in enabled if name not in found])
        self._plugins = tuple(
            [_Plugin(found[name], limits, on_disabled) for name in enabled if name in found]
        )

    def __enter__(self) -> Self:
        """Import and start the plugins; that goes on in their threads."""
        for name in self._missing:
            log.warning(
                "plugin not installed, trading goes on without it; see `powertrader plugins`",
                extra={"plugin": name},
            )
        for plugin in self._plugins:
            plugin.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the plugins finish what waits, for a moment."""
        for plugin in self._plugins:
            plugin.finish()
        until = time.monotonic() + CLOSING_S
        for plugin in self._plugins:
            plugin.join(until - time.monotonic())

    def on_signal(self, signal: Signal) -> None:
        """Tell every plugin of a signal; returns at once."""
        self._tell("on_signal", signal)

    def on_trade(self, trade: Trade) -> None:
        """Tell every plugin of a trade by the hook that it belongs to; returns at once."""
        if trade.side is Side.SELL:
            self._tell("on_exit", trade)
        else:
            self._tell("on_dca" if is_dca(trade.reason) else "on_entry", trade)

    def status(self) -> tuple[PluginStatus, ...]:
        """Give how every plugin is, after giving up those that do not come back."""
        missing = [
            PluginStatus(name, "", PluginState.MISSING, reason="no installed package offers it")
            for name in self._missing
        ]
        return (*[plugin.status() for plugin in self._plugins], *missing)

    def _tell(self, hook: Hook, fact: Signal | Trade) -> None:
        for plugin in self._plugins:
            plugin.tell(hook, fact)


class _Plugin:
    """One plugin: its thread, what waits for it, and how it is."""

    def __init__(
        self, entry: EntryPoint, limits: PluginLimits, on_disabled: Callable[[PluginStatus], None]
    ) -> None:
        self._entry = entry
        self._limits = limits
        self._on_disabled = on_disabled
        self._lock = threading.Lock()
        self._queue: queue.Queue[tuple[Hook, Signal | Trade] | None] = queue.Queue(limits.longest_queue)
        # a plugin that never comes back must not keep the program from ending
        self._thread = threading.Thread(target=self._run, name=f"plugin {entry.name}", daemon=True)
        self._state = PluginState.LOADING
        self._calls = self._errors = self._missed = 0
        self._reason = ""
        self._doing: tuple[str, float] | None = None

    def start(self) -> None:
        self._doing = "being loaded", time.monotonic() + LOADING_S
        self._thread.start()

    def finish(self) -> None:
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            self._give_up("the trader ended before it had done what waited")

    def join(self, seconds: float) -> None:
        self._thread.join(max(0.0, seconds))

    def tell(self, hook: Hook, fact: Signal | Trade) -> None:
        self._watch()
        if self._state is PluginState.DISABLED:
            return
        try:
            self._queue.put_nowait((hook, fact))
        except queue.Full:
            with self._lock:
                self._missed += 1
                first = self._missed == 1
            if first:
                log.warning("plugin is too slow and misses facts", extra={"plugin": self._entry.name})

    def status(self) -> PluginStatus:
        self._watch()
        with self._lock:
            return self._status()

    def _status(self) -> PluginStatus:
        counts = self._calls, self._errors, self._missed
        return PluginStatus(
            self._entry.name, version_of(self._entry), self._state, *counts, reason=self._reason
        )

    def _watch(self) -> None:
        """Give the plugin up when it does not come back from what it is doing."""
        doing = self._doing
        if doing is not None and time.monotonic() > doing[1]:
            self._give_up(f"it did not come back in time from {doing[0]}")

    def _run(self) -> None:
        made: list[TradingPlugin] = []
        if not self._guarded(lambda: made.append(self._made())):
            self._give_up(f"it cannot be loaded: {self._reason}")
            return
        plugin = made[0]
        with self._lock:
            if self._state is PluginState.LOADING:
                self._state = PluginState.RUNNING
        while self._state is PluginState.RUNNING:
            job = self._queue.get()
            if job is None:
                return
            hook, fact = job
            self._doing = hook, time.monotonic() + self._limits.deadline_s
            if self._guarded(partial(_call, plugin, hook, fact)):
                with self._lock:
                    self._calls += 1
            elif self._errors >= self._limits.most_errors:
                self._give_up(f"it made {self._errors} errors, the last one {self._reason}")

    def _made(self) -> TradingPlugin:
        plugin = self._entry.load()()
        if not isinstance(plugin, TradingPlugin):
            msg = f"{self._entry.value} makes {type(plugin).__name__}, must be a TradingPlugin"
            raise TypeError(msg)
        return plugin

    def _guarded(self, act: Callable[[], object]) -> bool:
        """Act, and tell whether nothing was raised; an error is logged and counted."""
        try:
            act()
        except BaseException as error:
            # one of the four places where work goes on whatever happened (RULINGS 20); sys.exit() as well
            log.exception("plugin failed", extra={"plugin": self._entry.name})
            with self._lock:
                self._errors += 1
                self._reason = f"{type(error).__name__}: {error}"
            return False
        finally:
            self._doing = None
        return True

    def _give_up(self, reason: str) -> None:
        with self._lock:
            if self._state is PluginState.DISABLED:
                return
            self._state, self._reason = PluginState.DISABLED, reason
            status = self._status()
        log.error("plugin disabled until the next start", extra={"plugin": status.name, "reason": reason})
        self._on_disabled(status)


def _call(plugin: TradingPlugin, hook: Hook, fact: Signal | Trade) -> None:
    getattr(plugin, hook)(fact)
