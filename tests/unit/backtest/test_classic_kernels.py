"""The compiled classic strategy does what the event engine does, to the last unit."""

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from powertrader.backtest import kernels, watch_kernels
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import run_classic, run_many
from powertrader.backtest.market_arrays import market_of, signal_table
from powertrader.core.exceptions import BadData
from powertrader.market.candle_files import load_folder
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.moment import utc_of
from powertrader.models.rules import TradingRules
from powertrader.models.types import Compat
from tests.unit.backtest.event_run import QUOTE, Scene, signals_of
from tests.unit.backtest.kernel_scene import START, Rough, assert_same, compiled_run, fills_of, scene

pytestmark = [pytest.mark.kernel, pytest.mark.money]

COINS: Final = ("BTC", "DOGE", "ABC")
LIVELY: Final = TradingRules(
    COINS,
    start_allocation_pct=5.0,
    dca_levels=(-1.0, -2.0, -4.0),
    dca_multiplier=1.0,
    pm_start_pct_no_dca=1.0,
    pm_start_pct_with_dca=0.5,
    trailing_gap_pct=0.2,
)
"""Rules that trade often within a few days."""


@pytest.mark.parametrize(
    "rules",
    [
        LIVELY,
        replace(LIVELY, coins=("ABC", "BTC", "DOGE"), start_allocation_pct=40.0, dca_multiplier=0.5),
        replace(LIVELY, max_dca_buys_per_24h=0, trade_start_level=5),
        replace(LIVELY, max_dca_buys_per_24h=50, dca_levels=(-0.1,), dca_multiplier=0.05),
        replace(LIVELY, start_allocation_pct=0.005, trailing_gap_pct=0.0, pm_start_pct_no_dca=0.0),
        replace(LIVELY, no_entry={"DOGE": "left out"}, start_allocation_pct=100.0),
    ],
    ids=["lively", "short-of-cash", "no-dca", "many-dca", "too-small-orders", "all-in"],
)
def test_every_trade_is_the_event_engines(rules: TradingRules) -> None:
    assert_same(scene(COINS, 150, 1), ClassicSettings(rules), CostModel())


def test_the_lively_rules_see_every_reason() -> None:
    run = compiled_run(scene(COINS, 300, 1), ClassicSettings(LIVELY), CostModel())
    assert set(run.trades.reason) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "rough",
    [
        Rough(missing=0.2),
        Rough(volume_factor=1e-4),
        Rough(volume_factor=1e-7),
        Rough(volume_factor=1e-6, interval_s=60),
        Rough(volume_factor=0.0),
    ],
    ids=["gaps", "thin", "hardly-any-volume", "refusals-every-minute", "volume-unknown"],
)
def test_gaps_partial_fills_and_refusals_are_the_event_engines(rough: Rough) -> None:
    costs = CostModel(taker_pct=0.075, spread_pct=0.3, slippage_pct=0.07, largest_share_pct=10.0)
    rules = replace(LIVELY, start_allocation_pct=30.0)
    assert assert_same(scene(COINS, 150, 2, rough), ClassicSettings(rules, 987.65), costs) > 0


def test_rules_of_a_pair_with_large_steps_are_kept() -> None:
    steps = {
        "BTC": Instrument("BTCUSDT", "BTC", Decimal("0.001"), Decimal("0.0025"), min_notional=Decimal(10)),
        "DOGE": Instrument("DOGEUSDT", "DOGE", Decimal(10), Decimal(10)),
    }
    given = replace(scene(("BTC", "DOGE"), 150, 3), instruments=steps)
    rules = replace(LIVELY, coins=("DOGE", "BTC"), start_allocation_pct=3.0)
    assert assert_same(given, ClassicSettings(rules), CostModel(slippage_pct=0.0, taker_pct=0.0)) > 0


def test_candles_of_two_lengths_share_one_account() -> None:
    quick, slow = scene(("BTC",), 120, 4), scene(("ETH",), 60, 5, Rough(interval_s=7200))
    given = Scene({**quick.candles, **slow.candles}, {**quick.signals, **slow.signals}, quick.span)
    assert assert_same(given, ClassicSettings(replace(LIVELY, coins=("BTC", "ETH"))), CostModel()) > 0


@pytest.mark.skipif("PT_CANDLES" not in os.environ, reason="PT_CANDLES names no folder of real candles")
def test_every_trade_on_real_candles_is_the_event_engines() -> None:
    coins = ("BTC", "ETH", "BNB", "DOGE")
    files = load_folder(Path(os.environ["PT_CANDLES"]), coins, QUOTE, repair=False)
    candles = {coin: file.candles for coin, file in files.items()}
    start = utc_of(int(candles["DOGE"].open_time_s[0]))
    rng = np.random.default_rng(5)
    signals = {
        coin: signals_of(
            columns.open_time_s + columns.interval_s,
            rng.integers(0, 8, len(columns)),
            rng.choice([0, 0, 0, 1], len(columns)),
        )
        for coin, columns in candles.items()
    }
    rules = replace(LIVELY, coins=coins)
    for year in range(3):
        begin = start + timedelta(days=365 * year)
        given = Scene(candles, signals, ReplaySpan(begin, begin + timedelta(days=60)))
        assert assert_same(given, ClassicSettings(rules), CostModel()) > 100


def test_many_settings_give_the_figures_of_each_run_whatever_the_number_of_workers() -> None:
    given = scene(COINS, 120, 6)
    market = market_of(given.candles, given.span, QUOTE)
    settings = [ClassicSettings(replace(LIVELY, trade_start_level=level), 5_000.0) for level in range(1, 8)]
    figures = list(run_many(market, given.signals, settings, CostModel(), workers=2))
    table = signal_table(market, given.signals)
    assert figures == list(run_many(market, table, settings, CostModel(), workers=1))
    for setting, found in zip(settings, figures, strict=True):
        run = run_classic(market, given.signals, setting, CostModel())
        before = np.concatenate([[5_000.0], run.equity[:-1]])
        returns = run.equity / before - 1
        sales = run.trades[run.trades.side == 1]
        buys = run.trades[run.trades.side == 0]
        highest = np.maximum.accumulate(np.concatenate([[5_000.0], run.equity]))[1:]
        assert (found.start_equity, found.final_equity) == (5_000.0, run.equity[-1])
        assert (found.trades, found.sells, found.wins) == (len(run), len(sales), (sales.realized > 0).sum())
        assert found.max_drawdown_pct == pytest.approx(((highest - run.equity) / highest).max() * 100)
        assert found.mean == pytest.approx(returns.mean())
        assert found.variance == pytest.approx(returns.var())
        assert found.third_moment == pytest.approx(((returns - returns.mean()) ** 3).mean())
        assert found.fourth_moment == pytest.approx(((returns - returns.mean()) ** 4).mean())
        assert found.downside_variance == pytest.approx((np.minimum(returns, 0) ** 2).mean())
        assert found.fees == pytest.approx(sales.fee.sum() + (buys.fee * buys.price).sum())
        assert found.gross_profit - found.gross_loss == pytest.approx(sales.realized.sum())


def test_a_run_with_more_trades_than_there_was_room_for_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given, settings = scene(("BTC",), 200, 1), ClassicSettings(replace(LIVELY, coins=("BTC",)))
    whole = compiled_run(given, settings, CostModel())
    monkeypatch.setattr(kernels, "FIRST_ROOM", 1)
    again = compiled_run(given, settings, CostModel())
    assert len(again) > 4
    np.testing.assert_array_equal(again.equity, whole.equity)


def test_it_makes_no_difference_how_many_prices_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given, settings = scene(COINS, 150, 2, Rough(volume_factor=1e-4)), ClassicSettings(LIVELY)
    whole = compiled_run(given, settings, CostModel())
    for cells in (1, 3 * 7):
        monkeypatch.setattr(watch_kernels, "CELLS", cells)
        again = compiled_run(given, settings, CostModel())
        assert fills_of(again) == fills_of(whole)
        np.testing.assert_array_equal(again.equity, whole.equity)
    assert len(whole) > 10


def test_what_is_too_large_to_count_is_an_error_that_names_the_coin() -> None:
    given = scene(("ABC",), 100, 1)
    cheap = given.candles["ABC"]
    worthless = replace(
        cheap,
        open=cheap.open * 1e-9,
        high=cheap.high * 1e-9,
        low=cheap.low * 1e-9,
        close=cheap.close * 1e-9,
        volume=cheap.volume * 0,
    )
    settings = ClassicSettings(replace(LIVELY, coins=("ABC",), start_allocation_pct=50.0))
    with pytest.raises(BadData, match="ABC: an amount is above the 45,035,996"):
        compiled_run(replace(given, candles={"ABC": worthless}), settings, CostModel())


@pytest.mark.parametrize(
    "compat, start_quote, message",
    [
        ("original", 100.0, "compat was original"),
        ("safe", 0.123456789, "at most 8 decimals"),
        ("safe", 1e9, "must be from 0 to 45,035,996"),
        ("safe", -1.0, "must be from 0"),
    ],
)
def test_settings_that_are_not_compiled_are_refused(compat: Compat, start_quote: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClassicSettings(replace(LIVELY, compat=compat), start_quote)


def test_a_coin_without_candles_and_a_pair_with_a_maximum_are_refused() -> None:
    given = scene(("BTC",), 60, 1)
    with pytest.raises(ValueError, match="DOGE, ABC has no candles"):
        compiled_run(given, ClassicSettings(LIVELY), CostModel())
    only = ClassicSettings(replace(LIVELY, coins=("BTC",)))
    limited = {"BTC": Instrument("BTCUSDT", "BTC", max_quantity=Decimal(1))}
    with pytest.raises(ValueError, match="BTCUSDT has a max_quantity"):
        compiled_run(replace(given, instruments=limited), only, CostModel())
    halted = {"BTC": Instrument("BTCUSDT", "BTC", tradable=False)}
    with pytest.raises(ValueError, match="BTCUSDT is not traded"):
        compiled_run(replace(given, instruments=halted), only, CostModel())


def test_a_span_without_candles_is_an_error() -> None:
    given = scene(("BTC",), 60, 1)
    with pytest.raises(BadData, match="no candle closes after 2023-01-01"):
        market_of(given.candles, ReplaySpan(START + timedelta(days=365), START + timedelta(days=366)), QUOTE)
