"""trader_status.json of the original as values. Source: golden/BEHAVIOUR.md 3.5 and 3.8."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from powertrader.core.original_ledger import JsonObject, moment_of, object_of
from powertrader.models.account import Quote
from powertrader.models.position import Trail
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class OriginalPosition:
    """One coin as the original's trader saw it before it acted; quantity is 0.0 where it holds none."""

    coin: CoinSymbol
    quote: Quote | None
    quantity: float
    basis: float
    stage: int
    trail_active: bool
    trail_line: float
    trail_peak: float

    def trail(self, *, was_above: bool) -> Trail | None:
        """Give the trail before the step (Q84); None before the coin had one."""
        if not self.trail_line > 0:
            return None
        # shown as active once the bid is at the line, which the step itself has yet to find (3.8)
        active = self.trail_active and self.trail_peak > 0
        return Trail(active=active, line=self.trail_line, peak=self.trail_peak, was_above=was_above)


@dataclass(frozen=True, slots=True)
class OriginalStatus:
    """The account and every coin at the start of the original's step; at is its computer's time."""

    at: datetime
    total: float
    buying_power: float
    sell_value: float
    buy_value: float
    percent_in_trade: float
    positions: tuple[OriginalPosition, ...]

    @property
    def held(self) -> tuple[OriginalPosition, ...]:
        """The coins that are held, in the original's order."""
        return tuple([position for position in self.positions if position.quantity > 0])

    def position(self, coin: CoinSymbol) -> OriginalPosition | None:
        """Give one coin, None when the original did not tell about it."""
        return next((position for position in self.positions if position.coin == coin), None)


def status_of(found: JsonObject) -> OriginalStatus | None:
    """Give the status a document stands for, None when its time or account is missing."""
    at, account = moment_of(found.get("timestamp")), object_of(found.get("account"))
    if at is None or not account:
        return None
    positions = object_of(found.get("positions"))
    return OriginalStatus(
        at,
        _number(account, "total_account_value"),
        _number(account, "buying_power"),
        _number(account, "holdings_sell_value"),
        _number(account, "holdings_buy_value"),
        _number(account, "percent_in_trade"),
        tuple([_position(str(coin), object_of(one)) for coin, one in positions.items()]),
    )


def _position(coin: str, found: JsonObject) -> OriginalPosition:
    bid, ask = _number(found, "current_sell_price"), _number(found, "current_buy_price")
    return OriginalPosition(
        coin.strip().upper(),
        Quote(bid, ask) if bid > 0 and ask > 0 else None,
        _number(found, "quantity"),
        _number(found, "avg_cost_basis"),
        int(_number(found, "dca_triggered_stages")),
        found.get("trail_active") is True,
        _number(found, "trail_line"),
        _number(found, "trail_peak"),
    )


def _number(found: Mapping[str, object], name: str) -> float:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        number = float(value)
    except OverflowError:
        return 0.0
    return number if math.isfinite(number) else 0.0
