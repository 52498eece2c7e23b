"""What a session works with: its ports, and the ledger with the book folded from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from powertrader.core.clock import Clock
from powertrader.core.config_sections import TraderSection
from powertrader.core.ledger import Ledger
from powertrader.core.market_client import QuoteSource
from powertrader.core.trading_client import TradingClient
from powertrader.models.journal import JournalEvent
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol

FEE_LOOKS: Final = 3
REAL_FEE_LOOKS: Final = 20
"""A fee that is given up leaves the book with more coins than the account, so a real venue gets longer."""
LOOKS: Final = 3
"""Status requests after placing an order that does not end at once, where waiting costs nothing."""

SignalSource: TypeAlias = Callable[[CoinSymbol], SignalView | None]
"""Gives the fresh signal of a coin, None when there is none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world of a session.

    clock gives the market's time, wall that of the computer, by which venues are waited for; None
    when both are the same.
    """

    client: TradingClient
    quotes: QuoteSource
    signals: SignalSource
    ledger: Ledger
    clock: Clock
    wall: Clock | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an order without an end, or without a trace, is asked after.

    looks: status requests after placing, pause_s apart, None without limit (Q77); 0 in live, where a
    wait would make the prices of the step stale. An order the venue does not know counts as never
    placed after unseen_looks requests over unseen_s. fee_looks: how often the fee of an order that is
    over is asked for once more. cooldown_s follows a lack of funds and is the longest pause after
    refusals. Times are those of the wall clock.
    """

    looks: int | None = LOOKS
    pause_s: float = 1.0
    unseen_looks: int = 3
    unseen_s: float = 10.0
    fee_looks: int = FEE_LOOKS
    cooldown_s: float = 300.0

    @classmethod
    def of(cls, section: TraderSection, *, real: bool, late_s: float = 0.0) -> Self:
        """Take the settings; at a real venue no step waits for an order, at a simulated one none has to.

        late_s: how late the venue still takes an order that was on its way; none is believed lost before.
        """
        looks = 0 if real else LOOKS
        return cls(
            looks=looks,
            unseen_looks=section.unseen_looks,
            unseen_s=max(section.unseen_s, late_s),
            fee_looks=REAL_FEE_LOOKS if real else FEE_LOOKS,
            cooldown_s=section.cooldown_s,
        )


@dataclass(frozen=True, slots=True)
class Deviation:
    """A place where compat=safe did not do what the original does; id as in docs/DEVIATIONS.md."""

    id: str
    coin: CoinSymbol | None


class Desk:
    """Ports, book and what the present step has to report."""

    def __init__(self, ports: Ports, quote_asset: str, patience: Patience) -> None:
        """Fold the book from the ledger."""
        self.ports = ports
        self.wall = ports.wall or ports.clock
        self.quote_asset = quote_asset
        self.patience = patience
        self.book = ports.ledger.book()
        self.deviations: list[Deviation] = []

    def note(self, event: JournalEvent) -> None:
        """Store an event, then let the book follow."""
        self.ports.ledger.append(event)
        self.book.apply(event)

    def note_all(self, events: Sequence[JournalEvent]) -> None:
        """Store several events, all or none, then let the book follow."""
        self.ports.ledger.append_all(events)
        for event in events:
            self.book.apply(event)

    def symbol(self, coin: CoinSymbol) -> str:
        """Give the pair of a coin."""
        return coin + self.quote_asset

    def deviate(self, deviation: str, coin: CoinSymbol | None = None) -> None:
        """Report that the original would have done something else here."""
        self.deviations.append(Deviation(deviation, coin))
