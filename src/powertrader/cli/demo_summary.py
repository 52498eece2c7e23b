"""How a demo came out: figures of the ledger, the trader's report and the workers' files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from powertrader.cli.demo_exchange import DemoMarket
from powertrader.cli.demo_watch import DemoRecord
from powertrader.core.process_stop import UNUSUAL, Ending
from powertrader.models.moment import iso_text
from powertrader.models.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The figures of a demo.

    coins_trained counts coins with patterns on the disk, trainings how often any was trained. signals
    counts the different ones that were read. orders are the intents of the ledger, trades_completed the
    positions that were bought and sold again. final_equity is the account in the quote asset with
    positions at the bid, None when the trader never told it. Seconds count from the start of the demo,
    None for what did not happen. not_stopped names processes that had to be killed or still run.
    """

    coins_trained: int
    patterns: int
    trainings: int
    signals: int
    orders: int
    purchases: int
    trades_completed: int
    seconds_to_first_signal: float | None
    seconds_to_first_purchase: float | None
    seconds_to_first_trade: float | None
    final_equity: float | None
    realized_profit: float
    quote_asset: str
    market_until: str | None
    seconds: float
    coins: tuple[str, ...]
    seed: int
    speed: int
    not_stopped: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Tell whether everything was shown: every coin trained, and one bought and sold."""
        return self.coins_trained == len(self.coins) and self.trades_completed > 0

    def as_json(self) -> dict[str, object]:
        """Give the figures as a script reads them."""
        return asdict(self)


def summary_of(
    market: DemoMarket, record: DemoRecord, last: Snapshot, seconds: float, endings: Mapping[str, Ending]
) -> DemoSummary:
    """Give the figures after the last look."""
    status = None if last.trader is None else last.trader.status
    return DemoSummary(
        coins_trained=sum(1 for coin in market.coins if record.patterns.get(coin)),
        patterns=sum(record.patterns.values()),
        trainings=record.trainings,
        signals=record.signals_seen,
        orders=record.orders,
        purchases=record.bought,
        trades_completed=record.sold,
        seconds_to_first_signal=_rounded(record.seconds_to_first_signal),
        seconds_to_first_purchase=_rounded(record.seconds_to_first_purchase),
        seconds_to_first_trade=_rounded(record.seconds_to_first_trade),
        final_equity=None if status is None else status.total,
        realized_profit=float(record.book.realized_profit),
        quote_asset=market.quote_asset,
        market_until=None if last.market_at is None else iso_text(last.market_at),
        seconds=round(seconds, 1),
        coins=market.coins,
        seed=market.seed,
        speed=market.speed,
        not_stopped=tuple(name for name, ending in endings.items() if ending in UNUSUAL),
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
