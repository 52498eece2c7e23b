"""Recorded runs of the original thinker through our code."""

from collections.abc import Callable, Iterator
from typing import Any

from powertrader.core.exceptions import PowerTraderError
from powertrader.parity.case import Case, Difference, differences
from powertrader.parity.finding import Finding
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_market import NoMoreAnswers, RecordedMarket
from powertrader.parity.thinker_program import ThinkerProgram
from powertrader.parity.thinker_requests import ThinkerRequests
from powertrader.parity.thinker_safe import SafeProgram
from powertrader.thinker.bounds import EndlessSpacing
from powertrader.thinker.signal_engine import SignalEngine


def run_case(case: Case) -> tuple[Difference, ...]:
    """Run a case with compat=original and give every place where the result is not the recorded one."""
    return tuple(differences("outputs", case.outputs, outputs_of(case)))


def run_case_safe(case: Case) -> tuple[Finding, ...]:
    """Run a case with compat=safe and give every signal that differs from the recorded one."""
    program = SafeProgram(*world_of(case), SignalEngine("safe"), case.inputs["start_now"])
    program.start()
    return tuple(_findings(case, program))


def outputs_of(case: Case, on_moment: Callable[[Folder], None] = lambda _: None) -> dict[str, Any]:
    """Give the outputs of a case as our code produces them, in the form of golden/FORMAT.md.

    Where the original hangs or ends itself, our program ends that coin with a typed error; the
    outputs then name what the original did. on_moment sees the folder after the start-up and each pass.
    """
    program = ThinkerProgram(*world_of(case), SignalEngine("original"), case.inputs["start_now"])
    outputs: dict[str, Any] = {"init": {}, "passes": [], "end": "stopped"}
    try:
        program.start()
    except PowerTraderError as error:
        outputs["end"] = _end_of(error)
    outputs["init"] = {"files": program.folder.delta()}
    on_moment(program.folder)
    for number in range(len(case.inputs["passes"])):
        if outputs["end"] != "stopped":
            break
        put_in_force(case, number, program)
        outputs["passes"].append(_run_pass(program, outputs))
        on_moment(program.folder)
    return outputs


def world_of(case: Case) -> tuple[Folder, ThinkerRequests]:
    """Give the folder of a case and the requests its market answers."""
    folder = Folder(case.inputs["files"])
    market = RecordedMarket(case.inputs["snapshots"], case.inputs["init_snapshot"])
    return folder, ThinkerRequests(market, folder)


def put_in_force(case: Case, number: int, program: ThinkerProgram) -> None:
    """Bring files, market and time of a pass into force."""
    step = case.inputs["passes"][number]
    program.folder.change(step["files"])
    if number == 0 or step["snapshot"] != program.requests.market.snapshot:
        program.requests.market.rewind(step["snapshot"])
    program.now = step["now"]


def _findings(case: Case, program: SafeProgram) -> Iterator[Finding]:
    for number, recorded in enumerate(case.outputs["passes"]):
        put_in_force(case, number, program)
        program.run_pass()
        where = f"pass {number}"
        if "partial" in recorded:
            yield program.instead_of(where, case.outputs["end"])
        else:
            yield from program.differing(where, recorded)


def _run_pass(program: ThinkerProgram, outputs: dict[str, Any]) -> dict[str, Any]:
    try:
        program.run_pass()
    except (PowerTraderError, ZeroDivisionError) as error:
        outputs["end"] = _end_of(error)
    swept = [coin for coin in program.records if coin in program.swept]
    result: dict[str, Any] = {
        "files": program.folder.delta(),
        "swept": swept,
        "state": {coin: program.records[coin].recorded() for coin in swept},
        "display": dict(program.display),
    }
    if outputs["end"] != "stopped":
        result["partial"] = True
    return result


def _end_of(error: Exception) -> str:
    """Name what the original does where we raise."""
    return "hang" if isinstance(error, NoMoreAnswers | EndlessSpacing) else "terminated"
