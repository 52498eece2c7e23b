"""Commands of PowerTrader that the window runs as programs of their own, and their answers in JSON."""

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from typing import Final

from powertrader.core.exceptions import PowerTraderError, RetryLater, StorageError
from powertrader.hub.ports import HubPorts

LONGEST_S: Final = 90.0
"""A venue that does not answer is given up on by the program itself long before."""
_MOST_WORDS: Final = 600


class ProgramFailed(PowerTraderError):
    """A program ended without an answer; the text is what it said."""


class ProgramStopped(PowerTraderError):
    """The user did not want to wait any longer."""


class Program:
    """One run of a command that prints a JSON object. `answer` blocks and is for the background."""

    def __init__(self, ports: HubPorts, command: str, *arguments: str, longest_s: float = LONGEST_S) -> None:
        """Start nothing yet."""
        self._command = ports.program(command, (*arguments, "--json"))
        self._redact = ports.redact
        self._longest_s = longest_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def answer(self, given: bytes = b"") -> Mapping[str, object]:
        """Run it with something on standard input and give what it printed.

        Raises ProgramStopped after `stop`, RetryLater when it takes too long, StorageError when it cannot
        be started, and ProgramFailed with its own words when it printed no answer.
        """
        process = self._started()
        try:
            out, err = self._talk(process, given)
        except subprocess.TimeoutExpired as error:
            self._end(process)
            msg = f"no answer within {self._longest_s:.0f} s; try again"
            raise RetryLater(msg) from error
        if self._stopped:
            msg = "stopped"
            raise ProgramStopped(msg)
        try:
            content = json.loads(out)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise ProgramFailed(self._last_words(err, process.returncode))
        return content

    def stop(self) -> None:
        """End it now, from any thread; it only asks and stores as a whole, so nothing is left half done."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def _environment(self) -> Mapping[str, str] | None:
        """Give what the program finds in its environment, None for what this one does."""
        return None

    def _talk(self, process: "subprocess.Popen[bytes]", given: bytes) -> tuple[bytes, bytes]:
        """Give what it prints and what it says. Raises TimeoutExpired after the longest time."""
        return process.communicate(given, self._longest_s)

    def _started(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopped:
                msg = "stopped"
                raise ProgramStopped(msg)
            try:
                self._process = subprocess.Popen(  # noqa: S603  the command is made by us, no shell takes part
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=self._environment(),
                    start_new_session=os.name == "posix",
                    creationflags=int(getattr(subprocess, "CREATE_NO_WINDOW", 0)),
                )
            except OSError as error:
                msg = f"the program cannot be started: {error.strerror or error}"
                raise StorageError(msg) from error
            return self._process

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.communicate()

    def _last_words(self, err: bytes, code: int) -> str:
        lines = [line for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
        if not lines:
            return f"the program ended with code {code} and said nothing"
        return self._redact(lines[-1].removeprefix("powertrader: "))[:_MOST_WORDS]
