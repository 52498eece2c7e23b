"""Every recorded case of a folder through our code: what passed, and what differs where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from powertrader.parity.case import CANNOT_RUN, KINDS, Case, Difference, load_cases
from powertrader.parity.thinker_cases import run_case as run_thinker_case
from powertrader.parity.trader_cases import run_case as run_trader_case
from powertrader.parity.trainer_cases import run_case as run_trainer_case


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case ended; no differences means our result is the recorded one."""

    case: Case
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing differs."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class KindSummary:
    """Passed and total cases of one kind, with the ids of those that failed."""

    passed: int
    total: int
    failed: tuple[str, ...]


def run_case(case: Case) -> CaseResult:
    """Run one case with compat=original; a run that breaks off differs, with its error."""
    runners: dict[str, Callable[[Case], tuple[Difference, ...]]] = {
        "trainer": run_trainer_case,
        "thinker": run_thinker_case,
        "trader": run_trader_case,
    }
    try:
        return CaseResult(case, runners[case.kind](case))
    except CANNOT_RUN as error:
        difference = Difference("run", "the recorded result", f"{type(error).__name__}: {error}")
        return CaseResult(case, (difference,))


def run_folder(folder: Path) -> Iterator[CaseResult]:
    """Run every case below a folder, one after the other.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    return map(run_case, load_cases(folder))


def summarise(results: list[CaseResult]) -> dict[str, KindSummary]:
    """Count the results by kind; a kind without cases counts 0 of 0."""
    summaries = {}
    for kind in KINDS:
        own = [result for result in results if result.case.kind == kind]
        failed = tuple(result.case.id for result in own if not result.passed)
        summaries[kind] = KindSummary(len(own) - len(failed), len(own), failed)
    return summaries
