"""Positions and trades for tests of what the window tells of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from powertrader.analytics.profit import CoinSums, LedgerSums
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.models.order import Side
from powertrader.models.snapshot import CoinView
from powertrader.models.status import PositionStatus
from powertrader.models.trade import TRAILING_EXIT, Trade
from tests.unit.snapshots import NOW, coin

LEDGER = LedgerName("paper", "default", "USDT")


def position(name: str, **changes: Any) -> PositionStatus:
    """0.5 of a coin bought at 100, now 5 % lower; its first DCA buy is next."""
    plain = PositionStatus(
        name,
        95.5,
        95.0,
        stage=0,
        quantity=0.5,
        basis=100.0,
        gain_at_ask_pct=-4.5,
        gain_at_bid_pct=-5.0,
        value=47.5,
        next_dca="-2.50% / N4",
        dca_line=90.0,
        dca_line_source="HARD",
        dca_line_pct=-4.5,
        trail_line=105.0,
        distance_to_trail_pct=-9.52,
    )
    return replace(plain, **changes)


def held(name: str, **changes: Any) -> CoinView:
    """A coin that is held; changes are those of its position."""
    return coin(name, position=position(name, **changes))


def trade(name: str, reason: str = "entry", hours_ago: float = 1.0, **changes: Any) -> Trade:
    """0.5 of a coin for 100 each, at so many hours before NOW; a sale where the reason says so."""
    side = Side.SELL if reason in {TRAILING_EXIT, "manual_exit"} else Side.BUY
    at = NOW - timedelta(hours=hours_ago)
    plain = Trade(
        name, side, 100.0, Decimal("0.5"), Decimal(50), reason, at, client_order_id=f"{name}-{at:%d%H%M%S}"
    )
    return replace(plain, **changes)


def traded(*trades: Trade) -> TradesView:
    """A view of some trades, oldest first."""
    return TradesView.of(sorted(trades, key=when))


def when(one: Trade) -> datetime:
    return one.timestamp


def with_sums(*coins: CoinSums) -> TradesView:
    """A view without trades whose ledger has these sums."""
    return TradesView(LEDGER, LedgerSums("USDT", {one.coin: one for one in coins}))
