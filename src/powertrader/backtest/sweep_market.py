"""What a sweep tries settings on, made once for many of them and read by any number of processes.

A market is cut in two by time: the first part is what settings are chosen by, the rest is kept out of it.
"""

import mmap
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from powertrader.analytics.annual import periods_per_year, timeframe_of
from powertrader.backtest.sweep_figures import SweepFigures
from powertrader.backtest.sweep_space import Point
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError
from powertrader.models.moment import utc_of
from powertrader.models.types import IntArray

FEWEST_STEPS: Final = 2
LARGEST_SHARE: Final = 0.9
_ARRAYS: Final = "arrays.bin"
_REST: Final = "rest.pickle"
_ALIGNED: Final = 64


class Tried(NamedTuple):
    """What one setting did in-sample, and out-of-sample where something was kept for that."""

    within: SweepFigures
    beyond: SweepFigures | None


@dataclass(frozen=True, slots=True, eq=False)
class SweepSteps:
    """When the steps are (steps,), in seconds since 1970; settings are chosen by the first in_sample.

    interval_s: length of a step.
    """

    close_s: IntArray
    interval_s: int
    in_sample: int

    @property
    def yearly(self) -> float:
        """How many steps a year has."""
        return periods_per_year(timeframe_of(self.interval_s))

    @property
    def split_at(self) -> datetime:
        """When the last in-sample step is."""
        return utc_of(int(self.close_s[self.in_sample - 1]))

    @property
    def kept(self) -> int:
        """How many steps nothing is chosen by."""
        return len(self.close_s) - self.in_sample

    @property
    def stretches(self) -> list[slice]:
        """The steps in-sample and, if some were kept, those out of it."""
        edges = (0, self.in_sample, len(self.close_s))
        return [slice(start, stop) for start, stop in pairwise(edges) if stop > start]


class SweepMarket(Protocol):
    """What one strategy can be tried on with all settings that see the same; to be pickled as it is."""

    @property
    def steps(self) -> SweepSteps:
        """The steps of the whole span."""
        ...

    @property
    def coin_steps(self) -> int:
        """How many prices a setting is tried on."""
        ...

    def tried(self, base: TradingConfig, points: Sequence[Point], threads: int) -> list[Tried]:
        """Give what each point did, in their order; the number of threads changes nothing but the time."""
        ...


def check_share(out_of_sample: float) -> None:
    """Raise ConfigError unless a share of the time can be kept out of the choice."""
    if not 0 <= out_of_sample <= LARGEST_SHARE:
        msg = f"--out-of-sample was {out_of_sample}, must be from 0 to {LARGEST_SHARE}"
        raise ConfigError(msg)


def cut_in_two(close_s: IntArray, interval_s: int, out_of_sample: float) -> SweepSteps:
    """Keep the last part of the steps, a fraction, for figures that no setting was chosen by.

    Raises ConfigError when either part would be too short to say anything.
    """
    steps = len(close_s)
    in_sample = steps - int(steps * out_of_sample)
    kept = steps - in_sample
    if in_sample < FEWEST_STEPS or (out_of_sample and kept < FEWEST_STEPS):
        msg = (
            f"--out-of-sample {out_of_sample:g} leaves {in_sample} of {steps} steps to choose by and {kept} "
            f"to check with, each must be at least {FEWEST_STEPS}; choose a longer time"
        )
        raise ConfigError(msg)
    return SweepSteps(close_s, interval_s, in_sample)


def try_points(
    market: SweepMarket, base: TradingConfig, points: Sequence[Point], threads: int = 1
) -> list[Tried]:
    """Give what each point did, in their order; what a process or a machine far away is asked for."""
    return market.tried(base, points, threads)


def save_market(market: SweepMarket, folder: Path) -> None:
    """Write a market to a folder of this sweep for processes to map; the folder must exist."""
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(market, protocol=5, buffer_callback=arrays.append)
    places: list[slice] = []
    with (folder / _ARRAYS).open("wb") as stream:
        for array in arrays:
            stream.seek(-(-stream.tell() // _ALIGNED) * _ALIGNED)
            start = stream.tell()
            places.append(slice(start, start + stream.write(array.raw())))
        # an empty file cannot be mapped
        stream.write(bytes(1))
    (folder / _REST).write_bytes(pickle.dumps((places, rest)))


@lru_cache(maxsize=2)
def mapped_market(folder: Path) -> SweepMarket:
    """Read what save_market wrote as memory that all processes share."""
    places, rest = pickle.loads((folder / _REST).read_bytes())  # noqa: S301  our parent wrote it a moment ago
    with (folder / _ARRAYS).open("rb") as stream:
        # for compiled code an array that cannot be written is another type; no page is copied, nobody writes
        whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
    market: SweepMarket = pickle.loads(rest, buffers=[whole[place] for place in places])  # noqa: S301  as above
    return market
