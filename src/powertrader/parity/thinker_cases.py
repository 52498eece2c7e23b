"""Recorded runs of the original thinker through our code."""

from typing import Any

from powertrader.core.exceptions import PowerTraderError
from powertrader.parity.case import Case, Difference, differences
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_market import NoMoreAnswers, RecordedMarket
from powertrader.parity.thinker_program import ThinkerProgram
from powertrader.parity.thinker_requests import ThinkerRequests
from powertrader.thinker.bounds import EndlessSpacing
from powertrader.thinker.signal_engine import SignalEngine


def run_case(case: Case) -> tuple[Difference, ...]:
    """Run a case with compat=original and give every place where the result is not the recorded one."""
    return tuple(differences("outputs", case.outputs, outputs_of(case)))


def outputs_of(case: Case) -> dict[str, Any]:
    """Give the outputs of a case as our code produces them, in the form of golden/FORMAT.md.

    Where the original hangs or ends itself, our program ends that coin with a typed error; the
    outputs then name what the original did.
    """
    inputs = case.inputs
    folder = Folder(inputs["files"])
    market = RecordedMarket(inputs["snapshots"], inputs["init_snapshot"])
    requests = ThinkerRequests(market, folder)
    program = ThinkerProgram(folder, requests, SignalEngine("original"), inputs["start_now"])
    outputs: dict[str, Any] = {"init": {}, "passes": [], "end": "stopped"}
    try:
        program.start()
    except PowerTraderError as error:
        outputs["end"] = _end_of(error)
    outputs["init"] = {"files": folder.delta()}
    for number, step in enumerate(inputs["passes"]):
        if outputs["end"] != "stopped":
            break
        folder.change(step["files"])
        if number == 0 or step["snapshot"] != market.snapshot:
            market.rewind(step["snapshot"])
        program.now = step["now"]
        outputs["passes"].append(_run_pass(program, outputs))
    return outputs


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
