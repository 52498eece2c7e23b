"""HubState: what is known of coins and account at this moment, told to whoever shows it."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from powertrader.models.events import Event, SignalUpdated, TradeExecuted
from powertrader.models.signal import Signal
from powertrader.models.snapshot import Snapshot
from powertrader.models.status import PositionStatus
from powertrader.models.types import CoinSymbol

MOST_NEWS: Final = 200
"""So many events wait for the next notification; of more the oldest are left out."""


@dataclass(frozen=True, slots=True)
class HubView:
    """Everything at one moment.

    snapshot: what the files told last, None before. positions are those held. account_value is in the
    quote asset, None while nobody tells it. news: the events since the notification before.
    """

    snapshot: Snapshot | None
    positions: Mapping[CoinSymbol, PositionStatus]
    signals: Mapping[CoinSymbol, Signal]
    account_value: float | None
    news: tuple[Event, ...]


Observer: TypeAlias = Callable[[HubView], None]


class HubState:
    """Takes snapshots and events from any thread, and tells observers when notify is called.

    However much has changed since the last time, notify tells each observer once, in its own thread; when
    nothing has changed it tells nobody. An event counts at once, and a snapshot that is not older corrects
    it.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._lock = threading.Lock()
        self._observers: tuple[Observer, ...] = ()
        self._snapshot: Snapshot | None = None
        self._positions: dict[CoinSymbol, PositionStatus] = {}
        self._signals: dict[CoinSymbol, Signal] = {}
        self._account_value: float | None = None
        self._news: deque[Event] = deque(maxlen=MOST_NEWS)
        self._traded_at: datetime | None = None
        self._heard_at: dict[CoinSymbol, datetime] = {}
        self._changed = False

    @property
    def positions(self) -> Mapping[CoinSymbol, PositionStatus]:
        """What is held, by coin."""
        with self._lock:
            return dict(self._positions)

    @property
    def signals(self) -> Mapping[CoinSymbol, Signal]:
        """The newest signal of each coin."""
        with self._lock:
            return dict(self._signals)

    @property
    def account_value(self) -> float | None:
        """What the account is worth in the quote asset, None while nobody tells it."""
        with self._lock:
            return self._account_value

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Tell observer at every notification from now on; give what ends that."""
        with self._lock:
            self._observers = (*self._observers, observer)

        def unsubscribe() -> None:
            with self._lock:
                self._observers = tuple([one for one in self._observers if one is not observer])

        return unsubscribe

    def take(self, snapshot: Snapshot) -> None:
        """Know what the files of all workers tell."""
        with self._lock:
            self._changed = self._changed or snapshot != self._snapshot
            self._snapshot = snapshot
            for view in snapshot.coins:
                heard_at = self._heard_at.get(view.coin)
                if view.signal is not None and (heard_at is None or heard_at <= snapshot.at):
                    self._signals[view.coin] = view.signal
            trader = snapshot.trader
            is_older = trader is None or (self._traded_at is not None and trader.at < self._traded_at)
            if trader is None or trader.status is None or is_older:
                return
            self._account_value = trader.status.total
            self._positions = {one.coin: one for one in trader.status.positions if one.quantity}

    def apply(self, event: Event) -> None:
        """Know one fact more."""
        with self._lock:
            self._changed = True
            self._news.append(event)
            if isinstance(event, SignalUpdated):
                self._signals[event.signal.coin] = event.signal
                self._heard_at[event.signal.coin] = event.at
            elif isinstance(event, TradeExecuted):
                self._trade(event)

    def notify(self) -> None:
        """Tell every observer how things stand, if anything has changed since the last time."""
        with self._lock:
            if not self._changed:
                return
            self._changed = False
            news = tuple(self._news)
            self._news.clear()
            view = HubView(
                self._snapshot,
                MappingProxyType(dict(self._positions)),
                MappingProxyType(dict(self._signals)),
                self._account_value,
                news,
            )
            observers = self._observers
        for observer in observers:
            observer(view)

    def _trade(self, event: TradeExecuted) -> None:
        coin, held = event.trade.coin, event.position
        self._traded_at = event.at if self._traded_at is None else max(self._traded_at, event.at)
        if not held.quantity:
            self._positions.pop(coin, None)
            return
        price = event.trade.price or 0.0
        known = self._positions.get(coin) or PositionStatus(coin, price, price)
        quantity = float(held.quantity)
        self._positions[coin] = replace(
            known, quantity=quantity, basis=held.avg_cost_basis, stage=held.dca_count, value=quantity * price
        )
