"""Programs that tell how far they are: their lines, their answers, and how they are asked to end."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from powertrader.core.progress_lines import Progress
from powertrader.hub.ports import HubPorts
from powertrader.hub.programs import ProgramFailed, ProgramStopped
from powertrader.hub.told_program import ToldProgram

_TELLING = """
import os, sys
told = 'progress ["Half", 1, 2]\\n' if os.environ.get("PT_PROGRESS_LINES") == "1" else ""
sys.stderr.write(told + "Note: a word for people\\n" + told)
print('{"args": %d}' % len(sys.argv))
"""
_ENDING = """
import pathlib, sys, time
try:
    pathlib.Path(sys.argv[1]).write_text("runs")
    time.sleep(30)
except KeyboardInterrupt:
    print('{"interrupted": true}')
"""


@pytest.fixture
def ports(hub_ports: HubPorts) -> Callable[..., HubPorts]:
    def make(script: str, *more: str) -> HubPorts:
        def program(_command: str, _arguments: Sequence[str]) -> tuple[str, ...]:
            return sys.executable, "-c", script, *more

        return replace(hub_ports, program=program)

    return make


def test_lines_are_told_and_the_answer_is_given(ports: Callable[..., HubPorts]) -> None:
    told: list[Progress] = []
    program = ToldProgram(ports(_TELLING), told.append, "backtest")
    assert program.answer() == {"args": 1}
    assert told == [Progress("Half", 1, 2)] * 2


def test_what_is_no_progress_says_why_there_is_no_answer(ports: Callable[..., HubPorts]) -> None:
    script = (
        "import sys; sys.stderr.write('progress [\"a\", 1, 2]\\npowertrader: no candles\\n'); sys.exit(3)"
    )
    with pytest.raises(ProgramFailed, match=r"^no candles$"):
        ToldProgram(ports(script), lambda _: None, "backtest").answer()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere it is ended at once")
def test_one_that_is_asked_to_end_gives_what_it_has(ports: Callable[..., HubPorts], tmp_path: Path) -> None:
    mark = tmp_path / "runs"
    program = ToldProgram(ports(_ENDING, str(mark)), lambda _: None, "backtest")

    def end() -> None:
        while not mark.exists():
            time.sleep(0.005)
        program.ask_to_end()

    ender = Thread(target=end, daemon=True)
    ender.start()
    assert program.answer() == {"interrupted": True}
    ender.join(5)


def test_one_that_has_not_begun_never_begins(ports: Callable[..., HubPorts], tmp_path: Path) -> None:
    mark = tmp_path / "runs"
    program = ToldProgram(ports(_ENDING, str(mark)), lambda _: None, "backtest")
    program.ask_to_end()
    with pytest.raises(ProgramStopped):
        program.answer()
    assert not mark.exists()
