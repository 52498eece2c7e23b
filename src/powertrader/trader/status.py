"""The status of a step, built from what the step saw and only when somebody wants it."""

from typing import Final

from powertrader.models.account import Quote
from powertrader.models.position import Holding
from powertrader.models.signal import HIGHEST_LEVEL, SignalView
from powertrader.models.status import PositionStatus, TraderStatus
from powertrader.models.types import PriceLevel
from powertrader.trader.dca_engine import gain_pct
from powertrader.trader.view import Engines, StepView

HARD: Final = "HARD"


def status_of(view: StepView) -> TraderStatus:
    """Give account and coins as they were when the step began.

    Source: golden/BEHAVIOUR.md 3.5 and 3.8 (Q53, Q84).
    """
    totals, rules = view.totals, view.engines.rules
    held = [_held(view, position) for position in view.held]
    shown = {position.coin for position in view.held}
    resting = [_resting(view, coin) for coin in view.listed if coin not in shown and coin in view.quotes]
    return TraderStatus(
        view.now,
        totals.total,
        totals.buying_power,
        totals.holdings_sell_value,
        totals.holdings_buy_value,
        totals.percent_in_trade,
        rules.pm_start_pct_no_dca,
        rules.pm_start_pct_with_dca,
        rules.trailing_gap_pct,
        (*held, *resting),
    )


def _resting(view: StepView, coin: str) -> PositionStatus:
    quote = view.quotes[coin]
    return PositionStatus(coin, quote.ask, quote.bid, view.resting_stages.get(coin, 0))


def _held(view: StepView, position: Holding) -> PositionStatus:
    quote, engines = view.quotes[position.coin], view.engines
    level = engines.dca.hard_level_pct(position)
    number = neural_number(engines.rules.trade_start_level, position.stage)
    display = f"{level:.2f}%" + (f" / N{number}" if number else "")
    line, source, line_pct = _dca_line(position, level, quote.ask, (number, view.signals.get(position.coin)))
    active, trail_line, peak, distance = _trail(engines, position, quote)
    return PositionStatus(
        position.coin,
        quote.ask,
        quote.bid,
        position.stage,
        position.quantity,
        position.basis,
        _gain_shown(quote.ask, position.basis),
        _gain_shown(quote.bid, position.basis),
        position.quantity * quote.bid,
        display,
        line,
        source,
        line_pct,
        active,
        trail_line,
        peak,
        distance,
    )


def _gain_shown(price: PriceLevel, basis: PriceLevel) -> float:
    # the original shows an integer where there is no basis (golden/BEHAVIOUR.md 3.8)
    return gain_pct(price, basis) if basis > 0 else 0


def neural_number(start_level: int, stage: int) -> int | None:
    """Give the neural level that the display names for a stage, None when there is none (Q53)."""
    return start_level + 1 + stage if stage < HIGHEST_LEVEL - start_level else None


def _dca_line(
    position: Holding, level_pct: float, ask: PriceLevel, neural: tuple[int | None, SignalView | None]
) -> tuple[PriceLevel, str, float]:
    if not position.basis > 0:
        return 0.0, HARD, 0.0
    line, source = position.basis * (1.0 + (level_pct / 100.0)), HARD
    number, signal = neural
    if number is not None and signal is not None and len(signal.low_bounds) >= number:
        bound = signal.low_bounds[number - 1]
        if bound > line:
            line, source = bound, f"NEURAL N{number}"
    return line, source, gain_pct(ask, position.basis)


def _trail(engines: Engines, position: Holding, quote: Quote) -> tuple[bool, PriceLevel, PriceLevel, float]:
    if not position.basis > 0:
        return False, 0.0, 0.0, 0.0
    trail = position.trail
    line = trail.line if trail else engines.trailing.get_pm_start_line(position)
    active = (trail is not None and trail.active) or quote.bid >= line
    distance = ((quote.bid - line) / line) * 100.0 if line > 0 else 0.0
    return active, line, trail.peak if trail else 0.0, distance
