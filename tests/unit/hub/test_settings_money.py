"""What settings come to in money; every figure here was worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from powertrader.core.config import TradingConfig
from powertrader.hub.settings_hints import Hint, amount, hints
from powertrader.hub.settings_money import (
    Means,
    coins_carried,
    first_buy,
    ladder,
    least_days,
    means_of,
    stages_carried,
    trail_line,
    trail_start,
)
from powertrader.models.instrument import USUAL_MIN_NOTIONAL
from tests.unit.hub.views import hub_view

TEN_THOUSAND = Means(10_000.0, "USDT")


def config(**sections: Any) -> TradingConfig:
    return TradingConfig.model_validate(sections)


def told(name: str, settings: TradingConfig, means: Means = TEN_THOUSAND) -> list[str]:
    return [hint.words for hint in hints(name, settings, means)]


def test_a_first_buy_is_a_share_of_the_account_and_never_below_fifty_cents() -> None:
    assert (first_buy(10_000, 0.5).spent, first_buy(10_000, 0.5).raised) == (50.0, False)
    assert (first_buy(1_000, 0.005).spent, first_buy(1_000, 0.005).raised) == (0.5, True)


def test_a_ladder_buys_a_multiple_of_what_the_position_is_worth_at_each_level() -> None:
    # 1 coin at 100. At 90: one more for 90, so 2 for 190, 95 each. At 76: two more for 152, so 4 for 342.
    rungs = ladder(100.0, (-10.0, -20.0), 1.0)
    found = [(one.stage, one.price, one.spent, one.total, one.basis) for one in rungs]
    assert found[0] == pytest.approx((1, 90.0, 90.0, 190.0, 95.0))
    assert found[1] == pytest.approx((2, 76.0, 152.0, 342.0, 85.5))


def test_a_multiplier_of_zero_buys_nothing_more() -> None:
    assert [one.spent for one in ladder(50.0, (-5.0, -10.0), 0.0)] == [0.0, 0.0]


def test_an_account_carries_so_many_ladders_and_so_many_stages() -> None:
    rungs = ladder(100.0, (-10.0, -20.0), 1.0)
    assert coins_carried(1_000.0, rungs[-1].total, coins=5) == 2
    assert coins_carried(1_000.0, rungs[-1].total, coins=1) == 1
    assert stages_carried(1_000.0, rungs, coins=5) == 1
    assert stages_carried(100.0, rungs, coins=1) == 0


def test_further_buys_take_days_when_only_a_few_are_allowed_in_each() -> None:
    assert [least_days(7, 2), least_days(2, 2), least_days(7, 7), least_days(7, 0)] == [3, 0, 0, None]


def test_a_trailing_line_starts_above_the_basis_and_follows_the_peak() -> None:
    assert trail_start(200.0, 5.0) == pytest.approx(210.0)
    assert trail_line(200.0, 5.0, peak=240.0, gap_pct=0.5) == pytest.approx(238.8)
    assert trail_line(200.0, 5.0, peak=210.5, gap_pct=0.5) == pytest.approx(210.0)


def test_the_first_buy_of_the_defaults_is_told_to_be_skipped() -> None:
    expected = Hint(
        "0.005 % of 10,000 USDT = 0.50, below Binance's minimum of 5.00: entries will be skipped",
        warning=True,
    )
    assert hints("entry.start_allocation_pct", TradingConfig(), TEN_THOUSAND) == (expected,)
    assert Decimal(5) == USUAL_MIN_NOTIONAL


def test_a_first_buy_is_told_for_one_coin_and_for_all() -> None:
    assert told("entry.start_allocation_pct", config(entry={"start_allocation_pct": 0.5})) == [
        "0.5 % of 10,000 USDT = 50.00 for each coin, 250.00 for all 5"
    ]


def test_more_coins_than_the_account_can_buy_are_a_warning() -> None:
    found = hints("entry.start_allocation_pct", config(entry={"start_allocation_pct": 25}), TEN_THOUSAND)
    assert [one.warning for one in found] == [False, True]


def test_a_share_below_the_least_is_told_to_be_raised() -> None:
    means = Means(1_000.0, "USDT", least_order=0.1)
    assert told("entry.start_allocation_pct", TradingConfig(), means) == [
        "0.005 % of 1,000 USDT = 0.05, raised to 0.50 for each coin, 2.50 for all 5"
    ]


def test_a_ladder_is_told_in_money_and_for_how_many_coins_it_lasts() -> None:
    # 1 % of 10,000 is 100: 342 for one coin, 1,710 for five.
    settings = config(entry={"start_allocation_pct": 1.0}, dca={"levels": [-10, -20], "multiplier": 1.0})
    assert told("dca.levels", settings) == [
        "100.00 USDT first, then 2 further buys: 342.00 USDT for one coin that falls through all levels.",
        "The account of 10,000.00 USDT carries that for all 5 coins at once.",
    ]
    poor = Means(1_000.0, "USDT")
    settings = config(entry={"start_allocation_pct": 10.0}, dca={"levels": [-10, -20], "multiplier": 1.0})
    assert told("dca.levels", settings, poor)[1:] == [
        "The account of 1,000.00 USDT carries that for 2 of 5 coins at once.",
        "When all 5 coins fall together, each gets 1 of 2 further buys.",
    ]
    assert [one.warning for one in hints("dca.levels", settings, poor)] == [False, True, True]


def test_an_account_that_does_not_carry_one_ladder_is_told_how_far_it_goes() -> None:
    settings = config(entry={"start_allocation_pct": 50.0}, dca={"levels": [-10, -20], "multiplier": 1.0})
    assert told("dca.levels", settings, Means(1_000.0, "USDT"))[1] == (
        "The account of 1,000.00 USDT carries one coin alone for 1 of 2 further buys."
    )


def test_the_multiplier_is_told_by_the_first_further_buy() -> None:
    settings = config(entry={"start_allocation_pct": 0.5})
    assert told("dca.multiplier", settings) == [
        "50.00 USDT that fell by 2.5 % are worth 48.75: then 97.50 USDT are bought."
    ]
    assert len(hints("dca.multiplier", TradingConfig(), TEN_THOUSAND)) == 2


def test_without_an_account_value_nothing_is_said_in_money() -> None:
    nobody = Means(None, "USDT")
    for name in ("entry.start_allocation_pct", "dca.levels"):
        assert told(name, TradingConfig(), nobody) == [
            "There is no account value yet, so nothing can be said in money."
        ]
    assert told("dca.multiplier", TradingConfig(), nobody) == []


def test_a_sale_that_the_fees_eat_up_is_a_warning() -> None:
    found = hints("trailing.start_pct_no_dca", config(trailing={"start_pct_no_dca": 0.2}), TEN_THOUSAND)
    assert [one.warning for one in found] == [False, True]
    assert "0.2 %" in found[1].words
    assert len(hints("trailing.start_pct_with_dca", TradingConfig(), TEN_THOUSAND)) == 1


def test_the_gap_is_told_in_prices() -> None:
    # the line starts at 105, 5 % above is 110.25, 0.5 % below that 109.69875
    assert told("trailing.gap_pct", TradingConfig()) == [
        "Bought at 100.00 and risen to 110.25: sold below 109.70."
    ]


def test_other_settings_are_told_in_what_they_count() -> None:
    assert told("dca.max_buys_per_24h", TradingConfig()) == [
        "At 2 in 24 hours, 7 further buys take at least 3 days."
    ]
    assert told("dca.max_buys_per_24h", config(dca={"max_buys_per_24h": 0})) == [
        "0 means that no further buy is ever made."
    ]
    assert told("costs.taker_pct", config(costs={"taker_pct": 0.25})) == [
        "0.25 % of an order of 100.00 USDT = 0.25"
    ]
    assert told("costs.maker_pct", config(costs={"tier": "coinbase"})) == [
        "Empty: that of coinbase, 0.4 % of an order of 100.00 USDT = 0.40"
    ]
    assert told("replay.start_allocation_pct", TradingConfig()) == ["0.5 % of 10,000 USDT = 50.00"]
    assert told("trainer.retrain_days", TradingConfig()) == []
    assert len(told("trainer.retrain_days", config(trainer={"retrain_days": 15}))) == 1
    assert told("cutover.share_pct", config(cutover={"share_pct": 0})) == ["PowerTrader buys 0 of 5 coins: -"]
    assert told("trading.coins", TradingConfig()) == ["5 coins"]


def test_small_amounts_keep_their_first_digits() -> None:
    assert [amount(value) for value in (1234.5, 0.0, 0.0123, 0.00123)] == [
        "1,234.50",
        "0.00",
        "0.01",
        "0.0012",
    ]


def test_the_account_is_what_the_trader_tells_and_else_what_a_paper_account_gets() -> None:
    view = hub_view()
    trader = view.snapshot.trader
    assert trader is not None
    assert trader.status is not None
    settings = view.settings.config
    assert means_of(settings, view.snapshot) == Means(trader.status.total, "USDT", reported=True)
    silent = replace(view.snapshot, trader=None)
    assert means_of(settings, silent) == Means(10_000.0, "USDT")
    demo = config(trading={"mode": "demo"})
    assert means_of(demo, view.snapshot) == Means(None, "USDT")
