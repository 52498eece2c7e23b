"""What workers show: the account and every coin before a step, who has a signal, and that a process lives."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from powertrader.models.types import CoinSymbol, Environment, PriceLevel


@dataclass(frozen=True, slots=True)
class PositionStatus:
    """One coin at the start of a step; everything but prices and stage is 0 while it is not held.

    quantity is in the coin, prices and lines in the quote asset, gains in percent of the basis.
    next_dca names the levels that trigger the next buy. The trail is that before the step (Q84).
    """

    coin: CoinSymbol
    ask: PriceLevel
    bid: PriceLevel
    stage: int = 0
    quantity: float = 0.0
    basis: PriceLevel = 0.0
    gain_at_ask_pct: float = 0.0
    gain_at_bid_pct: float = 0.0
    value: float = 0.0
    next_dca: str = ""
    dca_line: PriceLevel = 0.0
    dca_line_source: str = "N/A"
    dca_line_pct: float = 0.0
    trail_active: bool = False
    trail_line: PriceLevel = 0.0
    trail_peak: PriceLevel = 0.0
    distance_to_trail_pct: float = 0.0


@dataclass(frozen=True, slots=True)
class TraderStatus:
    """Account and coins at the start of a step, values in the quote asset, percents as such."""

    at: datetime
    total: float
    buying_power: float
    holdings_sell_value: float
    holdings_buy_value: float
    percent_in_trade: float
    pm_start_pct_no_dca: float
    pm_start_pct_with_dca: float
    trailing_gap_pct: float
    positions: tuple[PositionStatus, ...]

    @property
    def held(self) -> frozenset[CoinSymbol]:
        """The coins that are held."""
        return frozenset([one.coin for one in self.positions if one.quantity > 0])


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """An order whose end is not known; order_id is empty while the venue has not answered."""

    client_order_id: str
    order_id: str
    coin: CoinSymbol
    side: str
    quantity: Decimal
    executed: Decimal
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class TraderReport:
    """What a running trader tells of itself after a step.

    at is the wall clock's time, market_at the market's. status is None when there was no step:
    skipped says why. verdicts give the newest decision on every coin that is listed or held, frozen the
    coins that nothing is done with and why, halts those that are not bought and why ("" stands for all
    coins). Money is in the quote asset; trades counts all that were ever finished.
    """

    mode: Environment
    account: str
    quote_asset: str
    at: datetime
    market_at: datetime
    status: TraderStatus | None
    skipped: str
    verdicts: tuple[tuple[CoinSymbol, str], ...]
    frozen: tuple[tuple[CoinSymbol, str], ...]
    halts: tuple[tuple[str, str], ...]
    open_orders: tuple[OrderStatus, ...]
    realized_profit: Decimal
    written_off: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class ThinkerReport:
    """What a running thinker tells of itself: at once when a signal changed, else now and then.

    at is the wall clock's time, priced_at that at which the newest prices came, market_at the market's.
    stage is the original's: starting, warming_up, training_required or real_predictions. changed names
    the coins whose signal says something new since the report before, ready those with a signal, waiting
    all others and why they have none.
    """

    at: datetime
    priced_at: datetime
    market_at: datetime
    stage: str
    changed: tuple[CoinSymbol, ...]
    ready: tuple[CoinSymbol, ...]
    waiting: tuple[tuple[CoinSymbol, str], ...]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sign of life of one process.

    mode is the trading mode, empty where a process does not trade. at is when the last step ended.
    errors counts the steps that failed, failing tells whether the last one did, last_error is the
    newest text. running is False once the process has ended in order. recent_errors are those of the
    last five minutes. due_s: how many seconds after at the next step begins at the latest.
    """

    process: str
    pid: int
    mode: str
    started_at: datetime
    at: datetime
    steps: int = 0
    errors: int = 0
    failing: bool = False
    last_error: str = ""
    running: bool = True
    recent_errors: int = 0
    due_s: float = 0.0
