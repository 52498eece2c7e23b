"""Where a sweep runs, by the name that a user gives it."""

import os
from pathlib import Path
from typing import Final

from powertrader.backtest.sweep_crew import Crew, Processes, Threads
from powertrader.backtest.sweep_files import SHARED_FOLDER
from powertrader.backtest.sweep_groups import Groups
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError

LOCAL: Final = "local"
DASK: Final = "dask://"
WORTH_PROCESSES: Final = 300_000_000
"""Coin-steps of all settings together; with fewer, threads are done before processes have started."""


def check_engine(engine: str) -> None:
    """Raise ConfigError when a name is neither local nor the address of a cluster."""
    if engine == LOCAL:
        return
    host, sign, port = engine.removeprefix(DASK).rpartition(":")
    if not (engine.startswith(DASK) and sign and host and port.isdecimal()):
        msg = f"--engine was {engine[:80]!r}, must be local or an address such as dask://host:8786"
        raise ConfigError(msg)


def cluster_of(engine: str, base: TradingConfig, groups: Groups) -> Crew | None:
    """Connect to the cluster that an engine names, None for local. Raises ConfigError at once."""
    if engine == LOCAL:
        return None
    from powertrader.backtest.sweep_dask import Cluster  # noqa: PLC0415  an extra, and slow to import

    return Cluster(engine, base, groups)


def local_crew(
    base: TradingConfig, groups: Groups, folder: Path, workers: int | None, coin_steps: int
) -> Crew:
    """Give processes of this computer, or its threads where little is to do.

    coin_steps: of all settings together.
    """
    cores = workers or os.cpu_count() or 1
    if cores == 1 or coin_steps < WORTH_PROCESSES:
        return Threads(base, groups, cores)
    return Processes(base, groups, cores, folder / SHARED_FOLDER)
