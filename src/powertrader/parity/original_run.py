"""A user's original scripts on the input of a case, each in a throw-away folder."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.parity.case import Case
from powertrader.parity.original_candles import TrainerWorld
from powertrader.parity.original_moment import Moment, ProgramRun
from powertrader.parity.original_passes import STOPPED, ThinkerWorld
from powertrader.parity.original_process import Ending, Limits, Program, World, environment_of, run_script
from powertrader.parity.original_ticks import CountingExchange, Expected, TraderWorld
from powertrader.parity.original_tree import SCRIPTS, OriginalScripts, WorkTree
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_settings import CoinList

QUIET_WHEN_HANGING_S: Final = 5.0
"""So long without a request counts as hanging where our code says that the original hangs or crashes."""


@dataclass(frozen=True, slots=True)
class OriginalRunner:
    """Runs the scripts of a folder; one program run may take time_limit_s."""

    scripts: OriginalScripts
    time_limit_s: float

    def trainer_runs(self, case: Case, ours: list[ProgramRun]) -> Iterator[ProgramRun]:
        """Give every program run of a trainer case, in the same folder one after the other."""
        with self._tree() as tree:
            for run, our in zip(case.inputs["runs"], ours, strict=True):
                tree.change(run["files"])
                world = TrainerWorld(case.inputs["klines"], run, tree)
                given = (run.get("arg"), *run.get("more_arguments", ()))
                arguments = tuple(str(one) for one in given if one is not None)
                ending = self._run("trainer", tree, world, our, arguments)
                yield _ended(ending, [Moment(tree.texts())])

    def thinker_runs(self, case: Case, ours: list[ProgramRun]) -> Iterator[ProgramRun]:
        """Give the one run of a thinker case."""
        coins = CoinList(Folder(case.inputs["files"]))
        coins.refresh()
        with self._tree() as tree:
            world = ThinkerWorld(case.inputs, tree, len(coins.coins))
            ending = self._run("thinker", tree, world, ours[0])
            if ending.end != STOPPED:
                world.keep()
            yield _ended(ending, world.moments)

    def trader_runs(
        self, case: Case, ours: list[ProgramRun], expected: list[Expected]
    ) -> Iterator[ProgramRun]:
        """Give every run of a trader case; folder and exchange outlive the program."""
        exchange = CountingExchange(case.inputs["exchange"])
        with self._tree() as tree:
            tree.change(case.inputs["files"])
            for run, our, counts in zip(case.inputs["runs"], ours, expected, strict=True):
                world = TraderWorld(run, exchange, tree, counts)
                ending = self._run("trader", tree, world, our)
                if ending.end != STOPPED:
                    world.keep()
                yield _ended(ending, world.moments)

    @contextmanager
    def _tree(self) -> Iterator[WorkTree]:
        with tempfile.TemporaryDirectory() as name:
            # inside a folder of its own, so that a script that leaves its folder meets nobody's files
            root = Path(name).resolve() / "PowerTrader_AI"
            root.mkdir()
            yield WorkTree(root, self.scripts)

    def _run(
        self, kind: str, tree: WorkTree, world: World, our: ProgramRun, arguments: tuple[str, ...] = ()
    ) -> Ending:
        program = Program(tree.root / SCRIPTS[kind], tree.root, arguments)
        hangs = our.end in {"hang", "error"}
        quiet_s = min(self.time_limit_s, QUIET_WHEN_HANGING_S) if hangs else self.time_limit_s
        limits = Limits(self.time_limit_s, quiet_s)
        return run_script(program, world, environment_of(os.environ, tree.root), limits)


def _ended(ending: Ending, moments: list[Moment]) -> ProgramRun:
    return ProgramRun(ending.end, tuple(moments), ending.detail, tuple(ending.refused))
