"""A sweep on the machines of a dask cluster; it needs the extra dask, there and here."""

import logging
import socket
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from powertrader.backtest.provenance import code_version
from powertrader.backtest.sweep_crew import Batch, WorkersLost, batches_of
from powertrader.backtest.sweep_groups import Group, Groups
from powertrader.backtest.sweep_market import Tried, try_points
from powertrader.backtest.sweep_space import Point
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError

if TYPE_CHECKING:
    from types import ModuleType

PREFIX: Final = "dask://"
CONNECT_S: Final = 5.0
STALL_S: Final = 60.0
"""How long a cluster may be without any worker before the sweep ends; --resume goes on."""
MOST_REPEATS: Final = 3
_LOOK_S: Final = 2.0


class Cluster:
    """The workers of a scheduler. What a dead worker had in hand is done by another one."""

    def __init__(self, address: str, base: TradingConfig, groups: Groups) -> None:
        """Connect, and check that every worker has this very program.

        address: as in dask://host:8786. Raises ConfigError at once when nobody answers there, or when a
        worker would calculate with another version.
        """
        self._distributed = _distributed()
        self._address = address
        self._base, self._groups = base, groups
        where = address.removeprefix(PREFIX)
        host, _, port = where.rpartition(":")
        try:
            # distributed would try again and again for the whole time before it said so
            socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
            self._client = self._distributed.Client(f"tcp://{where}", timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, OverflowError) as error:
            msg = (
                f"--engine {address}: no dask scheduler answers there ({error}); start one with "
                "`dask scheduler` and workers with `dask worker HOST:8786`, or use --engine local"
            )
            raise ConfigError(msg) from error
        self._shared: dict[Group, Any] = {}
        try:
            self._check_workers()
        except ConfigError:
            self._client.close()
            raise

    def run(self, group: Group, points: Sequence[Point]) -> Iterator[list[Tried]]:
        """Let the workers try the points."""
        batches = batches_of(points, self._groups.market(group))
        lost = (self._distributed.CancelledError, self._distributed.KilledWorker)
        done = repeats = 0
        while done < len(batches):
            try:
                for tried in self._results(group, batches[done:]):
                    done += 1
                    yield tried
            except lost as error:
                # every worker that had the prices is gone: they are sent again
                repeats += 1
                self._shared.pop(group, None)
                if repeats > MOST_REPEATS:
                    msg = f"{self._address} lost the same work {repeats} times; look at its workers' logs"
                    raise WorkersLost(msg) from error
            except TimeoutError as error:
                raise self._alone() from error
            except OSError as error:
                msg = f"the scheduler of {self._address} does not answer any more ({error})"
                raise WorkersLost(msg) from error

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._shared.clear()
        self._client.close()

    def _results(self, group: Group, batches: Sequence[Batch]) -> Iterator[list[Tried]]:
        if group not in self._shared:
            self._shared.clear()
            self._shared[group] = self._client.scatter(
                self._groups.market(group), broadcast=True, hash=False, timeout=STALL_S
            )
        prices = self._shared[group]
        waiting = [
            self._client.submit(try_points, prices, self._base, batch, pure=False) for batch in batches
        ]
        try:
            for future in waiting:
                yield self._awaited(future)
        finally:
            self._client.cancel([future for future in waiting if not future.done()])

    def _awaited(self, future: Any) -> list[Tried]:  # noqa: ANN401  distributed has no types
        alone_since: float | None = None
        while True:
            try:
                found: list[Tried] = future.result(timeout=_LOOK_S)
            except TimeoutError:
                alone_since = None if self._workers() else alone_since or monotonic()
                if alone_since is not None and monotonic() - alone_since > STALL_S:
                    raise self._alone() from None
            else:
                return found

    def _alone(self) -> WorkersLost:
        return WorkersLost(f"{self._address} has had no worker for {STALL_S:g} s")

    def _workers(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def _check_workers(self) -> None:
        if not self._workers():
            msg = f"--engine {self._address}: the scheduler has no workers; start some with `dask worker`"
            raise ConfigError(msg)
        ours = code_version()
        try:
            found = self._client.run(code_version)
        except ImportError as error:
            msg = f"--engine {self._address}: a worker has no powertrader ({error}); install it there"
            raise ConfigError(msg) from error
        check_versions(self._address, ours, found)


def check_versions(address: str, ours: str, found: Mapping[str, str]) -> None:
    """Raise ConfigError naming a worker with another version than ours; found: version by worker."""
    others = {worker: version for worker, version in found.items() if version != ours}
    if others:
        worker, version = next(iter(others.items()))
        msg = f"--engine {address}: {worker} has {version}, here is {ours}; install the same there"
        raise ConfigError(msg)


def _distributed() -> "ModuleType":
    try:
        found = import_module("distributed")
    except ImportError as error:
        msg = "dask is not installed: `.venv/bin/pip install distributed` (the extra dask) adds it"
        raise ConfigError(msg) from error
    # what it loses is told in our words; its own are tracebacks, in the middle of a progress bar
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return found
