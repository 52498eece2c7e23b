"""Every recorded case of a folder through our code: what passed, and what differs where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from powertrader.core.exceptions import BadData
from powertrader.parity.case import KINDS, Case, Difference, load_cases
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
    """Run one case with compat=original."""
    runners: dict[str, Callable[[Case], tuple[Difference, ...]]] = {
        "trainer": run_trainer_case,
        "thinker": run_thinker_case,
        "trader": run_trader_case,
    }
    return CaseResult(case, runners[case.kind](case))


def run_folder(folder: Path) -> Iterator[CaseResult]:
    """Run every case below a folder, one after the other.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    found = False
    for case in load_cases(folder):
        found = True
        yield run_case(case)
    if not found:
        msg = f"{folder} holds no recorded cases (*.json or *.json.gz)"
        raise BadData(msg)


def summarise(results: list[CaseResult]) -> dict[str, KindSummary]:
    """Count the results by kind; a kind without cases counts 0 of 0."""
    summaries = {}
    for kind in KINDS:
        own = [result for result in results if result.case.kind == kind]
        failed = tuple(result.case.id for result in own if not result.passed)
        summaries[kind] = KindSummary(len(own) - len(failed), len(own), failed)
    return summaries
