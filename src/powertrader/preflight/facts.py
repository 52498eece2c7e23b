"""What a pre-flight found out, before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import PowerTraderError
from powertrader.models.account import Account, KeyRights, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.snapshot import Snapshot, TrainingView
from powertrader.models.types import CoinSymbol

Value = TypeVar("Value")
Known: TypeAlias = Value | PowerTraderError
"""A fact, or why it is not known."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Whose keys are at hand: the name of the account, and where they were found."""

    account: str
    place: str


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What the venue says to the keys. None: it is not told at this venue."""

    keys: Known[KeyFacts]
    clock_offset_s: Known[float] | None = None
    rights: Known[KeyRights] | None = None


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """Order rules and prices of the venue that takes the orders, and the coins that have candles."""

    instruments: Known[Mapping[str, Instrument]]
    quotes: Known[Mapping[CoinSymbol, Quote]]
    candle_coins: Known[frozenset[CoinSymbol]]


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """How the ledger of the account is: entries, what is damaged, what it says is held.

    others names ledgers of the same mode, where this one has no entry yet.
    """

    name: str
    entries: int = 0
    damage: str = ""
    held: Mapping[CoinSymbol, Decimal] | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """How the home is: what its files tell, its ledger, and whether another home trades the account.

    trainings are those of the coins of the settings; their ages are by the market's time. ledger is None
    while nobody knows whose it is. refusals are what a worker would say at its start: market, original.
    """

    snapshot: Snapshot
    trainings: Mapping[CoinSymbol, TrainingView]
    ledger: Known[LedgerFacts] | None
    rival: Known[bool]
    refusals: Mapping[str, PowerTraderError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was found out. None: nobody looked, because it was not asked for.

    access is None on paper, too.
    """

    config: TradingConfig
    now: datetime
    access: AccessFacts | None = None
    account: Known[Account] | None = None
    market: MarketFacts | None = None
    home: HomeFacts | None = None

    @property
    def on_paper(self) -> bool:
        """Whether no real account is meant."""
        return self.config.trading.mode == "paper"

    @property
    def venue(self) -> str:
        """Who takes the orders, for people."""
        section = self.config.exchange
        return section.url or section.broker
