"""A sweep over an example strategy: each run is that of a backtest, and what cannot be is refused before."""

import re
from itertools import islice
from pathlib import Path

import pytest

from powertrader.analytics.performance import growth_of
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.example_outcome import example_outcome
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_example import EXAMPLE_USE, ExampleMarket, ExampleSubject, check_params
from powertrader.backtest.sweep_groups import check_space
from powertrader.backtest.sweep_market import mapped_market, save_market, try_points
from powertrader.backtest.sweep_space import Point
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with as replaced
from powertrader.core.exceptions import ConfigError
from powertrader.strategy.registry import example_of
from tests.unit.backtest.walk_scene import SPAN, config_with, damaged_market

POINT: Point = {
    "costs.taker_pct": 0.2,
    "strategy.fast": 3,
    "strategy.slow": 12,
    "strategy.order.limit_offset_pct": 0.1,
}
GIVEN = ("fast=3", "slow=12", "order.limit_offset_pct=0.1")
MONEY = "replay.start_quote=1000.01"


def market(coins: int = 2) -> tuple[ExampleMarket, TradingConfig]:
    candles = dict(islice(damaged_market().items(), coins))
    config = config_with(MONEY, f"trading.coins={','.join(candles)}")
    return ExampleSubject("sma_cross", 0.25).market(config, candles, SPAN), config


@pytest.mark.kernel
@pytest.mark.parametrize("coins", [1, 2])
def test_a_run_has_the_figures_of_a_backtest_of_each_stretch(coins: int) -> None:
    whole, base = market(coins)
    candles = whole.past.candles
    tried = try_points(whole, base, [POINT])[0]
    strategy = example_of("sma_cross", GIVEN)
    assert strategy is not None
    spans = (ReplaySpan(SPAN.start, whole.steps.split_at), ReplaySpan(whole.steps.split_at, SPAN.stop))
    for figures, span in zip(tried, spans, strict=True):
        assert figures is not None
        outcome = example_outcome(replaced(base, {"costs.taker_pct": 0.2}), candles, span, strategy, "1h")
        growth = growth_of(outcome.curve)
        assert len(outcome.trades.coin) == figures.trades > 2
        assert outcome.trades.is_maker.all()
        assert figures.final_equity == growth.final_equity
        assert figures.fees == pytest.approx(outcome.trades.fee.sum(), rel=1e-12)
        for name in ("return_pct", "cagr_pct", "sharpe", "sortino", "calmar", "max_drawdown_pct"):
            assert figures.value(name) == pytest.approx(getattr(growth, name), rel=1e-9), name


@pytest.mark.kernel
@pytest.mark.parametrize("coins", [1, 2])
def test_together_alone_from_shared_memory_and_on_more_threads_the_same_is_found(
    tmp_path: Path, coins: int
) -> None:
    whole, base = market(coins)
    save_market(whole, tmp_path)
    points: list[Point] = [{**POINT, "strategy.slow": slow} for slow in range(4, 21)]
    points[5:5] = [{**point, "costs.maker_pct": 0.2} for point in points[:2]]
    found = try_points(whole, base, points)
    assert [try_points(whole, base, [point])[0] for point in points] == found
    assert try_points(mapped_market(tmp_path), base, points, threads=2) == found
    assert len({tried.within.return_pct for tried in found}) > 12


def test_parameters_that_do_not_fit_one_another_trade_nothing() -> None:
    whole, base = market()
    tried = try_points(whole, base, [{"strategy.fast": 20, "strategy.slow": 10}])[0]
    assert tried.beyond is not None
    assert (tried.within.trades, tried.beyond.trades) == (0, 0)
    assert tried.within.final_equity == 1000.01
    assert tried.within.score("sharpe") is None


@pytest.mark.parametrize(
    "own,said",
    [
        (("fst=2",), "there is no parameter 'fst', sma_cross has fast, slow"),
        (("fast=2..4/0.5",), "fast was '2.0', must be a whole number"),
        (("fast=0..3",), "--strategy-param fast 0 is not possible: fast was 0 and slow 50"),
        (
            ("fast=5,60", "slow=20..50/10"),
            "--strategy-param fast 60 is not possible: fast was 60 and slow 20",
        ),
        (("order.share_pct=50,101",), "order.share_pct 101.0 is not possible: order.share_pct was 101"),
        (("order.lives_hours=none,2",), "order.lives_hours 2.0 is not possible"),
        (("fast=",), "--strategy-param fast has no value, must be a whole number"),
        (("fast=9..1",), "--strategy-param fast: '9..1' is empty"),
        (("fast=1", "fast=2"), "strategy.fast comes twice"),
    ],
)
def test_a_parameter_that_cannot_be_is_named_before_the_run(own: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        check_params(space_of((), EXAMPLE_USE.changes_market, "sma_cross", own), "sma_cross")


def test_what_fits_some_of_the_others_is_tried() -> None:
    own = ("fast=5..60/5", "slow=20..100/10", "order.limit_offset_pct=none,0.1", "order.lives_hours=none,2")
    space = space_of(("costs.taker_pct=0.1,0.2",), EXAMPLE_USE.changes_market, "sma_cross", own)
    check_params(space, "sma_cross")
    check_space(space, config_with(), EXAMPLE_USE)
    assert space.size == 2 * 12 * 9 * 2 * 2


@pytest.mark.parametrize(
    "text,said",
    [
        ("dca.multiplier=1,2", "changes nothing of a sweep"),
        ("trading.training=original,recent", "changes nothing of a sweep"),
        ("replay.retrain_days=1,2", "changes nothing of a sweep"),
        ("replay.start_quote=1e9", "start_quote was 500000000"),
    ],
)
def test_a_setting_that_an_example_does_not_look_at_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_space(space_of((text,)), config_with(), EXAMPLE_USE)
