"""The folder of a sweep: its plan before the first run, a line for each run, the outcome at the end."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from powertrader.backtest.result_files import yaml_of
from powertrader.backtest.sweep_figures import SweepFigures
from powertrader.backtest.sweep_market import Tried
from powertrader.backtest.sweep_ranking import Ranking, Row, document_of
from powertrader.backtest.sweep_space import settings_of
from powertrader.core.config import TradingConfig, hash_of_tree
from powertrader.core.config_draft import Value, config_with
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.file_operations import is_record
from powertrader.core.storage import FileStore
from powertrader.strategy.registry import CLASSIC

SCHEMA: Final = 1
PLAN_FILE: Final = "plan.json"
RUNS_FILE: Final = "runs.jsonl"
OUTCOME_FILE: Final = "sweep.json"
BEST_FILE: Final = "best.yaml"
SHARED_FOLDER: Final = "shared"
LOCK_FILE: Final = "sweep.lock"


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Everything that decides what a sweep finds: the same plan gives the same runs.

    params, strategy_params: axes as written. candles: folder, or None for those the trainer downloaded.
    start, stop: ISO times, None takes what the candles allow. out_of_sample: fraction of the steps. config:
    whole tree.
    """

    params: tuple[str, ...]
    method: str
    objective: str
    trials: int | None
    seed: int
    out_of_sample: float
    candles: str | None
    start: str | None
    stop: str | None
    config: Mapping[str, Value]
    strategy: str = CLASSIC
    strategy_params: tuple[str, ...] = ()
    data_hash: str = ""
    code_version: str = ""

    @property
    def settings(self) -> TradingConfig:
        """The settings that every point starts from."""
        return TradingConfig.model_validate(self.config)

    def moment(self, text: str | None) -> datetime | None:
        """Give a time of the plan."""
        return None if text is None else datetime.fromisoformat(text)


def save_plan(plan: SweepPlan, folder: Path, store: FileStore) -> None:
    """Write a plan. Raises StorageError."""
    store.write_json(folder / PLAN_FILE, {"schema": SCHEMA, "kind": "sweep", **asdict(plan)})


def load_plan(folder: Path) -> SweepPlan:
    """Give the plan of a folder. Raises ConfigError when it is no folder of a sweep that can go on."""
    path = folder / PLAN_FILE
    raw = FileStore().read_bytes(path)
    if raw is None:
        msg = f"--resume {folder}: there is no {PLAN_FILE}; name a folder that `powertrader sweep` made"
        raise ConfigError(msg)
    try:
        content: dict[str, Any] = json.loads(raw)
        if content.pop("schema") != SCHEMA or content.pop("kind") != "sweep":
            msg = f"it must be a sweep of schema {SCHEMA}"
            raise ValueError(msg)  # noqa: TRY301  one message for all that is wrong with the file
        axes = {name: tuple(content.get(name, ())) for name in ("params", "strategy_params")}
        plan = SweepPlan(**{**content, **axes})
        _ = plan.settings
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        msg = f"--resume {path} cannot be used: {error}; start the sweep anew"
        raise ConfigError(msg) from error
    return plan


def check_same(plan: SweepPlan, now: SweepPlan) -> None:
    """Raise ConfigError when candles or program have changed: old and new runs would not compare."""
    for name, what in (("data_hash", "candles"), ("code_version", "program")):
        before, after = getattr(plan, name), getattr(now, name)
        if before != after:
            msg = f"--resume: the {what} changed since ({before}, now {after}); start the sweep anew"
            raise ConfigError(msg)


def save_outcome(
    plan: SweepPlan, ranking: Ranking, folder: Path, store: FileStore, *, interrupted: bool
) -> dict[str, object]:
    """Write sweep.json, and best.yaml where there is a best; give what sweep.json holds."""
    content = {
        "schema": SCHEMA,
        "kind": "sweep",
        "interrupted": interrupted,
        "objective": plan.objective,
        "method": plan.method,
        "seed": plan.seed,
        "out_of_sample": plan.out_of_sample,
        "strategy": plan.strategy,
        "params": list(plan.params),
        "strategy_params": list(plan.strategy_params),
        "config_hash": hash_of_tree(plan.config),
        "data_hash": plan.data_hash,
        "code_version": plan.code_version,
        **document_of(ranking),
    }
    if ranking.best:
        best = config_with(plan.settings, settings_of(ranking.best[0].point))
        store.write_text(folder / BEST_FILE, yaml_of(best.model_dump(mode="json")))
    store.write_json(folder / OUTCOME_FILE, content)
    return content


def append_rows(rows: Sequence[Row], folder: Path, store: FileStore) -> None:
    """Add finished runs. Raises StorageError."""
    lines = "".join(json.dumps(row.document(), allow_nan=False) + "\n" for row in rows)
    store.append_bytes(folder / RUNS_FILE, lines.encode())


def read_rows(folder: Path) -> Iterator[Row]:
    """Give the finished runs one after the other; the torn last line of a sweep that was killed is left out.

    Raises BadData naming a line that is damaged otherwise.
    """
    path = folder / RUNS_FILE
    if not path.is_file():
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            if not line.endswith(b"\n") and not is_record(line):
                return
            try:
                yield _row(json.loads(line), number)
            except (ValueError, TypeError, KeyError) as error:
                msg = f"{path}, line {number + 1} is damaged: {error}; start the sweep anew"
                raise BadData(msg) from error


def _row(content: dict[str, Any], number: int) -> Row:
    if content["trial"] != number:
        msg = f"trial was {content['trial']}, must be {number}"
        raise ValueError(msg)
    beyond = content["out_of_sample"]
    tried = Tried(SweepFigures(**content["in_sample"]), None if beyond is None else SweepFigures(**beyond))
    return Row(number, content["settings"], tried)
