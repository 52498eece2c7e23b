"""A recorded decision made once more by the real rules, also with other inputs than it had."""

from collections.abc import Iterator
from dataclasses import dataclass

from powertrader.core.exceptions import BadData
from powertrader.models.decision import Action, DecisionInputs, DecisionRecord, Gate
from powertrader.models.order import Side
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.decide import decide
from powertrader.trader.explain import gates_of
from powertrader.trader.records import name_rest
from powertrader.trader.view import AccountTotals, Engines, Progress, StepView


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a decision comes to when it is made again; gates are those the coin stands before."""

    verdict: str
    action: Action | None
    gates: tuple[Gate, ...]


def repeat(record: DecisionRecord, inputs: DecisionInputs | None = None) -> Repeated:
    """Decide once more on what was recorded, or on other inputs at the same time.

    Raises BadData for a record that does not say what it was made from, or says what cannot be.
    """
    used = inputs or record.inputs
    if used is None:
        msg = f"the record of {record.at.isoformat()} does not say what the decision was made from"
        raise BadData(msg)
    try:
        rules = TradingRules((record.coin,), *used.rules, no_entry=_left_out(record.coin, used))
    except ValueError as error:
        msg = f"the record of {record.at.isoformat()} cannot be decided again: {error}"
        raise BadData(msg) from error
    view = _view(record, used, Engines.of(rules))
    progress = Progress(used.funds, view.held_coins, exit_failed=used.sale_failed)
    decision = decide(view, progress)
    verdicts = decision.verdicts
    name_rest(verdicts, (), view)
    verdict = verdicts.get(record.coin, "")
    return Repeated(verdict, decision.action, gates_of(view, record.coin, used.funds))


def differences(record: DecisionRecord, again: Repeated) -> Iterator[str]:
    """Name what came out otherwise than it was recorded; nothing when the same decision came out."""
    decided = record.inputs.decided if record.inputs is not None else ""
    before = decided or record.verdict
    if again.verdict != before:
        yield f"decided {again.verdict}, recorded is {before}"
    known = {gate.name: gate for gate in record.gates}
    for gate in again.gates:
        was = known.get(gate.name)
        if was is None:
            yield f"gate {gate.name} is not in the record"
        elif was != gate:
            yield f"gate {gate.name}: {gate.text}; recorded is: {was.text}"


def _left_out(coin: CoinSymbol, inputs: DecisionInputs) -> dict[CoinSymbol, str]:
    return {} if inputs.left_out is None else {coin: inputs.left_out}


def _view(record: DecisionRecord, inputs: DecisionInputs, engines: Engines) -> StepView:
    """Give a step that sees this coin alone; of the account only what decide reads."""
    coin, position = record.coin, inputs.position
    waits = {Side.BUY: inputs.purchase_waits, Side.SELL: inputs.sale_waits}
    return StepView(
        now=record.at,
        engines=engines,
        totals=AccountTotals(inputs.total, inputs.buying_power, 0.0, 0.0, 0.0),
        held=() if position is None else (position,),
        held_coins=frozenset([coin] if inputs.held else []),
        listed=() if inputs.held else (coin,),
        quotes={} if inputs.quote is None else {coin: inputs.quote},
        signals={coin: inputs.signal},
        frozen={} if inputs.frozen is None else {coin: inputs.frozen},
        halted={} if inputs.halt is None else {coin: inputs.halt},
        resting_stages={},
        funds=inputs.funds,
        cooling={(coin, side): wait for side, wait in waits.items() if wait is not None},
        too_small={} if inputs.too_small is None else {coin: inputs.too_small},
    )
