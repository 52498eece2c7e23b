"""EventBus: tells facts to everybody in the process who asked, in order, whatever a listener does."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final, TypeAlias, TypeVar, cast

from powertrader.models.events import Event
from powertrader.models.observers import ListenerFailures

MOST_NESTED: Final = 1_000
"""So many facts may follow from one: listeners that answer one another for ever are cut off here."""

log = logging.getLogger(__name__)
Kind = TypeVar("Kind", bound=Event)
Listener: TypeAlias = Callable[[Event], None]
Unsubscribe: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Subscription:
    name: str
    kind: type[object] | None
    listener: Listener


class EventBus:
    """Calls listeners in the thread of whoever publishes, one fact after the other.

    All listeners see all facts in the same order, also those that other threads or listeners publish.
    One that raises is logged with its traceback when its words change, counted, and called again the next
    time; nobody else notices. So a listener must be quick, and must not wait for another thread that
    publishes: what takes time has a thread and a bounded queue of its own. Nothing is kept for later.
    """

    def __init__(self) -> None:
        """Start without listeners."""
        self._lock = threading.RLock()
        self._numbers = count()
        self._subscriptions: dict[int, _Subscription] = {}
        self._failures: dict[str, ListenerFailures] = {}
        self._waiting: deque[Event] = deque()
        self._delivering = False
        self.published = 0
        self.dropped = 0
        """Facts that came of one another without end."""

    def subscribe(self, kind: type[Kind], listener: Callable[[Kind], None], name: str = "") -> Unsubscribe:
        """Call listener with each fact of one kind from now on; give what ends that.

        Once the end has returned, the listener is not called any more.
        """
        return self._add(kind, cast("Listener", listener), name)

    def subscribe_all(self, listener: Listener, name: str = "") -> Unsubscribe:
        """Call listener with every fact from now on; give what ends that."""
        return self._add(None, listener, name)

    def publish(self, event: Event) -> None:
        """Tell a fact to everybody who asked for its kind; nothing that a listener raises comes back."""
        with self._lock:
            if len(self._waiting) >= MOST_NESTED:
                self._drop(event)
                return
            self._waiting.append(event)
            if self._delivering:
                return
            self._delivering = True
            try:
                self._deliver()
            finally:
                self._waiting.clear()
                self._delivering = False

    def failures(self) -> tuple[ListenerFailures, ...]:
        """Give the listeners that ever raised."""
        with self._lock:
            return tuple(self._failures.values())

    def _add(self, kind: type[object] | None, listener: Listener, name: str) -> Unsubscribe:
        named = name or getattr(listener, "__qualname__", type(listener).__name__)
        with self._lock:
            number = next(self._numbers)
            self._subscriptions[number] = _Subscription(named, kind, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._subscriptions.pop(number, None)

        return unsubscribe

    def _deliver(self) -> None:
        for _ in range(MOST_NESTED):
            if not self._waiting:
                return
            event = self._waiting.popleft()
            self.published += 1
            for number, subscription in tuple(self._subscriptions.items()):
                wanted = subscription.kind is None or type(event) is subscription.kind
                # a listener before this one may have ended the subscription
                if wanted and number in self._subscriptions:
                    self._call(subscription, event)
        for event in self._waiting:
            self._drop(event)

    def _call(self, subscription: _Subscription, event: Event) -> None:
        try:
            subscription.listener(event)
        except Exception as error:
            # one of the four places where work goes on whatever happened (RULINGS 20)
            name, problem = subscription.name, f"{type(error).__name__}: {error}"
            before = self._failures.get(name) or ListenerFailures(name, 0, "")
            self._failures[name] = ListenerFailures(name, before.errors + 1, problem)
            if problem != before.last_error:
                log.exception("a listener failed", extra={"listener": name, "event": type(event).__name__})

    def _drop(self, event: Event) -> None:
        self.dropped += 1
        if self.dropped == 1:
            log.error(
                "listeners answer one another without end, facts are dropped",
                extra={"event": type(event).__name__, "most": MOST_NESTED},
            )
