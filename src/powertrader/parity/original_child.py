"""The program in which an original script runs: stand-in modules, a still clock, no way out of its folder.

Started by original_process as `python -I -S -B original_child.py SCRIPT FOLDER ARGUMENTS...`. It asks for
everything on standard output, one JSON object a line, and gets the answers on standard input.
Uses the standard library only, because a script must see nothing else.
"""

import builtins
import json
import os
import queue
import runpy
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

LOST: Final = 70
"""Exit code when nobody answers any more."""


class Line:
    """The wire to the process that plays market, exchange and clock."""

    def __init__(self) -> None:
        """Take standard input and output away from the script."""
        self._asking = os.dup(1)
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._reader = os.fdopen(os.dup(0), encoding="utf-8")
        self._one_at_a_time = threading.Lock()
        self.now: float = 0
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        # a thread of its own notices that the other side is gone also while the script computes for ever
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, call: str, **given: Any) -> Mapping[str, Any]:
        """Ask for something and give the whole answer: a value, or a refusal with its reason."""
        with self._one_at_a_time:
            os.write(self._asking, json.dumps({"call": call, "given": given}, default=str).encode() + b"\n")
            answer: Mapping[str, Any] = self._answers.get()
        self.now = answer["now"]
        return answer

    def _read(self) -> None:
        for text in self._reader:
            self._answers.put(json.loads(text))
        os._exit(LOST)


class Guard:
    """Refuses what a script has no business with, and tells of it."""

    def __init__(self, line: Line, folder: str) -> None:
        """Watch from now on; a hook of the interpreter cannot be taken away again."""
        self._line = line
        self._folder = os.path.normcase(os.path.realpath(folder))
        self._telling = False
        sys.addaudithook(self._watch)

    def refuse(self, what: str, detail: object) -> PermissionError:
        """Tell of something refused, and give the error the script gets for it."""
        self._telling = True
        try:
            self._line.ask("refused", what=what, detail=str(detail))
        finally:
            self._telling = False
        return PermissionError(f"refused while compared: {what} {detail}")

    def _watch(self, event: str, given: tuple[Any, ...]) -> None:
        if self._telling:
            return
        if event in _NETWORK:
            raise self.refuse(_NET, given[1:] if event.startswith("socket.") else given)
        if event in _PROGRAMS:
            raise self.refuse(_PROGRAM, given[0])
        paths = given[: _CHANGES.get(event, 0)]
        if event == "open" and _is_writing(given[1], given[2]):
            paths = given[:1]
        for path in paths:
            if isinstance(path, str | bytes) and not self._is_inside(os.fsdecode(path)):
                raise self.refuse(_OUTSIDE, os.fsdecode(path))

    def _is_inside(self, path: str) -> bool:
        # the last part may be about to be made, so only its folder is followed
        parent, name = os.path.split(os.path.abspath(path))  # noqa: PTH100  Path.resolve opens files itself
        found = os.path.normcase(os.path.realpath(parent))
        inside = found == self._folder or found.startswith(self._folder + os.sep)
        return inside or path == os.devnull or os.path.join(found, name) == self._folder  # noqa: PTH118  as above


_NET: Final = "the network"
_PROGRAM: Final = "another program"
_OUTSIDE: Final = "a file outside its folder"
_NETWORK: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
    | {"socket.gethostbyaddr", "socket.getnameinfo", "socket.sendmsg", "urllib.Request"}
)
_PROGRAMS: Final = frozenset(
    {"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile"}
    | {"os.system", "os.kill", "os.killpg"}
)
_CHANGES: Final[Mapping[str, int]] = {
    "os.remove": 1,
    "os.rename": 2,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.link": 2,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.chmod": 1,
    "os.utime": 1,
}
"""How many of the event's arguments, from the first, are paths that it changes."""
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLEARS: Final = ("clear", "cls")


def _is_writing(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not set(mode).isdisjoint("wax+")
    return isinstance(flags, int) and bool(flags & _WRITING)


def plain_sum(numbers: Any, /, start: Any = 0) -> Any:
    """Add from left to right, as `sum` did before Python 3.12 (golden/BEHAVIOUR.md section 5)."""
    total = start
    for number in numbers:
        total = total + number
    return total


def _stand_still(line: Line, guard: Guard) -> None:
    """Put the scripted clock, a harmless screen and the old `sum` in place."""

    def sleep(seconds: float, /) -> None:
        line.ask("sleep", seconds=seconds)

    def system(command: object) -> int:
        if str(command).strip().lower() not in _CLEARS:
            raise guard.refuse(_PROGRAM, command)
        return 0

    replaced: tuple[tuple[object, str, Callable[..., Any]], ...] = (
        (time, "time", lambda: line.now),
        (time, "time_ns", lambda: int(line.now * 1_000_000_000)),
        (time, "sleep", sleep),
        (os, "system", system),
        (builtins, "sum", plain_sum),
    )
    for owner, name, ours in replaced:
        setattr(owner, name, ours)


class Ending:
    """Tells how the script inside ended, whatever it ended with, and ends the process."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> None:
        end, detail = _end_of(error, trace)
        self._line.ask("end", end=end, detail=detail)
        os._exit(0)


def _end_of(error: BaseException | None, trace: TracebackType | None) -> tuple[str, str]:
    if error is None:
        return "exit:0", ""
    if isinstance(error, SystemExit):
        code = error.code
        return (f"exit:{code or 0}", "") if isinstance(code, int | None) else ("exit:1", str(code))
    last = traceback.extract_tb(trace)[-1]
    name = type(error).__name__
    return f"crash:{name}", f"{name}: {error} ({Path(last.filename).name} line {last.lineno})"


def main(script: str, folder: str, arguments: list[str]) -> None:
    """Run one script in one folder until it ends, or until the asked side ends it."""
    root = str(Path(__file__).resolve().parents[2])
    sys.path.insert(0, root)
    from powertrader.parity.original_stand_ins import install  # noqa: PLC0415  the path is set up here

    sys.path.remove(root)
    line = Line()
    line.ask("begin")
    sys.path.insert(0, str(Path(script).parent))
    sys.argv = [script, *arguments]
    nowhere = Path(os.devnull).open("w+", encoding="utf-8")  # noqa: SIM115  open as long as the process
    sys.stdin = sys.stdout = sys.stderr = nowhere
    install(line.ask)
    guard = Guard(line, folder)
    _stand_still(line, guard)
    with Ending(line):
        runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
