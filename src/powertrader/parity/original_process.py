"""An original script as a process of its own, asked and answered until it ends or is ended."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

CHILD: Final = Path(__file__).with_name("original_child.py")
HANG: Final = "hang"
LOST: Final = "lost"
"""The process went away without saying how the script ended."""
_PASSED_ON: Final = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "LANG", "LC_ALL")
_LONGEST_TOLD: Final = 20
Value = Any


class Refusal(Exception):
    """What is asked for is refused; kind is the sort of error the script sees: api, order or generic."""

    def __init__(self, text: str, kind: str = "generic", code: int = 0) -> None:
        """Keep what the script is to see."""
        super().__init__(text)
        self.kind = kind
        self.code = code


class ScriptStopped(Exception):
    """The scenario is over: the process is ended at once, as a kill would."""

    def __init__(self, end: str, detail: str = "") -> None:
        """Keep how the run ended, in the words of golden/FORMAT.md, and what a person wants to know of it."""
        super().__init__(end)
        self.end = end
        self.detail = detail


class World(Protocol):
    """Market, exchange and clock of a script."""

    @property
    def now(self) -> float:
        """The time of the script's clock, in seconds since 1970."""
        ...

    def answer(self, call: str, given: Mapping[str, Any]) -> Value:
        """Answer one request. Raises Refusal, or ScriptStopped when the scenario ends here."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A copied script, the folder it works in and may change, and its arguments."""

    script: Path
    folder: Path
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class Ending:
    """How a run ended, with the last words of a crash, and what was refused on the way."""

    end: str
    detail: str = ""
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a run may take, and how long it may be without asking for anything."""

    whole_s: float
    quiet_s: float


def run_script(program: Program, world: World, environment: Mapping[str, str], limits: Limits) -> Ending:
    """Run a script until it ends by itself, its world stops it, or a limit is reached: then it hangs.

    Nothing of it is left running when this returns.
    """
    command = (sys.executable, "-I", "-S", "-B", "-X", "utf8", str(CHILD))
    with subprocess.Popen(  # noqa: S603  our own program; the user's script inside is what is compared
        [*command, str(program.script), str(program.folder), *program.arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=program.folder,
        env=dict(environment),
        encoding="utf-8",
    ) as process:
        conversation = _Conversation(process, world)
        try:
            return conversation.until_the_end(limits)
        finally:
            process.kill()
            conversation.close()


def environment_of(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Give what a script may see of the environment: no keys, and the originals' two folders in its own."""
    own = {"HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"}
    return {
        **{name: given[name] for name in _PASSED_ON if name in given},
        **dict.fromkeys(own, str(folder)),
        "POWERTRADER_GUI_SETTINGS": str(folder / "gui_settings.json"),
        "POWERTRADER_HUB_DIR": str(folder / "hub_data"),
    }


class _Conversation:
    """Answers requests line by line."""

    def __init__(self, process: "subprocess.Popen[str]", world: World) -> None:
        self._process = process
        self._world = world
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending = Ending(LOST)
        assert process.stdout is not None  # noqa: S101  opened as a pipe
        self.reader = threading.Thread(target=_read, args=(process.stdout, self._lines), daemon=True)
        self.reader.start()

    def until_the_end(self, limits: Limits) -> Ending:
        """Answer until the script ends, is stopped or takes too long."""
        deadline = time.monotonic() + limits.whole_s
        while True:
            try:
                left_s = min(limits.quiet_s, deadline - time.monotonic())
                text = self._lines.get(timeout=max(0.0, left_s))
            except queue.Empty:
                self._ending.end = HANG
                self._ending.detail = f"it asked for nothing and had not ended after {max(left_s, 0):.0f} s"
                return self._ending
            if not text:
                self._ending.detail = f"its process ended with exit code {self._process.wait()} and no word"
                return self._ending
            asked = json.loads(text)
            if asked["call"] == "end":
                self._ending.end, self._ending.detail = asked["given"]["end"], asked["given"]["detail"]
                return self._ending
            try:
                self._reply(asked["call"], asked["given"])
            except ScriptStopped as stop:
                self._ending.end, self._ending.detail = stop.end, stop.detail
                return self._ending

    def close(self) -> None:
        """Wait for the reader of a process that has ended, and give up what it was still to be told."""
        self.reader.join()
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def _reply(self, call: str, given: Mapping[str, Any]) -> None:
        reply: dict[str, Any] = {"value": None}
        if call == "refused":
            self._note(f"{given['what']}: {given['detail']}")
        elif call != "begin":
            try:
                reply = {"value": self._world.answer(call, given)}
            except Refusal as refusal:
                reply = {"refusal": {"text": str(refusal), "kind": refusal.kind, "code": refusal.code}}
        reply["now"] = self._world.now
        stream = self._process.stdin
        assert stream is not None  # noqa: S101  opened as a pipe
        try:
            stream.write(json.dumps(reply) + "\n")
            stream.flush()
        except OSError as error:
            raise ScriptStopped(LOST) from error

    def _note(self, text: str) -> None:
        if text not in self._ending.refused and len(self._ending.refused) < _LONGEST_TOLD:
            self._ending.refused.append(text)


def _read(stream: TextIO, lines: "queue.SimpleQueue[str]") -> None:
    """Pass lines on; an empty one at the end."""
    for line in stream:
        lines.put(line)
    lines.put("")
