"""Why a coin was or was not traded: every gate with its numbers, built only when somebody asks."""

from powertrader.core.verdicts import words_for
from powertrader.models.account import Quote
from powertrader.models.book import window_of
from powertrader.models.decision import Gate
from powertrader.models.order import Side
from powertrader.models.position import Holding
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES, gain_pct
from powertrader.trader.view import COOLING_DOWN, StepView


def gates_of(
    view: StepView, coin: CoinSymbol, funds: float | None = None, *, sold: bool = False
) -> tuple[Gate, ...]:
    """Give the gates a coin stands before, in the order of the decision.

    funds: what purchases may still use of the quote asset, None for all that the step began with.
    sold: its position was sold in this step, so that it stands before those of an entry.
    """
    frozen = view.frozen.get(coin)
    if frozen is not None:
        return (_closed("frozen", words_for(frozen)),)
    position = None if sold else next((held for held in view.held if held.coin == coin), None)
    left = view.funds if funds is None else funds
    gates = _entry_gates(view, coin, sold=sold) if position is None else _held_gates(view, position, left)
    gates += _cooling_gates(view, coin)
    halt = view.halt_of(coin)
    if halt is not None and halt != COOLING_DOWN:
        gates = (*gates, _closed("halt", words_for(halt)))
    return gates


def _closed(name: str, text: str) -> Gate:
    return Gate(name, passed=False, value=None, limit=None, text=text)


def _cooling_gates(view: StepView, coin: CoinSymbol) -> tuple[Gate, ...]:
    gates = []
    for side, name in ((Side.BUY, "purchase"), (Side.SELL, "sale")):
        wait = view.cooling.get((coin, side))
        if wait is not None:
            text = f"the last {name} was refused ({wait.reason}): tried again in {wait.left_s:.0f} s"
            gates.append(Gate(f"{name} cool-down", passed=False, value=wait.left_s, limit=0.0, text=text))
    return tuple(gates)


def _entry_gates(view: StepView, coin: CoinSymbol, *, sold: bool) -> tuple[Gate, ...]:
    if coin in view.held_coins and not sold:
        return (_closed("price", "held, but it has no price in this step"),)
    left_out = view.engines.rules.no_entry.get(coin)
    if left_out is not None:
        return (_closed("cutover", left_out),)
    signal = view.signals.get(coin)
    if signal is None:
        return (_closed("signal", words_for("no_signal")),)
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


def _held_gates(view: StepView, position: Holding, funds: float) -> tuple[Gate, ...]:
    quote = view.quotes[position.coin]
    if not position.basis > 0:
        text = words_for("no_basis")
        return (Gate("basis", passed=False, value=position.basis, limit=0.0, text=text),)
    return (
        *_exit_gates(view, position, quote.bid),
        *_dca_gates(view, position, quote, funds),
    )


def _exit_gates(view: StepView, position: Holding, bid: float) -> tuple[Gate, ...]:
    trail, exits = view.engines.trailing.advance(position, bid)
    text = f"bid {bid:.10g} against line {trail.line:.10g} under peak {trail.peak:.10g}"
    gate = Gate("below line", passed=exits, value=bid, limit=trail.line, text=text)
    if not trail.active:
        gate = _at_least("start line", bid, trail.line)
    smallest = view.too_small.get(position.coin)
    if smallest is None:
        return (gate,)
    worth = position.quantity * bid
    text = f"worth {worth:g}, the venue's smallest order is {smallest:g}: it cannot be sold yet"
    return gate, Gate("smallest sale", passed=False, value=worth, limit=smallest, text=text)


def _dca_gates(view: StepView, position: Holding, quote: Quote, funds: float) -> tuple[Gate, ...]:
    engine, ask, bid = view.engines.dca, quote.ask, quote.bid
    counted = len(window_of(position.dca_times or (), position.last_sale_at, view.now))
    amount = engine.calculate_dca_amount(position, bid)
    return (
        _level_gate(view, position, ask, view.signals.get(position.coin)),
        _at_most("dca buys in 24 h", float(counted + 1), float(engine.daily_limit)),
        _at_most("funds", amount, min(funds, view.totals.buying_power)),
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
