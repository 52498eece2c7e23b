"""The settings a sweep tries are read, checked and counted before anything runs."""

import re
import sys
from importlib.util import find_spec

import pytest

from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import CLASSIC_USE
from powertrader.backtest.sweep_groups import check_space
from powertrader.backtest.sweep_search import GridSearch, RandomSearch, search_of
from powertrader.core.exceptions import ConfigError
from tests.unit.backtest.sweep_scene import base_config


@pytest.mark.parametrize(
    "text,values",
    [
        ("trade_start_level=2..5", (2, 3, 4, 5)),
        ("entry.trade_start_level=3", (3,)),
        ("trailing_gap_pct=0.25, 0.5,1.0,0.5", (0.25, 0.5, 1.0)),
        ("trailing_gap_pct=0.1..0.4/0.1", (0.1, 0.2, 0.3, 0.4)),
        ("trailing_gap_pct=0.1..0.35/0.1,2", (0.1, 0.2, 0.3, 2.0)),
        ("dca.levels=-2,-4|-3,-6,-9", ([-2.0, -4.0], [-3.0, -6.0, -9.0])),
        ("coins=BTC,ETH|BTC", (["BTC", "ETH"], ["BTC"])),
        ("candles.repair=true,false", (True, False)),
    ],
)
def test_values_are_read_as_the_setting_has_them(text: str, values: tuple[object, ...]) -> None:
    assert space_of([text]).axes[0].values == values


def test_the_last_axis_changes_fastest_and_new_signals_least_often() -> None:
    space = space_of(["trailing_gap_pct=1,2", "training=original,recent"], CLASSIC_USE.changes_market)
    assert [axis.name for axis in space.axes] == ["trading.training", "trailing.gap_pct"]
    assert [tuple(space.point(number).values()) for number in range(space.size)] == [
        ("original", 1.0),
        ("original", 2.0),
        ("recent", 1.0),
        ("recent", 2.0),
    ]


@pytest.mark.parametrize(
    "text,said",
    [
        ("trailing_gap=1", "did you mean trailing_gap_pct?"),
        ("trade_start_level=0..3", "entry.trade_start_level was '0', must be a whole number from 1 to 7"),
        ("trailing_gap_pct=wide", "trailing.gap_pct was 'wide', must be"),
        ("trade_start_level=", "has no value"),
        ("trade_start_level=5..2", "is empty"),
        ("trailing_gap_pct=0..1/0", "is empty"),
        ("trailing_gap_pct=1..nan", "is no range of usual numbers"),
        ("trailing_gap_pct=1..inf/nan", "is no range of usual numbers"),
        ("trailing_gap_pct=-inf..1/2", "at most"),
        ("trailing_gap_pct=0.5..2", "needs a step"),
        ("trailing_gap_pct=1..x", "is no range"),
        ("trailing_gap_pct=1..1e999999/1e-999999", "must be|values|no range"),
        ("replay.start_quote=1..1000000000", "has 1,000,000,000 values"),
        ("trade_start_level", "cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said if "|" in said else re.escape(said)):
        space_of([text])


def test_nothing_to_try_and_a_setting_twice_are_refused() -> None:
    with pytest.raises(ConfigError, match="nothing to try"):
        space_of([])
    with pytest.raises(ConfigError, match=r"entry\.trade_start_level comes twice"):
        space_of(["trade_start_level=2", "entry.trade_start_level=3"])


@pytest.mark.parametrize(
    "text,said",
    [
        ("hub.theme=light", "changes nothing of a sweep"),
        ("replay.seed=1..3", "changes nothing of a sweep"),
        ("replay.start_allocation_pct=1,2", "did you mean entry.start_allocation_pct?"),
        ("compat=safe,original", "compiled strategy knows only safe"),
        ("quote_asset=USDT,AAA", "trading.quote_asset AAA is not possible"),
    ],
)
def test_what_makes_no_difference_or_is_not_possible_is_refused_before_the_run(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        check_space(space_of([text]), base_config(), CLASSIC_USE)


THOUSAND = ("replay.start_quote=1..1000", "trailing_gap_pct=0.01..10/0.01", "dca.multiplier=0.01..10/0.01")


def test_a_grid_of_a_milliard_points_is_refused_with_its_count() -> None:
    space = space_of(THOUSAND)
    with pytest.raises(ConfigError, match=r"1,000,000,000 points \(1,000 x 1,000 x 1,000\)"):
        GridSearch(space)


def test_some_points_of_a_milliard_are_drawn_once_each_and_the_same_for_a_seed() -> None:
    def drawn(seed: int) -> list[object]:
        generations = RandomSearch(space_of(THOUSAND), 700, seed).generations()
        return [tuple(point.values()) for points in generations for point in points]

    assert len(set(drawn(3))) == 700
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_more_trials_than_points_try_each_point_once() -> None:
    search = RandomSearch(space_of(["trade_start_level=1..7"]), 100, 1)
    assert search.total == 7
    points = [point for points in search.generations() for point in points]
    assert {point["entry.trade_start_level"] for point in points} == set(range(1, 8))
    assert len(points) == 7


def test_unknown_methods_and_trials_that_do_not_fit_are_refused() -> None:
    space = space_of(["trade_start_level=2,3"])
    with pytest.raises(ConfigError, match="must be one of grid, random, tpe"):
        search_of(space, "guess", None, 1)
    with pytest.raises(ConfigError, match="does not go with --method grid"):
        search_of(space, "grid", 10, 1)
    with pytest.raises(ConfigError, match="--trials was 0"):
        search_of(space, "random", 0, 1)


def test_an_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match="extra optuna"):
        search_of(space_of(["trade_start_level=2,3"]), "tpe", 5, 1)


@pytest.mark.skipif(find_spec("torch") is not None, reason="the package is here")
def test_a_package_that_a_sampler_asks_for_late_is_named_before_the_run() -> None:
    with pytest.raises(ConfigError, match=r"--method gp needs more than Optuna: .*torch"):
        search_of(space_of(["trade_start_level=2,3"]), "gp", 5, 1)
