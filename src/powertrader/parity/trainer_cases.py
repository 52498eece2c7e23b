"""Recorded runs of the original trainer through our code."""

import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import ROOT_COIN, CoinPaths
from powertrader.core.exceptions import TrainingError
from powertrader.core.original_format import MemoryTexts, parse_memory
from powertrader.core.storage import FileStore
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import Compat
from powertrader.parity.case import Case, Difference, differences
from powertrader.parity.finding import Finding
from powertrader.parity.trainer_market import STAGES, RecordedHistory
from powertrader.trainer import deviations
from powertrader.trainer.coin_training import CoinTrainer, RunOptions
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TrainingEngine

_OURS: Final = ".npz"
_KILLER: Final = "killer.txt"
_STATUS: Final = "trainer_status.json"
_INTERRUPTED: Final = '"INTERRUPTED"'
_LEARNT: Final = (
    "memories",
    "memory_weights",
    "memory_weights_high",
    "memory_weights_low",
    "neural_perfect_threshold",
)
_DEVIATION_OF_END: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hang": deviations.TOO_FEW_CANDLES,
        "crash:ZeroDivisionError": deviations.ZERO_OPEN,
        "crash:IndexError": deviations.FINISHED_CHECKPOINT,
    }
)
_RunFiles = tuple[Mapping[str, str], tuple[str, dict[str, str]]]
# where the original crashes or hangs, our program ends the coin with this error
_ENDED_BY_ERROR: Final = ("crash:", "hang")


def run_case(case: Case) -> tuple[Difference, ...]:
    """Run a case with compat=original and give every place where the result is not the recorded one."""
    found: list[Difference] = []
    for number, (recorded, (_, (end, files))) in enumerate(_runs(case, "original")):
        where = f"runs[{number}]"
        if end != expected_end(recorded["end"]):
            found.append(Difference(f"{where}.end", recorded["end"], end))
        found.extend(differences(f"{where}.files", dict(sorted(recorded["files"].items())), files))
    return tuple(found)


def outputs_of(case: Case) -> Iterator[tuple[str, dict[str, str]]]:
    """Give end and files of each program run with compat=original; an end is `exit:0` or `error`."""
    with tempfile.TemporaryDirectory() as name:
        for run in case.inputs["runs"]:
            _change(Path(name), run["files"])
            yield _run(Path(name), case, run, "original")


def run_case_safe(case: Case) -> tuple[Finding, ...]:
    """Run a case with compat=safe and give every memory and threshold that differs from the recorded one.

    Every run is judged alone: it begins with the files that the original left before.
    """
    found: list[Finding] = []
    for number, (recorded, (before, (_, files))) in enumerate(_runs(case, "safe")):
        found.extend(_findings(f"runs[{number}]", before, recorded, files))
    return tuple(found)


def _runs(case: Case, compat: Compat) -> Iterator[tuple[Mapping[str, Any], _RunFiles]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run, recorded in zip(case.inputs["runs"], case.outputs["runs"], strict=True):
            _change(folder, run["files"])
            before = _texts(folder)
            yield recorded, (before, _run(folder, case, run, compat))
            if compat == "safe":
                _change(folder, {**dict.fromkeys(_texts(folder)), **recorded["files"]})


def _run(folder: Path, case: Case, run: Mapping[str, Any], compat: Compat) -> tuple[str, dict[str, str]]:
    market = RecordedHistory(case.inputs["klines"], run)
    clock = ManualClock(datetime.fromtimestamp(run["now"], UTC))
    engine = TrainingEngine("original", compat)
    files = TrainerFiles(FileStore(), CoinPaths(folder, ROOT_COIN), str(run.get("arg") or ROOT_COIN).upper())
    # an index below 0 counts from the end of the original's list; ours begins with the first timeframe
    first = max(files.checkpoint_index(), -len(TIMEFRAMES) if engine.reproduces else 0)
    requests = market.requests_of_stages([TIMEFRAMES[index] for index in range(first, len(TIMEFRAMES))])
    options = RunOptions(should_stop=_killer(folder, requests, asked_first=not engine.reproduces))
    try:
        CoinTrainer(market, clock, engine).train(files, options)
    except TrainingError:
        return "error", _texts(folder)
    return "exit:0", _texts(folder)


def _killer(folder: Path, appeared: Iterator[bool], *, asked_first: bool) -> Callable[[], bool]:
    """Let the stop file appear when the case says.

    appeared: after the requests of each stage. It is asked for every stage, or with asked_first
    before every timeframe, when the requests of the timeframes before have been answered.
    """
    stages = itertools.chain([0], itertools.repeat(STAGES)) if asked_first else itertools.repeat(1)

    def appears() -> bool:
        for has_appeared in itertools.islice(appeared, next(stages)):
            if has_appeared:
                (folder / _KILLER).write_text("yes", encoding="utf-8")
        return False

    return appears


def _findings(
    where: str, before: Mapping[str, str], recorded: Mapping[str, Any], files: Mapping[str, str]
) -> Iterator[Finding]:
    for timeframe in TIMEFRAMES:
        for stem in _LEARNT:
            name = f"{stem}_{timeframe}.txt"
            theirs, ours = recorded["files"].get(name), files.get(name)
            if theirs != ours:
                deviation = _explained(timeframe, before, recorded, files)
                yield Finding(f"{where}.files.{name}", _shown(theirs), _shown(ours), deviation)


def _explained(
    timeframe: Timeframe, before: Mapping[str, str], recorded: Mapping[str, Any], files: Mapping[str, str]
) -> str | None:
    """Give the deviation that lets a timeframe end with other files, None when there is none."""
    texts = MemoryTexts(*(before.get(f"{stem}_{timeframe}.txt") for stem in _LEARNT))
    memory = parse_memory(texts)
    if memory is not None and (memory.readable_body is not None or memory.readable_fields is not None):
        return deviations.DAMAGED_ENTRY
    # stages of fewer than 50 iterations stop ours alone (Q12)
    if any(_INTERRUPTED in status for status in (recorded["files"].get(_STATUS, ""), files.get(_STATUS, ""))):
        return deviations.STOP_BETWEEN
    return _DEVIATION_OF_END.get(recorded["end"])


def _shown(text: str | None) -> str:
    return "(absent)" if text is None else repr(text)


def _change(folder: Path, files: Mapping[str, Any]) -> None:
    """Apply the changes of a case. What is ours goes: the original knows its text files only."""
    for ours in folder.glob(f"*{_OURS}"):
        ours.unlink()
    for name, content in files.items():
        path = folder / name
        # the trainer looks at no modification time, so one that is to be kept says nothing here
        text = content["text"] if isinstance(content, Mapping) else content
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8"))


def _texts(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != _OURS)
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


def expected_end(recorded: str) -> str:
    """Give our end for an end of the original: where it crashes or hangs, ours is an error."""
    return "error" if recorded.startswith(_ENDED_BY_ERROR) else recorded
