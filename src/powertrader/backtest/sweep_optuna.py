"""Searches by Optuna's samplers, which propose what did well before; they need the extra optuna."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Final

from powertrader.backtest.sweep_space import Axis, Point, Space
from powertrader.core.config_draft import Value
from powertrader.core.exceptions import ConfigError

if TYPE_CHECKING:
    import optuna

GENERATION: Final = 16
"""Points proposed before their scores are told: as many on one core as on a hundred, so that the number of
workers changes no result."""
SAMPLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "tpe": ("TPESampler",),
    "nsgaii": ("NSGAIISampler",),
    "gp": ("GPSampler", "scipy", "torch"),
    "cmaes": ("CmaEsSampler", "cmaes"),
    "qmc": ("QMCSampler", "scipy"),
}
"""The methods: Optuna's class of each, and the packages that it asks for only when it proposes."""


class OptunaSearch:
    """What one of Optuna's samplers proposes, some points again; the same for the same seed and scores."""

    def __init__(self, space: Space, method: str, trials: int, seed: int) -> None:
        """Start a study in memory.

        Raises ConfigError for an unknown method, or when a package is not installed.
        """
        if method not in SAMPLERS:
            known = ", ".join(("grid", "random", *SAMPLERS))
            msg = f"--method was {method[:40]!r}, must be one of {known}"
            raise ConfigError(msg)
        library = _optuna()
        library.logging.set_verbosity(library.logging.ERROR)
        sampler = _sampler(library, method, seed)
        self.total = min(trials, space.size)
        self._space = space
        self._study: optuna.Study = library.create_study(direction="maximize", sampler=sampler)
        self._ordered = [axis.is_ordered for axis in space.axes]
        self._asked: list[optuna.Trial] = []

    def generations(self) -> Iterator[Sequence[Point]]:
        """Give a few points at a time; tell must follow each."""
        for start in range(0, self.total, GENERATION):
            self._asked = [self._study.ask() for _ in range(min(GENERATION, self.total - start))]
            yield [self._point(trial) for trial in self._asked]

    def tell(self, scores: Sequence[float | None]) -> None:
        """Let the sampler learn; a run without a score counts as failed."""
        failed = import_module("optuna.trial").TrialState.FAIL
        for trial, score in zip(self._asked, scores, strict=True):
            if score is None:
                self._study.tell(trial, state=failed)
            else:
                self._study.tell(trial, score)

    def _point(self, trial: "optuna.Trial") -> Point:
        axes = zip(self._space.axes, self._ordered, strict=True)
        return {axis.name: _proposed(trial, axis, ordered=ordered) for axis, ordered in axes}


def _proposed(trial: "optuna.Trial", axis: Axis, *, ordered: bool) -> Value:
    if ordered:
        return axis.values[trial.suggest_int(axis.name, 0, len(axis.values) - 1)]
    return axis.values[trial.suggest_categorical(axis.name, range(len(axis.values)))]


def _optuna() -> ModuleType:
    try:
        return import_module("optuna")
    except ImportError as error:
        msg = (
            "Optuna is not installed: `.venv/bin/pip install optuna` (the extra optuna) adds it; "
            "--method grid and random need nothing"
        )
        raise ConfigError(msg) from error


def _sampler(library: ModuleType, method: str, seed: int) -> "optuna.samplers.BaseSampler":
    name, *needed = SAMPLERS[method]
    missing = [package for package in needed if find_spec(package) is None]
    if missing:
        packages = " ".join(missing)
        msg = f"--method {method} needs more than Optuna: `.venv/bin/pip install {packages}` adds it"
        raise ConfigError(msg)
    with warnings.catch_warnings():
        # some samplers say that their interface may change, which is ours to follow and no user's
        warnings.simplefilter("ignore", library.exceptions.ExperimentalWarning)
        made: optuna.samplers.BaseSampler = getattr(library.samplers, name)(seed=seed)
    return made
