"""The ladder of a position: what was bought at which price, and where the next purchases and the sale lie."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from powertrader.models.status import PositionStatus
from powertrader.models.trade import Trade, is_dca

MOST_AHEAD: Final = 6
"""So many DCA levels that lie ahead are shown; a user may set fifty."""


class RungKind(StrEnum):
    """What stands at a price."""

    TRAIL = "trail"
    BOUGHT = "bought"
    AVERAGE = "average"
    BID = "bid"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Rung:
    """One price of the ladder, in the quote asset.

    stage is that of a purchase, 0 for the opening one. percent: of a purchase ahead the fall from the
    average price that triggers it, None where a signal does before; of a trail its distance to the bid.
    at is when it was bought.
    """

    kind: RungKind
    price: float
    stage: int = 0
    percent: float | None = None
    at: datetime | None = None
    is_active: bool = False


def ladder_of(position: PositionStatus, bought: Iterable[Trade], levels: Sequence[float]) -> tuple[Rung, ...]:
    """Give the rungs of a position from the highest price to the lowest, at equal prices as they matter.

    bought: the purchases of the open trade, oldest first. levels: the falls of the settings in percent.
    Prices ahead of the next one hold while the average price stays: each purchase lowers it.
    """
    rungs = [*_bought(bought), Rung(RungKind.BID, position.bid)]
    if position.basis > 0:
        rungs += [Rung(RungKind.AVERAGE, position.basis), *_ahead(position, levels)]
    if position.trail_line > 0:
        move = (position.trail_line / position.bid - 1.0) * 100 if position.bid > 0 else None
        active = position.trail_active
        rungs.append(Rung(RungKind.TRAIL, position.trail_line, percent=move, is_active=active))
    order = list(RungKind)
    return tuple(sorted(rungs, key=lambda rung: (-rung.price, order.index(rung.kind), rung.stage)))


def levels_beyond(position: PositionStatus, levels: Sequence[float]) -> int:
    """Count the levels that lie further ahead than those which are shown."""
    return max(0, len(levels) - position.stage - MOST_AHEAD)


def stage_text(stage: int, levels: int) -> str:
    """Give a stage as a row of boxes, such as 2 ▪▪▫▫▫▫▫; of many levels only the number."""
    if levels > _MOST_BOXES:
        return f"{stage}/{levels}"
    return f"{stage} {'▪' * min(stage, levels)}{'▫' * max(0, levels - stage)}"


def _bought(trades: Iterable[Trade]) -> Iterator[Rung]:
    stage = 0
    for trade in trades:
        if trade.price is None:
            continue
        stage += is_dca(trade.reason)
        yield Rung(RungKind.BOUGHT, trade.price, stage, at=trade.timestamp)


def _ahead(position: PositionStatus, levels: Sequence[float]) -> Iterator[Rung]:
    """Give the next purchases; behind the last level it repeats."""
    stage = position.stage
    coming = list(levels[stage : stage + MOST_AHEAD]) or list(levels[-1:])
    for step, percent in enumerate(coming):
        price = position.basis * (1.0 + percent / 100.0)
        if step == 0:
            # a signal may trigger it earlier: the trader tells the higher of both lines
            by_signal = position.dca_line > price
            yield Rung(
                RungKind.NEXT, max(price, position.dca_line), stage + 1, None if by_signal else percent
            )
        else:
            yield Rung(RungKind.LATER, price, stage + step + 1, percent)


_MOST_BOXES: Final = 10
