"""What compat=safe decides differently from a recorded case, and which deviation explains it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from powertrader.parity.case import CANNOT_RUN, Case, load_cases
from powertrader.parity.finding import Finding
from powertrader.parity.thinker_cases import run_case_safe as run_thinker_case
from powertrader.parity.trader_cases import run_case_safe as run_trader_case
from powertrader.parity.trainer_cases import run_case_safe as run_trainer_case


@dataclass(frozen=True, slots=True)
class SafeResult:
    """The decisions of one case that compat=safe makes differently."""

    case: Case
    findings: tuple[Finding, ...]


def run_case_safe(case: Case) -> SafeResult:
    """Run one case with compat=safe; a run that breaks off is a finding without an id."""
    runners: dict[str, Callable[[Case], tuple[Finding, ...]]] = {
        "trainer": run_trainer_case,
        "thinker": run_thinker_case,
        "trader": run_trader_case,
    }
    try:
        return SafeResult(case, runners[case.kind](case))
    except CANNOT_RUN as error:
        finding = Finding("run", "the recorded result", f"{type(error).__name__}: {error}", None)
        return SafeResult(case, (finding,))


def run_folder_safe(folder: Path) -> Iterator[SafeResult]:
    """Run every case below a folder, one after the other.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    return map(run_case_safe, load_cases(folder))
