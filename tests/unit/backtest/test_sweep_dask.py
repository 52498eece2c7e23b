"""A sweep on a cluster of this computer, and clear words when the cluster is not as it must be."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from powertrader.backtest import sweep_dask
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_crew import Threads, WorkersLost
from powertrader.backtest.sweep_dask import Cluster, check_versions
from powertrader.backtest.sweep_engine import check_engine, cluster_of
from powertrader.backtest.sweep_example import EXAMPLE_USE, ExampleSubject
from powertrader.backtest.sweep_groups import Groups
from powertrader.backtest.sweep_space import Point
from powertrader.core.exceptions import ConfigError
from tests.unit.backtest.sweep_scene import base_config, wild_groups
from tests.unit.backtest.walk_scene import SPAN, config_with, whole_market

POINTS = [space_of(["trade_start_level=2..4", "trailing_gap_pct=0.1..5/0.1"]).point(n) for n in range(150)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
    ) as cluster:
        yield cluster
        # its threads tell for seconds after what they have lost: that is no matter of the tests to come
        logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)


def _address(cluster: Any) -> str:
    return str(cluster.scheduler_address).replace("tcp://", "dask://")


def test_a_cluster_tries_an_example_strategy_as_one_thread_does(cluster: Any) -> None:
    base = config_with("replay.start_quote=1000")
    market = ExampleSubject("momentum", 0.2).market(base, whole_market(), SPAN)
    groups = Groups(base, EXAMPLE_USE, lambda _: market)
    points: list[Point] = [{"strategy.lookback": hours} for hours in range(1, 40)]
    crew = Cluster(_address(cluster), base, groups)
    found = [tried for some in crew.run("{}", points) for tried in some]
    crew.close()
    assert found == market.tried(base, points, 1)
    assert len({tried.within.return_pct for tried in found}) > 30


@pytest.mark.load
def test_a_cluster_that_loses_a_worker_midway_finds_what_one_thread_finds(
    cluster: Any, expected_errors: list[str]
) -> None:
    base = base_config()
    groups = wild_groups(base)
    alone = [tried for found in Threads(base, groups, 1).run("{}", POINTS) for tried in found]
    crew = Cluster(_address(cluster), base, groups)
    results = crew.run("{}", POINTS)
    found = next(results)
    cluster.sync(cluster.workers[0].close, reason="a test")
    found += [tried for more in results for tried in more]
    assert found == alone
    crew.close()
    # dask may tell of results that the lost worker had not handed over yet
    assert all(text.startswith("distributed.") for text in expected_errors)


def test_a_cluster_that_loses_every_worker_ends_the_sweep(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_dask, "STALL_S", 0.1)
    base = base_config()
    crew = Cluster(_address(cluster), base, wild_groups(base))
    results = crew.run("{}", POINTS)
    next(results)
    for worker in cluster.workers.values():
        cluster.sync(worker.close, reason="a test")
    with pytest.raises(WorkersLost, match=r"has had no worker for 0\.1 s"):
        list(results)
    crew.close()


def test_a_cluster_without_workers_is_refused(cluster: Any) -> None:
    for worker in cluster.workers.values():
        cluster.sync(worker.close, reason="a test")
    base = base_config()
    with pytest.raises(ConfigError, match="has no workers"):
        Cluster(_address(cluster), base, wild_groups(base))


def test_a_scheduler_that_dies_midway_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(sweep_dask, "CONNECT_S", 0.5)
    base = base_config()
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp"
    )
    crew = Cluster(_address(cluster), base, wild_groups(base))
    results = crew.run("{}", POINTS)
    next(results)
    cluster.sync(cluster.scheduler.close)
    with pytest.raises(WorkersLost, match="does not answer any more"):
        list(results)
    crew.close()
    # it says goodbye to its scheduler, which is gone, for half a minute
    cluster.scheduler_comm.timeout = 0.1
    cluster.close()


def test_a_cluster_that_is_not_there_is_refused_at_once() -> None:
    base = base_config()
    with pytest.raises(ConfigError, match="no dask scheduler answers there"):
        cluster_of("dask://127.0.0.1:1", base, wild_groups(base))


@pytest.mark.parametrize(
    "engine", ["dask", "dask://host", "dask://:8786", "dask://host:port", "ray://a:1", ""]
)
def test_an_engine_that_is_none_is_refused(engine: str) -> None:
    with pytest.raises(ConfigError, match="must be local or an address"):
        check_engine(engine)


def test_a_worker_with_another_program_is_named() -> None:
    check_versions("dask://a:1", "1+x", {"tcp://b:2": "1+x"})
    with pytest.raises(ConfigError, match=r"tcp://c:3 has 1\+y, here is 1\+x"):
        check_versions("dask://a:1", "1+x", {"tcp://b:2": "1+x", "tcp://c:3": "1+y"})


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    base = base_config()
    with pytest.raises(ConfigError, match="extra dask"):
        cluster_of("dask://127.0.0.1:1", base, wild_groups(base))
