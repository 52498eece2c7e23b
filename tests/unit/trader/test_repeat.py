"""A recorded decision is made again from its record alone: the same comes out, or what differs is named."""

import json
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.decision_log import line_of
from powertrader.core.exceptions import BadData, InsufficientFundsError
from powertrader.core.record_codec import decode
from powertrader.models.account import Quote
from powertrader.models.decision import ActionKind, DecisionRecord
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import Compat
from powertrader.trader.repeat import differences, repeat
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, RULES, World

pytestmark = pytest.mark.money

EAGER = replace(RULES, start_allocation_pct=20.0, pm_start_pct_no_dca=2.0, dca_multiplier=1.0)
SIGNALS = st.one_of(st.none(), st.builds(SignalView, st.integers(0, 7), st.integers(0, 1)))
MOVES = st.sampled_from([-9.0, -4.0, -1.0, -0.6, 0.3, 2.5, 6.0])
SCRIPTS = st.lists(st.sampled_from(["fill", "fill", "half", "canceled", "reject"]), max_size=6)


def written(record: DecisionRecord) -> DecisionRecord:
    """Give a record as it is read from the file that it was written to."""
    return decode(DecisionRecord, json.loads(json.dumps(line_of(record))))


def decisions(world: World, session: Session, bitcoin: float, signal: SignalView) -> list[DecisionRecord]:
    return [
        written(record) for record in world.step(session, bitcoin, signal).records if record.coin == "BTC"
    ]


def first_purchase(world: World | None = None) -> tuple[World, Session, DecisionRecord]:
    made = world or World()
    session = made.session()
    (record,) = decisions(made, session, 100.0, BUY_SIGNAL)
    return made, session, record


def test_a_purchase_comes_out_again_with_its_amount() -> None:
    _, _, record = first_purchase()
    again = repeat(record)
    assert again.verdict == record.verdict == "entry"
    assert again.action is not None
    assert (again.action.kind, again.action.amount) == (ActionKind.ENTRY, 100.0)
    assert list(differences(record, again)) == []


def test_an_exit_and_the_look_at_the_coin_that_was_sold_come_out_again() -> None:
    world, session, _ = first_purchase()
    decisions(world, session, 110.0, NO_BUY)
    sold, looked_at = decisions(world, session, 105.0, NO_BUY)
    assert (sold.verdict, looked_at.verdict) == ("trailing_exit", "long_below_start_level")
    assert [list(differences(one, repeat(one))) for one in (sold, looked_at)] == [[], []]
    assert repeat(sold).action is not None
    assert [gate.name for gate in looked_at.gates] == ["long", "short"]


def test_a_purchase_that_the_venue_refused_was_decided_all_the_same() -> None:
    world = World()
    world.venue.raising["place_order"] = InsufficientFundsError("balance is insufficient")
    _, _, record = first_purchase(world)
    assert record.verdict == "refused: balance is insufficient"
    again = repeat(record)
    assert again.verdict == "entry"
    assert list(differences(record, again)) == []


def test_with_another_signal_another_decision_comes_out() -> None:
    _, _, record = first_purchase()
    assert record.inputs is not None
    again = repeat(record, replace(record.inputs, signal=SignalView(2, 0)))
    assert (again.verdict, again.action) == ("long_below_start_level", None)
    verdict, gate = differences(record, again)
    assert verdict == "decided long_below_start_level, recorded is entry"
    assert gate == "gate long: long 2 < 3; recorded is: long 3 >= 3"


def test_with_another_price_a_position_is_averaged_down() -> None:
    world, session, _ = first_purchase()
    (waiting,) = decisions(world, session, 99.0, NO_BUY)
    assert waiting.inputs is not None
    assert (waiting.verdict, repeat(waiting).verdict) == ("dca_not_reached", "dca_not_reached")
    lower = repeat(waiting, replace(waiting.inputs, quote=Quote(90.0, 90.0)))
    assert lower.verdict == "dca_hard_1"
    assert lower.action is not None
    assert lower.action.amount == pytest.approx(180.0)


def test_rules_that_cannot_be_are_refused() -> None:
    _, _, record = first_purchase()
    assert record.inputs is not None
    wrong = replace(record.inputs, rules=record.inputs.rules._replace(trade_start_level=9))
    with pytest.raises(BadData, match="trade_start_level was 9"):
        repeat(record, wrong)


def test_a_record_without_inputs_says_so() -> None:
    _, _, record = first_purchase()
    with pytest.raises(BadData, match="does not say what the decision was made from"):
        repeat(replace(record, inputs=None))


def test_the_age_of_a_signal_is_kept() -> None:
    world = World()
    made_at = world.clock.now()
    session = world.session()
    (record,) = decisions(world, session, 100.0, SignalView(3, 0, made_at=made_at))
    assert record.inputs is not None
    assert record.inputs.signal is not None
    assert record.inputs.signal.made_at == made_at


@pytest.mark.property
@pytest.mark.parametrize("compat", ["safe", "original"])
@given(moments=st.lists(st.tuples(MOVES, SIGNALS, st.booleans()), min_size=1, max_size=12), scripts=SCRIPTS)
def test_every_decision_of_any_market_comes_out_again_from_its_record(
    compat: Compat, moments: list[tuple[float, SignalView | None, bool]], scripts: list[str]
) -> None:
    world = World(rules=EAGER)
    world.venue.scripts = scripts
    session = world.session(compat)
    prices = {"BTC": 100.0, "ETH": 7.0}
    records: list[DecisionRecord] = []
    logging.disable(logging.ERROR)
    try:
        for move, signal, priced in moments:
            for coin, pace in (("BTC", 1.0), ("ETH", 0.7)):
                prices[coin] *= 1 + move * pace / 100
                world.venue.price(coin, round(prices[coin], 4), spread=0.001)
                if signal is None:
                    world.signals.pop(coin, None)
                else:
                    world.signals[coin] = signal
            # the original buys without a price too, which this venue does not take
            if not priced and compat == "safe":
                del world.venue.quotes["ETH"]
            world.clock.sleep(3600.0)
            records += [record for record in session.step(world.rules).records if record.coin]
    finally:
        logging.disable(logging.NOTSET)
    assert records
    assert [(one.verdict, list(differences(one, repeat(one)))) for one in map(written, records)] == [
        (one.verdict, []) for one in records
    ]


def test_what_the_settings_of_the_moment_were_is_kept_without_the_list_of_coins() -> None:
    rules = TradingRules(("BTC", "ETH"), 2, 1.0, (-3.0,), 1.5, 4, 6.0, 3.0, 0.7)
    _, _, record = first_purchase(World(rules=rules))
    assert record.inputs is not None
    assert record.inputs.rules == (2, 1.0, (-3.0,), 1.5, 4, 6.0, 3.0, 0.7)
