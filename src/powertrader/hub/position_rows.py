"""The rows of the Positions screen, and the sums over them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.analytics.profit import CoinSums
from powertrader.core.verdicts import words_for
from powertrader.hub.position_state import NEED_A_LOOK, PositionState, position_state_of
from powertrader.hub.positions_view import PositionFigures, figures_of, halt_of_all, orders_of, quote_of
from powertrader.hub.price_text import UNKNOWN, Number, money_text, percent_text, price_text
from powertrader.hub.stage_ladder import stage_text
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.table_model import Row, SortKey
from powertrader.models.snapshot import CoinView
from powertrader.models.status import PositionStatus

WIDTHS: Final = (
    ("coin", 75),
    ("state", 115),
    ("value", 95),
    ("unrealised", 95),
    ("unrealised_pct", 75),
    ("realised", 95),
    ("fees", 80),
    ("avg_cost", 95),
    ("bid", 95),
    ("stages", 95),
    ("to_dca", 85),
    ("to_trail", 105),
)
"""The columns, and how many pixels each has before it is scaled."""
_AT_IT: Final = 0.005
"""A distance below this many percent is written as reached."""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One coin: what its row shows, how it stands, and its figures."""

    row: Row
    standing: PositionState
    figures: PositionFigures

    @property
    def is_held(self) -> bool:
        """Tell whether the bot holds anything of it."""
        return self.figures.value is not None

    @property
    def needs_a_look(self) -> bool:
        """Tell whether something keeps it from being traded as usual."""
        return self.standing in NEED_A_LOOK


def position_row(coin: CoinView, view: HubView) -> PositionRow:
    """Give the row of a coin, held or not."""
    figures = figures_of(coin, view.trades)
    standing = position_state_of(coin, has_orders=bool(orders_of(view, coin.coin)))
    quote, levels = quote_of(view), len(view.settings.config.dca.levels)
    position = coin.position if figures.value is not None else None
    cells = (
        coin.coin,
        text(f"positions.{standing.value}"),
        _held_only(money_text(figures.value, quote), position),
        _held_only(money_text(figures.unrealised, quote, signed=True), position),
        _held_only(percent_text(figures.unrealised_pct), position),
        "" if figures.realised is None else money_text(figures.realised, quote, signed=True),
        "" if figures.fees is None else money_text(figures.fees, quote),
        *_prices(position, quote),
        stage_text(position.stage, levels) if position is not None else "",
        _held_only(_to_dca_text(figures.fall_pct), position),
        _held_only(_to_trail_text(figures.to_trail_pct, position), position),
    )
    row = Row(coin.coin, cells, _order(coin, standing, figures), _tag(standing))
    return PositionRow(row, standing, figures)


def totals_text(rows: Iterable[PositionRow], view: HubView) -> str:
    """Give how much is held, what came of it so far, and why nothing is bought where that is so."""
    quote, halt = quote_of(view), halt_of_all(view)
    held = [one.figures for one in rows if one.is_held]
    unknown = sum(one.unrealised is None for one in held)
    trades, report = view.trades, view.snapshot.trader
    sums = tuple(trades.sums.coins.values()) if trades.is_counted else None
    is_told = report is not None and report.status is not None
    words = text(
        "positions.totals" if is_told else "positions.totals_untold",
        count=f"{len(held):,}",
        value=money_text(sum(one.value or 0.0 for one in held), quote),
        unrealised=money_text(sum(one.unrealised or 0.0 for one in held), quote, signed=True),
        realised=money_text(_sum(sums, lambda one: one.realised), quote, signed=True),
        fees=money_text(_sum(sums, lambda one: one.fees), quote),
    )
    words += text("positions.totals_unknown", count=unknown) if unknown else ""
    return words + (text("positions.totals_halted", reason=words_for(halt)) if halt else "")


def _sum(coins: Iterable[CoinSums] | None, amount: Callable[[CoinSums], Decimal]) -> Decimal | None:
    return None if coins is None else sum(map(amount, coins), Decimal(0))


def _held_only(words: str, position: PositionStatus | None) -> str:
    """Leave cells empty that mean nothing without a position: N/A is for what should be known."""
    return words if position is not None else ""


def _prices(position: PositionStatus | None, quote: str) -> tuple[str, str]:
    if position is None:
        return "", ""
    return (
        price_text(position.basis, quote) if position.basis > 0 else UNKNOWN,
        price_text(position.bid, quote),
    )


def _to_dca_text(fall_pct: float | None) -> str:
    if fall_pct is None:
        return UNKNOWN
    return text("positions.reached") if fall_pct < _AT_IT else percent_text(-fall_pct)


def _to_trail_text(to_trail_pct: float | None, position: PositionStatus | None) -> str:
    if to_trail_pct is None or position is None:
        return UNKNOWN
    if position.trail_active:
        if to_trail_pct < 0:
            return text("positions.below_line")
        return text("positions.above_line", percent=f"{to_trail_pct:.2f}%")
    return percent_text(to_trail_pct)


def _order(coin: CoinView, standing: PositionState, figures: PositionFigures) -> tuple[SortKey, ...]:
    position = coin.position if figures.value is not None else None
    return (
        coin.coin,
        list(PositionState).index(standing),
        figures.value,
        figures.unrealised,
        figures.unrealised_pct,
        _float(figures.realised),
        _float(figures.fees),
        position.basis if position is not None and position.basis > 0 else None,
        position.bid if position is not None else None,
        position.stage if position is not None else None,
        figures.fall_pct,
        _trail_order(figures.to_trail_pct, position),
    )


def _trail_order(to_trail_pct: float | None, position: PositionStatus | None) -> float | None:
    """Sort those that trail first, the nearest to their sale before the others."""
    if to_trail_pct is None or position is None:
        return None
    return to_trail_pct - _TRAILING_FIRST if position.trail_active else to_trail_pct


def _float(number: Number) -> float | None:
    return None if number is None else float(number)


def _tag(standing: PositionState) -> str:
    return _TAGS.get(standing, "")


_TRAILING_FIRST: Final = 1e9
_TAGS: Final[Mapping[PositionState, str]] = {
    PositionState.FROZEN: "error",
    PositionState.ORDER_OPEN: "warning",
    PositionState.PAUSED: "warning",
    PositionState.NOT_HELD: "muted",
}
