"""Compiled trading by targets does what a paper account does, one candle at a time."""

import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from powertrader.backtest import target_runs
from powertrader.backtest.kernels import reason_text
from powertrader.backtest.target_runs import TargetMarket, TargetTerms, run_many_targets, run_targets
from powertrader.core.exceptions import BadData
from powertrader.market.candle_files import load_folder
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.types import TargetArray
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.sma_cross import SmaCross
from tests.oracles.target_oracle import TargetOracle
from tests.unit.backtest.kernel_scene import START

pytestmark = [pytest.mark.kernel, pytest.mark.money]

PAIR: Final = Instrument("BTCUSDT", "BTC", Decimal("0.00001"), Decimal("0.00001"), min_notional=Decimal(5))
STRATEGIES: Final = (SmaCross(3, 8), Momentum(5, 0.5), MeanReversion(10, -1.0, 0.0))
TERMS: Final = (
    TargetTerms(),
    TargetTerms(quantity=Decimal("0.01")),
    TargetTerms(limit_offset_pct=0.3),
    TargetTerms(limit_offset_pct=0.5, lives_s=3 * 3600, start_quote=500.0),
    TargetTerms(share_pct=100.0, limit_offset_pct=0.0),
)


def market_of(candles: Candles, costs: CostModel | None = None) -> TargetMarket:
    return TargetMarket(candles, PAIR, costs or CostModel(maker_pct=0.075, taker_pct=0.1))


def btc(count: int, volume_factor: float = 1.0) -> Candles:
    made = synthetic_candles("BTC", seed=3, start=START, count=count)
    made.volume[:] *= volume_factor
    return made


def assert_same(market: TargetMarket, targets: TargetArray, terms: TargetTerms) -> int:
    run = run_targets(market, targets, terms)
    truth = TargetOracle(market, terms).follow(targets)
    rows = run.trades
    found = [
        (int(row.time_s), ("BUY", "SELL")[row.side], float(row.quantity), float(row.value), float(row.fee))
        for row in rows
    ]
    assert found == [(at, side, *map(float, amounts)) for at, side, *amounts in truth.fills]
    np.testing.assert_allclose(run.equity, truth.equity, rtol=0, atol=1e-9)
    assert run.final_cash == float(truth.cash)
    return len(rows)


@pytest.mark.parametrize("terms", TERMS, ids=["market", "fixed", "limit", "short-lived", "at-the-bid"])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: type(strategy).__name__)
def test_every_execution_is_the_paper_accounts(
    strategy: SmaCross | Momentum | MeanReversion, terms: TargetTerms
) -> None:
    candles = btc(150)
    assert assert_same(market_of(candles), strategy.targets(candles), terms) > 0


@pytest.mark.parametrize("terms", TERMS[:4], ids=["market", "fixed", "limit", "short-lived"])
def test_what_the_volume_does_not_give_is_not_executed(terms: TargetTerms) -> None:
    candles = btc(150, 1e-5)
    costs = CostModel(maker_pct=0.02, spread_pct=0.2, largest_share_pct=30.0)
    assert assert_same(market_of(candles, costs), SmaCross(3, 8).targets(candles), terms) > 0


def test_a_round_trip_is_worked_out_by_hand() -> None:
    prices = np.array([100.0, 100.0, 110.0, 110.0])
    opened = np.arange(4) * 3600
    candles = Candles(opened, prices, prices, prices, prices, np.zeros(4), 3600)
    costs = CostModel(0.1, 0.1, 0.0, 0.0)
    run = run_targets(
        TargetMarket(candles, PAIR, costs), np.array([0, 1, 0, 0], dtype=np.int8), TargetTerms(1000.0)
    )
    buy, sale = run.trades
    # 95 % of 1,000 buy 9.5; a tenth of a percent of them is the fee, so that 9.4905 are sold at 110
    assert (buy.quantity, buy.value, buy.fee) == (9.5, 950.0, 0.0095)
    assert (sale.quantity, sale.value, sale.fee) == (9.4905, 1043.955, 1.043955)
    assert sale.realized == pytest.approx(92.911045, abs=1e-9)
    assert sale.gain_pct == pytest.approx(10.0)
    assert run.final_cash == 1092.911045
    assert run.equity.tolist() == pytest.approx([1000.0, 999.05, 1092.911045, 1092.911045], abs=1e-9)
    names = [reason_text(int(row.reason), int(row.stage)) for row in run.trades]
    assert names == ["target_buy", "target_sale"]


@pytest.mark.skipif("PT_CANDLES" not in os.environ, reason="PT_CANDLES names no folder of real candles")
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: type(strategy).__name__)
def test_every_execution_on_real_candles_is_the_paper_accounts(
    strategy: SmaCross | Momentum | MeanReversion,
) -> None:
    file = load_folder(Path(os.environ["PT_CANDLES"]), ("BTC",), "USDT", repair=False)["BTC"]
    candles = file.candles.between(0, 3_000)
    for terms in TERMS:
        assert assert_same(market_of(candles), strategy.targets(candles), terms) > 20


def test_many_targets_give_the_figures_of_each_run(monkeypatch: pytest.MonkeyPatch) -> None:
    candles = btc(200)
    market = market_of(candles)
    many = [SmaCross(fast, 12).targets(candles) for fast in range(2, 9)]
    found = list(run_many_targets(market, many, TargetTerms(), workers=2))
    monkeypatch.setattr(target_runs, "AT_ONCE", 1)
    monkeypatch.setattr(target_runs, "_CANDLES_FOR_A_TRADE", 10**6)
    assert list(run_many_targets(market, iter(many), TargetTerms(), workers=1)) == found
    for targets, figures in zip(many, found, strict=True):
        run = run_targets(market, targets, TargetTerms())
        assert (figures.trades, figures.final_equity) == (len(run), run.equity[-1])


@pytest.mark.parametrize(
    "terms, message",
    [
        (lambda: TargetTerms(start_quote=1e9), "start_quote was"),
        (lambda: TargetTerms(quantity=Decimal(0)), "quantity was 0, must be above 0"),
        (lambda: TargetTerms(share_pct=100.5), "share_pct was 100.5"),
        (lambda: TargetTerms(limit_offset_pct=-1.0), "limit_offset_pct was -1.0"),
        (lambda: TargetTerms(lives_s=0), "lives_s was 0"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms: Callable[[], TargetTerms], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        terms()


def test_targets_of_another_length_and_amounts_beyond_counting_are_errors() -> None:
    candles = btc(20)
    with pytest.raises(ValueError, match="19 targets came for 20 candles"):
        run_targets(market_of(candles), np.zeros(19, dtype=np.int8), TargetTerms())
    low = np.full(20, 1e-6)
    cheap = replace(candles, open=low, high=low, low=low, close=low, volume=np.zeros(20))
    with pytest.raises(BadData, match="BTC: an amount is above"):
        run_targets(market_of(cheap), np.ones(20, dtype=np.int8), TargetTerms())
