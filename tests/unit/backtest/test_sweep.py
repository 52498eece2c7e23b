"""A sweep keeps every run, goes on where it stopped, and gives the same whoever calculates."""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from powertrader.analytics.performance import EquityCurve, growth_of
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import run_classic
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.backtest.sweep import SweepParts, run_sweep
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import CLASSIC_USE, ClassicMarket
from powertrader.backtest.sweep_crew import Processes, Threads
from powertrader.backtest.sweep_files import RUNS_FILE, append_rows, read_rows
from powertrader.backtest.sweep_groups import Group
from powertrader.backtest.sweep_market import (
    SweepMarket,
    Tried,
    mapped_market,
    save_market,
    try_points,
)
from powertrader.backtest.sweep_ranking import Row, document_of
from powertrader.backtest.sweep_space import Point
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.storage import FileStore
from tests.unit.backtest.sweep_scene import COIN, PARAMS, base_config, parts_of, wild_groups, wild_market


def _always(_: int) -> bool:
    return True


def _rows(folder: Path) -> list[Row]:
    return list(read_rows(folder))


@pytest.mark.kernel
def test_a_run_has_the_figures_of_a_backtest_of_each_stretch() -> None:
    market, base = wild_market(), base_config()
    point: Point = {"entry.trade_start_level": 2, "trailing.gap_pct": 1.0}
    tried = try_points(market, base, [point])[0]
    config = config_with(base, point)
    for figures, (arrays, table) in zip(tried, market.stretches(), strict=True):
        assert figures is not None
        signals = SignalArrays.blank(arrays.close_s)
        signals.long[:], signals.short[:] = table.long[:, 0], table.short[:, 0]
        run = run_classic(arrays, {COIN: signals}, ClassicSettings(config.rules), config.costs.model)
        growth = growth_of(EquityCurve("1h", 10_000.0, run.close_s, run.equity))
        assert len(run) == figures.trades > 2
        assert figures.final_equity == growth.final_equity
        for name in ("return_pct", "cagr_pct", "sharpe", "sortino", "calmar", "max_drawdown_pct"):
            assert figures.value(name) == pytest.approx(getattr(growth, name), rel=1e-9), name


def test_every_run_is_kept_and_the_best_has_the_highest_objective(tmp_path: Path) -> None:
    parts = parts_of(tmp_path)
    assert run_sweep(parts, FileStore(), _always)
    rows = _rows(tmp_path)
    assert [row.point for row in rows] == [space_of(PARAMS).point(number) for number in range(9)]
    best = max(rows, key=lambda row: row.tried.within.return_pct)
    assert parts.ranking.best[0] == best
    assert len({row.tried.within.return_pct for row in rows}) > 3
    verdict = parts.ranking.verdict()
    assert verdict is not None
    assert verdict.tries == 9
    assert verdict.luck_probability is not None
    assert 0 < verdict.luck_probability < 1


@pytest.mark.parametrize("method", ["grid", "tpe"])
def test_a_sweep_that_was_stopped_goes_on_and_finds_the_same(tmp_path: Path, method: str) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run_sweep(parts_of(whole, method=method), FileStore(), _always)
    calls = count()
    stopped = parts_of(broken, method=method, crew=_OneByOne())
    assert not run_sweep(stopped, FileStore(), lambda _: next(calls) < 4)
    lines = (broken / RUNS_FILE).read_bytes()
    assert len(_rows(broken)) == 5
    (broken / RUNS_FILE).write_bytes(lines[:-20])
    assert len(_rows(broken)) == 4
    resumed = parts_of(broken, method=method)
    assert run_sweep(resumed, FileStore(), _always)
    assert (broken / RUNS_FILE).read_bytes() == (whole / RUNS_FILE).read_bytes()


class _OneByOne(Threads):
    """Hands back one result at a time, so that a sweep can be stopped after any."""

    def __init__(self) -> None:
        base = base_config()
        super().__init__(base, wild_groups(base), 1)

    def run(self, group: Group, points: Sequence[Point]) -> Iterator[list[Tried]]:
        for point in points:
            yield from super().run(group, [point])


def test_other_runs_in_the_folder_are_refused(tmp_path: Path) -> None:
    assert run_sweep(parts_of(tmp_path), FileStore(), _always)
    with pytest.raises(BadData, match=r"run 0 is of .*not of"):
        run_sweep(parts_of(tmp_path, params=("trade_start_level=5..7",)), FileStore(), _always)
    lines = (tmp_path / RUNS_FILE).read_text().splitlines(keepends=True)
    (tmp_path / RUNS_FILE).write_text("".join([lines[0], "{\n", *lines[2:]]))
    with pytest.raises(BadData, match="line 2 is damaged"):
        _rows(tmp_path)


@pytest.mark.kernel
def test_shared_memory_holds_the_same_market(tmp_path: Path) -> None:
    market, base = wild_market(), base_config()
    save_market(market, tmp_path)
    points = [space_of(PARAMS).point(number) for number in range(3)]
    assert try_points(mapped_market(tmp_path), base, points) == try_points(market, base, points, threads=2)


def test_processes_find_what_one_thread_finds_and_clean_up(tmp_path: Path) -> None:
    base = base_config()
    groups = wild_groups(base)
    points = [space_of(PARAMS).point(number) for number in range(9)]
    alone = [tried for found in Threads(base, groups, 1).run("{}", points) for tried in found]
    crew = Processes(base, groups, 2, tmp_path / "shared")
    assert [tried for found in crew.run("{}", points) for tried in found] == alone
    crew.close()
    assert not (tmp_path / "shared").exists()


def test_a_setting_that_is_proposed_again_is_ranked_once(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, params=("trade_start_level=2..4", "trailing_gap_pct=0.25,1,2"), method="tpe")
    assert run_sweep(parts, FileStore(), _always)
    points = [tuple(row.point.values()) for row in _rows(tmp_path)]
    assert len(set(points)) < len(points) == 9
    ranked = [tuple(row.point.values()) for row in parts.ranking.best]
    assert len(set(ranked)) == len(ranked) == len(set(points))


def test_a_run_without_trades_has_no_score(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, params=("trade_start_level=7",))
    assert run_sweep(parts, FileStore(), _always)
    assert (parts.ranking.best, parts.ranking.without_trades) == ([], 1)
    assert document_of(parts.ranking)["luck"] is None


def test_settings_that_change_signals_get_a_market_of_their_own(tmp_path: Path) -> None:
    asked: list[object] = []
    base = base_config()

    def make(config: object) -> SweepMarket:
        asked.append(config)
        return wild_market(out_of_sample=0.0)

    parts = parts_of(tmp_path, params=("costs.spread_pct=0.02,1", "trade_start_level=2..4"))
    groups = type(parts.groups)(base, CLASSIC_USE, make)
    own = SweepParts(parts.search, Threads(base, groups, 1), groups, parts.ranking, tmp_path)
    assert run_sweep(own, FileStore(), _always)
    assert [config.costs.spread_pct for config in asked] == [0.02, 1.0]  # type: ignore[attr-defined]  # settings
    cheap, dear = (sum(row.tried.within.return_pct for row in _rows(tmp_path)[part]) for part in _HALVES)
    assert cheap > dear
    assert all(row.tried.beyond is None for row in _rows(tmp_path))


_HALVES = (slice(3), slice(3, 6))


def test_a_stretch_that_is_too_short_is_refused() -> None:
    whole = wild_market(steps=4, out_of_sample=0.0)
    with pytest.raises(ConfigError, match="leaves 3 of 4 steps to choose by and 1"):
        ClassicMarket.of(whole.market, whole.table, 0.4)


def test_a_run_is_one_line_of_json(tmp_path: Path) -> None:
    tried = try_points(wild_market(), base_config(), [{"trailing.gap_pct": 1.0}])[0]
    row = Row(0, {"trailing.gap_pct": 1.0}, tried)
    append_rows([row], tmp_path, FileStore())
    content = json.loads((tmp_path / RUNS_FILE).read_text())
    assert content["settings"] == {"trailing.gap_pct": 1.0}
    assert content["in_sample"]["trades"] == tried.within.trades
    assert _rows(tmp_path) == [row]
