"""Whether a user's original programs run now."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from powertrader.core.original_folder import SCRIPT_KEYS, SCRIPTS, OriginalFolder, settings_of


class RunningProgram(NamedTuple):
    """A program of the original that runs."""

    script: str
    pid: int


def running_programs(original: OriginalFolder) -> tuple[RunningProgram, ...]:
    """Give the programs that run from a folder or in it; those the system does not show are left out."""
    return tuple(_running(original))


def _running(original: OriginalFolder) -> Iterator[RunningProgram]:
    folders = {original.root, original.main}
    settings = settings_of(original.settings)
    named = {Path(str(settings[key])).name for key in SCRIPT_KEYS if settings.get(key)}
    for process in psutil.process_iter():
        try:
            script = _script_of(process.cmdline(), {*SCRIPTS, *named})
            if script is not None and _works_in(process, script, folders):
                yield RunningProgram(script.name, process.pid)
        except psutil.Error:
            continue


def _script_of(command: list[str], names: set[str]) -> Path | None:
    """Give the script that a Python runs: the first word after the interpreter that is no option."""
    words = [word for word in command[1:] if not word.startswith("-")]
    script = Path(words[0]) if words else None
    return script if script is not None and script.name in names else None


def _works_in(process: psutil.Process, script: Path, folders: set[Path]) -> bool:
    place = Path(process.cwd())
    script = (place / script).resolve()
    return any(each.is_relative_to(folder) for each in (place.resolve(), script) for folder in folders)
