"""Cases through a user's original scripts and through our code: what was compared, and what differs."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from powertrader.parity.case import CANNOT_RUN, KINDS, Case, Difference
from powertrader.parity.finding import Finding
from powertrader.parity.original_compare import Tally, compare_runs
from powertrader.parity.original_moment import ProgramRun
from powertrader.parity.original_ours import our_thinker_runs, our_trader_runs, our_trainer_runs
from powertrader.parity.original_run import OriginalRunner
from powertrader.parity.original_safe import thinker_findings
from powertrader.parity.trader_cases import run_case_safe as safe_trader
from powertrader.parity.trainer_cases import run_case_safe as safe_trainer


@dataclass(frozen=True, slots=True)
class OriginalResult:
    """One case: differences with compat=original, and what compat=safe decides otherwise if asked for.

    ends are those of the script's runs; refused names what the script tried and was not allowed.
    """

    case: Case
    differences: tuple[Difference, ...]
    tally: Tally
    seconds: float
    ends: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class KindTotal:
    """Everything that was compared of one script."""

    equal: int = 0
    total: int = 0
    differing: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def check_case(runner: OriginalRunner, case: Case, *, is_safe: bool) -> OriginalResult:
    """Run one case on both sides. Where our code cannot follow at all, that is a difference."""
    began = time.monotonic()
    tally = Tally()
    theirs: list[ProgramRun] = []
    findings: tuple[Finding, ...] = ()
    try:
        ours = _both(runner, case, theirs)
        found = tuple(compare_runs(case.kind, theirs, ours, tally))
        if is_safe:
            findings = tuple(_findings(case, theirs))
    except CANNOT_RUN as error:
        found = (Difference("run", "the result of the script", f"{type(error).__name__}: {error}"),)
    refused = tuple(dict.fromkeys(text for run in theirs for text in run.refused))
    ends = tuple(run.end for run in theirs)
    return OriginalResult(case, found, tally, time.monotonic() - began, ends, refused, findings)


def summarise(results: Iterable[OriginalResult]) -> Mapping[str, KindTotal]:
    """Add the results up by kind."""
    totals = {kind: KindTotal() for kind in KINDS}
    for result in results:
        total, own = totals[result.case.kind], result.tally
        total.total += 1
        total.equal += not result.differences
        if result.differences:
            total.differing.append(result.case.id)
        total.tally = Tally(
            total.tally.moments + own.moments,
            total.tally.files + own.files,
            total.tally.equal_value + own.equal_value,
            total.tally.orders + own.orders,
        )
    return totals


def _both(runner: OriginalRunner, case: Case, theirs: list[ProgramRun]) -> Sequence[ProgramRun]:
    """Give our runs and fill in those of the script, whose input depends on how ours ended."""
    if case.kind == "trainer":
        ours = our_trainer_runs(case)
        theirs.extend(runner.trainer_runs(case, ours))
    elif case.kind == "thinker":
        ours = our_thinker_runs(case)
        theirs.extend(runner.thinker_runs(case, ours))
    else:
        ours, expected = our_trader_runs(case)
        theirs.extend(runner.trader_runs(case, ours, expected))
    return ours


def _findings(case: Case, theirs: Sequence[ProgramRun]) -> Iterator[Finding]:
    """Give what compat=safe decides otherwise than the script did."""
    if case.kind == "thinker":
        return thinker_findings(case, theirs[0])
    runs: list[Mapping[str, Any]]
    if case.kind == "trainer":
        runs = [{"end": run.end, "files": run.moments[-1].tree} for run in theirs]
        return iter(safe_trainer(replace(case, outputs={"runs": runs})))
    runs = [{"ticks": [{"orders": moment.orders} for moment in run.moments[1:]]} for run in theirs]
    return iter(safe_trader(replace(case, outputs={"runs": runs})))
