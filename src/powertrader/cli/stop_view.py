"""Ends workers for `powertrader stop` and says how each ended."""

from pathlib import Path
from typing import Final

from powertrader.cli import exit_codes
from powertrader.cli.any_home import home_in_any_state
from powertrader.cli.output import emit_json, people
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import ConfigError
from powertrader.core.mailbox import Mailbox
from powertrader.core.process_stop import UNUSUAL, Ending, StopPatience, StopPorts
from powertrader.core.stop_by_name import keep_ended, stop_by_name
from powertrader.core.storage import FileStore
from powertrader.models.snapshot import STOPPABLE, SUPERVISOR, WORKERS

REASON: Final = "powertrader stop"
SUPERVISORS_PATIENCE: Final = StopPatience(asked_s=6.0, terminated_s=1.0)
"""The supervisor ends its workers first, which takes up to 5 seconds."""


def stop_and_show(named: tuple[str, ...], sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """End the named processes, or all, and give the exit code."""
    unknown = [one for one in named if one not in STOPPABLE]
    if unknown:
        msg = (
            f"{', '.join(unknown)} is no process of PowerTrader; name {', '.join(STOPPABLE)}, or none for all"
        )
        raise ConfigError(msg)
    paths, _, problem = home_in_any_state(sources, home)
    if problem:
        text = f"{problem}; looking for processes in {paths.data}"
        people().print(text, style="yellow", markup=False, soft_wrap=True)
    ports = StopPorts(paths, Mailbox(FileStore(paths.data), paths), SystemClock())
    wanted = named or STOPPABLE
    endings: dict[str, Ending] = {}
    if SUPERVISOR in wanted:
        # first, or it would start again what it sees end
        endings |= stop_by_name([SUPERVISOR], ports, REASON, SUPERVISORS_PATIENCE)
    others: list[str] = [one for one in STOPPABLE if one in wanted and one != SUPERVISOR]
    endings |= stop_by_name(others, ports, REASON)
    keep_ended([one for one in others if one in WORKERS and one not in endings], ports, REASON)
    _show(endings, named)
    if as_json:
        emit_json({"endings": {process: ending.name.lower() for process, ending in endings.items()}})
    return exit_codes.DIFFERENT if Ending.ALIVE in endings.values() else exit_codes.OK


def _show(endings: dict[str, Ending], named: tuple[str, ...]) -> None:
    console = people()
    for process, ending in endings.items():
        console.print(f"{process}: {ending}", style="yellow" if ending in UNUSUAL else "")
    idle = [process for process in named if process not in endings]
    if idle:
        console.print(f"{', '.join(idle)}: does not run")
    elif not endings:
        console.print("Nothing runs here.")
