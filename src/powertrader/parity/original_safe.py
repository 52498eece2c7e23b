"""What compat=safe signals otherwise than an original thinker, and which deviation explains it."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from powertrader.core.coin_paths import ROOT_COIN
from powertrader.parity.case import Case
from powertrader.parity.finding import Finding
from powertrader.parity.original_moment import ProgramRun
from powertrader.parity.thinker_cases import put_in_force, world_of
from powertrader.parity.thinker_safe import SafeProgram
from powertrader.thinker.signal_engine import SignalEngine

SIGNAL_FILES: Final = frozenset(
    {"low_bound_prices.html", "high_bound_prices.html", "long_dca_signal.txt", "short_dca_signal.txt"}
    | {"futures_long_profit_margin.txt", "futures_short_profit_margin.txt"}
)


def thinker_findings(case: Case, theirs: ProgramRun) -> Iterator[Finding]:
    """Give each signal file in which compat=safe differs, once for each pair of contents."""
    program = SafeProgram(*world_of(case), SignalEngine("safe"), case.inputs["start_now"])
    program.start()
    told: dict[str, tuple[str | None, str | None]] = {}
    for number, moment in enumerate(theirs.moments[1:]):
        put_in_force(case, number, program)
        program.run_pass()
        where = f"pass {number + 1}"
        if theirs.end != "stopped" and number == len(theirs.moments) - 2:
            yield program.instead_of(where, theirs.end)
            return
        ours = program.folder.texts()
        for path in sorted({*moment.tree, *ours}):
            pair = moment.tree.get(path), ours.get(path)
            if PurePosixPath(path).name in SIGNAL_FILES and pair[0] != pair[1] and pair != told.get(path):
                told[path] = pair
                coin = PurePosixPath(path).parent.name or ROOT_COIN
                yield Finding(
                    f"{where}, file {path}", _shown(pair[0]), _shown(pair[1]), program.cause_of(coin)
                )


def _shown(text: str | None) -> str:
    return "(no such file)" if text is None else repr(text)
