"""What the window tells of positions: pure functions of a view, shared by all its tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import HubView
from powertrader.models.book import window_of
from powertrader.models.order import Side
from powertrader.models.position import NOTHING
from powertrader.models.snapshot import CoinView
from powertrader.models.status import OrderStatus, PositionStatus
from powertrader.models.trade import Trade, is_dca
from powertrader.models.types import CoinSymbol

ALL_COINS: Final = ""
"""Stands for every coin among the halts of a trader's report."""


def market_now(view: HubView) -> datetime:
    """Give the market's time as far as somebody tells it, else the wall clock's."""
    return view.snapshot.market_at or view.at


def quote_of(view: HubView) -> str:
    """Give the asset that everything is paid in."""
    report = view.snapshot.trader
    return report.quote_asset if report is not None else view.settings.config.trading.quote_asset


def held_coins(view: HubView) -> Iterator[CoinView]:
    """Give the coins that are held, in the order of the coins."""
    return (one for one in view.snapshot.coins if is_held(one))


def is_held(coin: CoinView) -> bool:
    """Tell whether the bot holds anything of a coin."""
    return coin.position is not None and coin.position.quantity > 0


def dca_buys_in_24h(trades: TradesView, coin: CoinSymbol, now: datetime) -> int:
    """Count the DCA buys of a coin in the last 24 hours that came after its last sale."""
    of_coin = trades.of_coin(coin)
    sold_at = next((one.timestamp for one in reversed(of_coin) if one.side is Side.SELL), None)
    bought_at = [one.timestamp for one in of_coin if one.side is Side.BUY and is_dca(one.reason)]
    return len(window_of(bought_at, sold_at, now))


def open_trade(trades: Iterable[Trade]) -> tuple[Trade, ...]:
    """Give the buys since the last sale, oldest first; trades are those of one coin, oldest first."""
    found: list[Trade] = []
    for trade in trades:
        if trade.side is Side.SELL:
            found.clear()
        else:
            found.append(trade)
    return tuple(found)


def dca_gains(of_coin: Sequence[Trade], oldest: datetime) -> dict[Trade, float]:
    """Give how far below the average price paid each DCA buy since a time was, in percent.

    of_coin: the trades of one coin, oldest first. A buy without a price has no gain.
    """
    begin = next((place for place, one in enumerate(of_coin) if one.timestamp >= oldest), len(of_coin))
    while begin and of_coin[begin - 1].side is Side.BUY:
        begin -= 1
    gains: dict[Trade, float] = {}
    quantity = paid = NOTHING
    for trade in of_coin[begin:]:
        if trade.side is Side.SELL:
            quantity = paid = NOTHING
            continue
        if is_dca(trade.reason) and quantity and paid and trade.price:
            basis = float(paid / quantity)
            gains[trade] = (trade.price - basis) / basis * 100
        quantity, paid = quantity + trade.quantity, paid + trade.value
    return gains


@dataclass(frozen=True, slots=True)
class PositionFigures:
    """What a position is worth and what came of its coin so far, in the quote asset.

    unrealised compares the value at the bid with the price paid, before fees; realised and fees are those
    of the whole ledger. fall_pct: how far the ask must fall to the next DCA buy, 0.0 when it is there.
    to_trail_pct: while the trail follows, how far the bid is above its line; before, how far it must rise
    to the line's start. What is unknown is None.
    """

    value: float | None = None
    unrealised: float | None = None
    unrealised_pct: float | None = None
    realised: Decimal | None = None
    fees: Decimal | None = None
    fall_pct: float | None = None
    to_trail_pct: float | None = None


def figures_of(coin: CoinView, trades: TradesView) -> PositionFigures:
    """Give the figures of a coin, held or not."""
    sums = trades.sums.coins.get(coin.coin)
    realised, fees = (sums.realised, sums.fees) if sums is not None else (None, None)
    position = coin.position
    if position is None or not position.quantity > 0:
        return PositionFigures(realised=realised, fees=fees)
    knows_basis = position.basis > 0
    return PositionFigures(
        position.value,
        position.value - position.quantity * position.basis if knows_basis else None,
        position.gain_at_bid_pct if knows_basis else None,
        realised,
        fees,
        _fall_pct(position) if knows_basis else None,
        _to_trail_pct(position) if knows_basis else None,
    )


def _fall_pct(position: PositionStatus) -> float | None:
    if not (position.dca_line > 0 and position.ask > 0):
        return None
    return max(0.0, (1.0 - position.dca_line / position.ask) * 100)


def _to_trail_pct(position: PositionStatus) -> float | None:
    if not (position.trail_line > 0 and position.bid > 0):
        return None
    if position.trail_active:
        return position.distance_to_trail_pct
    return max(0.0, (position.trail_line / position.bid - 1.0) * 100)


def orders_of(view: HubView, coin: CoinSymbol) -> tuple[OrderStatus, ...]:
    """Give the orders of a coin whose end is not known."""
    report = view.snapshot.trader
    return tuple([one for one in report.open_orders if one.coin == coin]) if report is not None else ()


def halt_of_all(view: HubView) -> str:
    """Give why no coin is bought at all, "" when there is no such reason."""
    report = view.snapshot.trader
    return dict(report.halts).get(ALL_COINS, "") if report is not None else ""
