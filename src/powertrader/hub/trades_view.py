"""TradesView: the finished trades, oldest first, as one value that threads can share."""

from dataclasses import dataclass

from powertrader.models.trade import Trade


@dataclass(frozen=True, slots=True)
class TradesView:
    """Finished trades, oldest first."""

    trades: tuple[Trade, ...] = ()

    def __len__(self) -> int:
        return len(self.trades)
