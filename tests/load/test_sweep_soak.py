"""1,000 coins and 100 settings on a cluster of two workers and on two processes, one of which is killed.

Left to scripts/soak.py --sweep, which sets PT_SOAK_SWEEP=1; the suite loses a worker of a small sweep in
tests/unit/backtest. With -s the figures are printed.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import CLASSIC_USE
from powertrader.backtest.sweep_crew import Crew, Processes, Threads
from powertrader.backtest.sweep_dask import Cluster
from powertrader.backtest.sweep_groups import Groups
from powertrader.backtest.sweep_market import Tried
from tests.unit.backtest.sweep_scene import base_config, wild_market

pytestmark = [
    pytest.mark.load,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not os.environ.get("PT_SOAK_SWEEP"), reason="scripts/soak.py --sweep"),
]
COINS = tuple(f"C{number:03d}" for number in range(1000))
STEPS = 5000
SPACE = space_of(["trade_start_level=2..5", "trailing_gap_pct=0.2..5/0.2"])
POINTS = [SPACE.point(number) for number in range(100)]
GROUP = "{}"
BASE = base_config(f"coins={','.join(COINS)}", "start_allocation_pct=0.05", "replay.start_quote=1000000")


@pytest.fixture(scope="module")
def groups() -> Groups:
    market = wild_market(STEPS, 0.3, COINS)
    return Groups(BASE, CLASSIC_USE, lambda _: market)


@pytest.fixture(scope="module")
def alone(groups: Groups) -> list[Tried]:
    started = time.perf_counter()
    found = _all(Threads(BASE, groups, 2).run(GROUP, POINTS))
    print(f"\ntwo threads: {time.perf_counter() - started:.1f} s")  # noqa: T201  the figures of a soak
    return found


def test_a_killed_worker_of_a_cluster_loses_nothing(
    groups: Groups, alone: list[Tried], expected_errors: list[str]
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as cluster:
        address = str(cluster.scheduler_address).replace("tcp://", "dask://")
        _survives(Cluster(address, BASE, groups), alone, "cluster")
    # dask tells of results that the killed worker had not handed over yet
    assert all(text.startswith("distributed.") for text in expected_errors)


def test_a_killed_process_loses_nothing(groups: Groups, alone: list[Tried], tmp_path: Path) -> None:
    _survives(Processes(BASE, groups, 2, tmp_path / "shared"), alone, "processes")


def _survives(crew: Crew, alone: list[Tried], name: str) -> None:
    started = time.perf_counter()
    results = crew.run(GROUP, POINTS)
    found = next(results)
    victim = _busiest()
    victim.kill()
    found += _all(results)
    print(f"\n{name}, one of two killed: {time.perf_counter() - started:.1f} s")  # noqa: T201  as above
    crew.close()
    assert not victim.is_running()
    assert found == alone
    assert len({tried.within.return_pct for tried in found}) > 50


def _busiest() -> Any:
    """Give the descendant that has calculated longest."""
    return max(psutil.Process().children(recursive=True), key=lambda one: sum(one.cpu_times()[:2]))


def _all(results: Iterator[list[Tried]]) -> list[Tried]:
    return [tried for found in results for tried in found]
