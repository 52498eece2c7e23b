"""Other rules, prices and levels in place of those a decision was made from, written name=value."""

from dataclasses import replace

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.core.what_if import NAMES, SETTING_OF_RULE, changed_inputs
from powertrader.models.account import Quote
from powertrader.models.decision import DecisionInputs, RuleNumbers
from powertrader.models.signal import SignalView

RULES = RuleNumbers(3, 0.5, (-2.5, -5.0), 2.0, 2, 5.0, 2.5, 0.5)
INPUTS = DecisionInputs(
    RULES, 1000.0, 900.0, 900.0, quote=Quote(99.0, 101.0), signal=SignalView(2, 1, (90.0,))
)


def test_every_rule_of_a_decision_has_its_setting() -> None:
    assert tuple(SETTING_OF_RULE) == RuleNumbers._fields


@pytest.mark.parametrize(
    "text, rules",
    [
        ("entry.trade_start_level=2", RULES._replace(trade_start_level=2)),
        ("trade_start_level=2", RULES._replace(trade_start_level=2)),
        ("dca.levels=-3,-6", RULES._replace(dca_levels=(-3.0, -6.0))),
        (" trailing.gap_pct = 1.5", RULES._replace(trailing_gap_pct=1.5)),
    ],
)
def test_a_rule_is_replaced_by_the_name_of_its_setting(text: str, rules: RuleNumbers) -> None:
    assert changed_inputs(INPUTS, [text]) == replace(INPUTS, rules=rules)


def test_prices_and_levels_are_replaced_one_by_one() -> None:
    changed = changed_inputs(INPUTS, ["bid=98.5", "long=4"])
    assert changed == replace(INPUTS, quote=Quote(98.5, 101.0), signal=SignalView(4, 1, (90.0,)))
    assert changed_inputs(INPUTS, ["short=0", "ask=100"]).quote == Quote(99.0, 100.0)


def test_where_nothing_was_recorded_one_price_stands_for_both() -> None:
    changed = changed_inputs(replace(INPUTS, quote=None, signal=None), ["ask=50", "long=5"])
    assert (changed.quote, changed.signal) == (Quote(50.0, 50.0), SignalView(5, 0))


@pytest.mark.parametrize(
    "text, told",
    [
        ("hub.ui_refresh_seconds=2", NAMES[0]),
        ("nonsense", "one of entry.trade_start_level"),
        ("trade_start_level=9", "trade_start_level"),
        ("bid=much", "must be prices above 0"),
        ("ask=-1", "must be prices above 0"),
        ("long=8", "from 0 to 7"),
        ("short=1.5", "from 0 to 7"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        changed_inputs(INPUTS, [text])
