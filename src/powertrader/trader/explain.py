"""Why a coin was or was not traded: every gate with its numbers, built only when somebody asks."""

from powertrader.models.book import window_of
from powertrader.models.decision import Gate
from powertrader.models.position import Holding
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES, gain_pct
from powertrader.trader.view import StepView


def gates_of(view: StepView, coin: CoinSymbol) -> tuple[Gate, ...]:
    """Give the gates a coin stood before at the start of a step, in the order of the decision."""
    frozen = view.frozen.get(coin)
    if frozen is not None:
        return (Gate("frozen", passed=False, value=None, limit=None, text=frozen),)
    position = next((held for held in view.held if held.coin == coin), None)
    gates = _entry_gates(view, coin) if position is None else _held_gates(view, position)
    halt = view.halt_of(coin)
    if halt is not None:
        gates = (*gates, Gate("halt", passed=False, value=None, limit=None, text=halt))
    return gates


def _entry_gates(view: StepView, coin: CoinSymbol) -> tuple[Gate, ...]:
    if coin in view.held_coins:
        text = "held, but it has no price in this step"
        return (Gate("price", passed=False, value=None, limit=None, text=text),)
    signal = view.signals.get(coin)
    if signal is None:
        return (Gate("signal", passed=False, value=None, limit=None, text="no fresh signal"),)
    level = view.engines.entry.start_level
    return (
        _at_least("long", float(signal.long), float(level)),
        Gate(
            "short",
            passed=signal.short == 0,
            value=float(signal.short),
            limit=0.0,
            text=f"short {signal.short}, must be 0",
        ),
    )


def _held_gates(view: StepView, position: Holding) -> tuple[Gate, ...]:
    quote = view.quotes[position.coin]
    if not position.basis > 0:
        text = "average price paid is unknown"
        return (Gate("basis", passed=False, value=position.basis, limit=0.0, text=text),)
    return (
        *_exit_gates(view, position, quote.bid),
        *_dca_gates(view, position, quote.ask, quote.bid),
    )


def _exit_gates(view: StepView, position: Holding, bid: float) -> tuple[Gate, ...]:
    trail, exits = view.engines.trailing.advance(position, bid)
    if not trail.active:
        return (_at_least("start line", bid, trail.line),)
    text = f"bid {bid} against line {trail.line} under peak {trail.peak}"
    return (Gate("below line", passed=exits, value=bid, limit=trail.line, text=text),)


def _dca_gates(view: StepView, position: Holding, ask: float, bid: float) -> tuple[Gate, ...]:
    engine = view.engines.dca
    counted = len(window_of(position.dca_times or (), position.last_sale_at, view.now))
    amount = engine.calculate_dca_amount(position, bid)
    return (
        _level_gate(view, position, ask, view.signals.get(position.coin)),
        _at_most("dca buys in 24 h", float(counted + 1), float(engine.daily_limit)),
        _at_most("funds", amount, view.totals.buying_power),
    )


def _level_gate(view: StepView, position: Holding, ask: float, signal: SignalView | None) -> Gate:
    engine = view.engines.dca
    gain, level = gain_pct(ask, position.basis), engine.hard_level_pct(position)
    text = f"{gain:.2f} % against level {level:.2f} %"
    if position.stage < NEURAL_STAGES:
        long = "no signal" if signal is None else f"long {signal.long}"
        text += f", {long} against {position.stage + FIRST_NEURAL_LEVEL} below the basis"
    reason = engine.trigger(position, signal, ask)
    return Gate("dca level", passed=reason is not None, value=gain, limit=level, text=text)


def _at_least(name: str, value: float, limit: float) -> Gate:
    passed = value >= limit
    return Gate(name, passed, value, limit, f"{name} {value:g} {'>=' if passed else '<'} {limit:g}")


def _at_most(name: str, value: float, limit: float) -> Gate:
    passed = value <= limit
    return Gate(name, passed, value, limit, f"{name} {value:g} {'<=' if passed else '>'} {limit:g}")
