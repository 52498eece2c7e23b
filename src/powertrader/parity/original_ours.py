"""Our code (compat=original) on the input of a case, moment by moment, to lie beside an original script."""

from collections.abc import Mapping
from typing import Any

from powertrader.parity.case import Case
from powertrader.parity.original_moment import Moment, ProgramRun
from powertrader.parity.original_ticks import CountingExchange, Expected
from powertrader.parity.thinker_cases import outputs_of as thinker_outputs
from powertrader.parity.trader_run import TraderRun
from powertrader.parity.trainer_cases import outputs_of as trainer_outputs


def our_trainer_runs(case: Case) -> list[ProgramRun]:
    """Give every program run of a trainer case; an end of ours is exit:0 or error."""
    return [ProgramRun(end, [Moment(files)]) for end, files in trainer_outputs(case)]


def our_thinker_runs(case: Case) -> list[ProgramRun]:
    """Give the one run of a thinker case: start-up and passes."""
    moments: list[Moment] = []
    outputs = thinker_outputs(case, lambda folder: moments.append(Moment(folder.texts())))
    return [ProgramRun(outputs["end"], moments)]


def our_trader_runs(case: Case) -> tuple[list[ProgramRun], list[Expected]]:
    """Give every run of a trader case, and how often it asked the exchange."""
    trees: list[dict[str, str]] = []
    exchange = CountingExchange(case.inputs["exchange"])
    found = TraderRun(case.inputs, "original", exchange, lambda files: trees.append(dict(files)))
    runs, expected = [], []
    for output in found.runs():
        outputs = [output["init"], *output["ticks"]]
        moments = [Moment(tree, tuple(one["orders"])) for tree, one in zip(trees, outputs, strict=True)]
        runs.append(ProgramRun(output["end"], moments))
        expected.append(_expected(exchange.counts, output["ticks"]))
        trees.clear()
        exchange.counts.clear()
    return runs, expected


def _expected(counts: list[int], ticks: list[Mapping[str, Any]]) -> Expected:
    start, *asked = counts or [0]
    ends = [count if tick["raised"] is not None else None for count, tick in zip(asked, ticks, strict=True)]
    return Expected(start, ends)
