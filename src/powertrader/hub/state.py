"""HubState: the newest view, handed from the thread that reads to whoever shows it."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from powertrader.hub.guard import Failure, Guard
from powertrader.hub.view import NOTHING, Change, HubView, Part
from powertrader.models.signal import Signal
from powertrader.models.status import PositionStatus, TraderStatus
from powertrader.models.types import CoinSymbol

MOST_NEWS: Final = 200
"""So many events wait for the next notification; of more the oldest are left out."""

Observer: TypeAlias = Callable[[HubView, Change], None]


@dataclass(frozen=True, slots=True)
class _Subscription:
    parts: frozenset[Part]
    observer: Observer
    guard: Guard


class HubState:
    """A queue of one that can be observed: the newest view wins, and nothing of what changed is forgotten.

    Views come from any thread. However many came since the last time, notify tells each observer once, in
    the thread that calls it, and only observers of parts that changed. One that raises is logged, named in
    failures and, after MOST_ERRORS in a row, told no more; the others are told all the same.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._newest: HubView | None = None
        self._change = NOTHING
        self._told: HubView | None = None
        self._subscriptions: tuple[_Subscription, ...] = ()
        self._heard_s = time.monotonic()

    @property
    def view(self) -> HubView | None:
        """The view that was told last, None before the first."""
        return self._told

    @property
    def positions(self) -> Mapping[CoinSymbol, PositionStatus]:
        """What is held, by coin; empty while no trader tells."""
        status = self._status()
        return {one.coin: one for one in status.positions if one.quantity} if status is not None else {}

    @property
    def signals(self) -> Mapping[CoinSymbol, Signal]:
        """The newest signal of each coin that has one."""
        coins = self._told.snapshot.coins if self._told is not None else ()
        return {one.coin: one.signal for one in coins if one.signal is not None}

    @property
    def account_value(self) -> float | None:
        """What the account is worth in the quote asset, None while nobody tells it."""
        status = self._status()
        return status.total if status is not None else None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The observers that raised when they were told last."""
        return tuple(one.guard.failure for one in self._subscriptions if one.guard.is_failing)

    @property
    def silence_s(self) -> float:
        """For how long nobody has looked whether there is something new, in seconds."""
        return time.monotonic() - self._heard_s

    def touch(self) -> None:
        """Note that somebody has looked, whether there was something new or not."""
        self._heard_s = time.monotonic()

    def put(self, view: HubView, change: Change) -> None:
        """Take a newer view; what was new in one that nobody was told of stays new, its news too."""
        with self._lock:
            if self._newest is not None and self._change:
                view = replace(view, news=(*self._newest.news, *view.news)[-MOST_NEWS:])
            self._newest = view
            self._change |= change

    def subscribe(self, name: str, parts: Iterable[Part], observer: Observer) -> Callable[[], None]:
        """Tell observer from now on when one of these parts changed; give what ends that.

        Failures name it by name.
        """
        made = _Subscription(frozenset(parts), observer, Guard(name))
        with self._lock:
            self._subscriptions = (*self._subscriptions, made)

        def unsubscribe() -> None:
            with self._lock:
                self._subscriptions = tuple([one for one in self._subscriptions if one is not made])

        return unsubscribe

    def notify(self) -> tuple[Failure, ...]:
        """Tell the observers what changed since the last time; give those that raised now."""
        with self._lock:
            view, change = self._newest, self._change
            if view is None or not change:
                return ()
            self._told, self._change = view, NOTHING
            subscriptions = self._subscriptions
        wanted = [one for one in subscriptions if one.guard.is_open and change.within(one.parts)]
        return tuple([one.guard.failure for one in wanted if not _tell(one, view, change)])

    def _status(self) -> TraderStatus | None:
        trader = self._told.snapshot.trader if self._told is not None else None
        return trader.status if trader is not None else None


def _tell(subscription: _Subscription, view: HubView, change: Change) -> bool:
    """Tell one observer; say whether it went well."""
    told = subscription.guard.run(partial(subscription.observer, view, change))
    if told:
        subscription.guard.recover()
    return told
