"""An example strategy over several coins trades as a paper account of each coin's share would."""

from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import pytest

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.example_outcome import example_outcome
from powertrader.backtest.example_run import shares_of
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.target_runs import TargetMarket, TargetTerms
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import BadData
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.strategy.registry import NamedExample, example_of
from tests.oracles.target_oracle import TargetOracle
from tests.unit.backtest.kernel_scene import START

pytestmark = [pytest.mark.kernel, pytest.mark.money]

Row: TypeAlias = tuple[int, str, bool, float, float]

SPAN = ReplaySpan(START + timedelta(hours=30), START + timedelta(hours=110))


def config() -> TradingConfig:
    return config_with(TradingConfig(), {"trading.coins": ["BTC", "ETH"], "replay.start_quote": 1000.01})


def candles() -> dict[str, Candles]:
    """BTC from the beginning, ETH from the hour 50 on and with an hour missing."""
    btc = synthetic_candles("BTC", seed=3, start=START, count=120)
    eth = synthetic_candles("ETH", seed=4, start=START + timedelta(hours=50), count=70)
    kept = np.arange(70) != 20
    with_hole = Candles(
        eth.open_time_s[kept],
        eth.open[kept],
        eth.high[kept],
        eth.low[kept],
        eth.close[kept],
        eth.volume[kept],
        eth.interval_s,
    )
    return {"BTC": btc, "ETH": with_hole}


def named(name: str, *params: str) -> NamedExample:
    found = example_of(name, params)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "orders, terms, makers",
    [
        ((), TargetTerms(500.005), {False}),
        (("order.share_pct=40",), TargetTerms(500.005, share_pct=40.0), {False}),
        (("order.quantity=0.005",), TargetTerms(500.005, Decimal("0.005")), {False}),
        (("order.limit_offset_pct=0.3",), TargetTerms(500.005, limit_offset_pct=0.3), {True}),
        (
            ("order.limit_offset_pct=0.2", "order.lives_hours=2.5", "order.quantity=0.004"),
            TargetTerms(500.005, Decimal("0.004"), limit_offset_pct=0.2, lives_s=9000),
            {True},
        ),
    ],
)
def test_every_trade_and_the_account_are_those_of_a_paper_account_for_each_coin(
    orders: tuple[str, ...], terms: TargetTerms, makers: set[bool]
) -> None:
    given, strategy = candles(), named("sma_cross", "fast=3", "slow=20", *orders)
    outcome = example_outcome(config(), given, SPAN, strategy, "1h")
    rules = market_of(given, SPAN, "USDT").instruments
    expected: list[Row] = []
    equity = np.zeros(80)
    # of BTC the candles 30 to 109 close after hour 30 and by hour 110, of ETH the first 59, one being missing
    for coin, first, stop in (("BTC", 30, 110), ("ETH", 0, 59)):
        part = given[coin].between(first, stop)
        market = TargetMarket(part, rules[coin], config().costs.model)
        targets = strategy.example.targets(given[coin])[first:stop]
        truth = TargetOracle(market, terms).follow(targets)
        expected += [
            (at, coin, side == "SELL", float(sizes[0]), float(sizes[1])) for at, side, *sizes in truth.fills
        ]
        hours = (part.open_time_s - int(START.timestamp())) // 3600 + 1
        values = dict(zip(hours.tolist(), truth.equity, strict=True))
        worth = 500.005
        for step in range(80):
            worth = values.get(step + 31, worth)
            equity[step] += worth
    trades = outcome.trades
    names = [trades.coins[place] for place in trades.coin.tolist()]
    columns = (trades.time_s, trades.is_sale, trades.quantity, trades.value)
    times, *rest = (column.tolist() for column in columns)
    found = list(zip(times, names, *rest, strict=True))
    assert found == sorted(expected, key=itemgetter(0))
    assert set(names) == {"BTC", "ETH"}
    assert set(trades.is_maker.tolist()) == makers
    np.testing.assert_allclose(outcome.curve.equity, equity, rtol=0, atol=1e-9)


def test_what_is_held_at_the_end_is_in_the_account() -> None:
    outcome = example_outcome(
        config(), candles(), SPAN, named("momentum", "lookback=1", "threshold_pct=-99"), "1h"
    )
    assert [position.coin for position in outcome.held] == ["BTC", "ETH"]
    assert not outcome.trades.is_sale.any()
    # what was warmed up before the start is bought at the first step
    assert outcome.trades.time_s[0] == (START + timedelta(hours=31)).timestamp()
    cash = 1000.01 - outcome.trades.value.sum()
    held = sum(position.value for position in outcome.held)
    assert outcome.curve.equity[-1] == pytest.approx(cash + held, abs=1e-9)
    assert outcome.trades.value.tolist() == pytest.approx([475.0, 475.0], rel=0.01)


def test_money_is_parted_to_the_last_unit() -> None:
    assert shares_of(100.0, 3) == (33.33333334, 33.33333333, 33.33333333)
    assert sum(map(Decimal, map(str, shares_of(45_035_996.12345679, 7)))) == Decimal("45035996.12345679")
    assert shares_of(0.0, 2) == (0.0, 0.0)


def test_amounts_beyond_counting_and_empty_spans_are_errors() -> None:
    late = ReplaySpan(START + timedelta(days=90), START + timedelta(days=91))
    with pytest.raises(BadData, match="no candle closes after"):
        example_outcome(config(), candles(), late, named("sma_cross"), "1h")
    rich = config_with(config(), {"replay.start_quote": 1e9})
    with pytest.raises(ValueError, match="start_quote was 500000000"):
        example_outcome(rich, candles(), SPAN, named("sma_cross"), "1h")
