"""Attribution: what the realised profit came from, by coin, month, reason or number of DCA buys."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from powertrader.analytics.round_trips import RoundTrip, round_trips
from powertrader.models.order import Side
from powertrader.models.position import NOTHING
from powertrader.models.trade import Trade

_PCT: Final = 100.0


class GroupBy(StrEnum):
    """What trades are grouped by."""

    COIN = "coin"
    MONTH = "month"
    REASON = "reason"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Share:
    """One group: how many purchases and sales, and the profit of its sales in the quote asset, net of fees.

    wins counts the sales that made money.
    """

    name: str
    buys: int = 0
    sells: int = 0
    wins: int = 0
    profit: Decimal = NOTHING

    @property
    def win_rate_pct(self) -> float | None:
        """Share of the sales that made money, None without sales."""
        return self.wins / self.sells * _PCT if self.sells else None


def attribution(trades: Iterable[Trade], by: GroupBy) -> tuple[Share, ...]:
    """Group trades, oldest first: coins, reasons and stages by profit, the largest first, months by time.

    A stage is the number of DCA buys of the round trip that a trade belongs to; months are UTC.
    """
    known = tuple(trades)
    key = _stages(known) if by is GroupBy.STAGE else _KEYS[by]
    shares: dict[str, Share] = {}
    for trade in known:
        name = key(trade)
        shares[name] = _added(shares.get(name) or Share(name), trade)
    if by in (GroupBy.MONTH, GroupBy.STAGE):
        return tuple(sorted(shares.values(), key=lambda share: (len(share.name), share.name)))
    return tuple(sorted(shares.values(), key=lambda share: (-share.profit, share.name)))


def _added(share: Share, trade: Trade) -> Share:
    if trade.side is Side.BUY:
        return Share(share.name, share.buys + 1, share.sells, share.wins, share.profit)
    profit = trade.realized_profit or NOTHING
    return Share(share.name, share.buys, share.sells + 1, share.wins + (profit > 0), share.profit + profit)


def _stages(trades: Iterable[Trade]) -> Callable[[Trade], str]:
    """Give what names a trade's stage."""
    trips: dict[tuple[str, str], RoundTrip] = {
        (trip.coin, order): trip for trip in round_trips(trades) for order in trip.orders
    }
    return lambda trade: str(trips[trade.coin, trade.client_order_id].dca_buys)


_KEYS: Final[Mapping[GroupBy, Callable[[Trade], str]]] = MappingProxyType(
    {
        GroupBy.COIN: lambda trade: trade.coin,
        GroupBy.MONTH: lambda trade: trade.timestamp.isoformat()[:7],
        GroupBy.REASON: lambda trade: trade.reason,
    }
)
