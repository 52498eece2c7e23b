"""What compat=safe decides differently from a recorded case, and which deviation explains it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from powertrader.parity.case import Case, load_cases
from powertrader.parity.finding import Finding
from powertrader.parity.thinker_cases import run_case_safe as run_thinker_case
from powertrader.parity.trader_cases import run_case_safe as run_trader_case
from powertrader.parity.trainer_cases import run_case_safe as run_trainer_case


@dataclass(frozen=True, slots=True)
class SafeResult:
    """The decisions of one case that compat=safe makes differently."""

    case: Case
    findings: tuple[Finding, ...]


def run_folder_safe(folder: Path) -> Iterator[SafeResult]:
    """Run every case below a folder with compat=safe, one after the other."""
    runners: dict[str, Callable[[Case], tuple[Finding, ...]]] = {
        "trainer": run_trainer_case,
        "thinker": run_thinker_case,
        "trader": run_trader_case,
    }
    for case in load_cases(folder):
        yield SafeResult(case, runners[case.kind](case))
