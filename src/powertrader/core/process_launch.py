"""Starting a worker as a process of its own that outlives whoever started it."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from powertrader.core.exceptions import StorageError
from powertrader.core.process_output import open_output


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One worker: its name, its command line, and what its environment has besides ours.

    A variable of the environment without a value, None, is kept from it.
    first: further arguments of its first start, which a start after a crash does not repeat.
    """

    process: str
    command: tuple[str, ...]
    first: tuple[str, ...] = ()
    environment: tuple[tuple[str, str | None], ...] = ()

    @property
    def options(self) -> str:
        """What tells its command line from others, without what stands in it."""
        return hashlib.sha256("\0".join(self.command[1:]).encode()).hexdigest()[:16]


def powertrader_command(process: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Give the command line that runs a command of this very PowerTrader."""
    return (sys.executable, "-m", "powertrader", process, *arguments)


def launch(spec: WorkerSpec, arguments: Sequence[str], output: Path) -> "subprocess.Popen[bytes]":
    """Start a worker whose output goes to a file. Raises StorageError when it cannot be started."""
    with open_output(output) as stream:
        try:
            return subprocess.Popen(  # noqa: S603  the command is made by us, no shell takes part
                (*spec.command, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=_environment(spec),
                # apart from our terminal: Ctrl-C and its closing are ours alone
                start_new_session=os.name == "posix",
                creationflags=_own_group(),
            )
        except OSError as error:
            msg = f"{spec.process} cannot be started by {spec.command[0]}: {error.strerror or error}"
            raise StorageError(msg) from error


def _environment(spec: WorkerSpec) -> dict[str, str]:
    wanted = {**os.environ, **dict(spec.environment)}
    return {name: value for name, value in wanted.items() if value is not None}


def _own_group() -> int:
    """Give the flags that take a new process out of our console, where there is such a thing."""
    names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW")
    return sum(int(getattr(subprocess, name, 0)) for name in names)
