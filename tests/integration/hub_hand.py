"""A hand on the real window: it runs in a process of its own on a screen of its own, by mouse and keys alone.

    with hub_window(home, "exchange.url=http://...") as hub:
        hub.tab("Settings")
        hub.click("Save...")
        hub.wait_for("Everything is saved")

Questions about what can be seen go through tests.integration.hub_door; everything that is done is done by
xdotool, as a user does it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.display import screen, xdotool

PATIENCE_S: Final = 30.0
LOOK_S: Final = 0.05
ENDS_S: Final = 20.0


class HubHand:
    """One window and what can be done with it."""

    def __init__(self, command: Sequence[str], said: Path) -> None:
        """Start nothing yet; what the window writes goes to the file said."""
        self._command, self._said = command, said
        self.errors: Sequence[str] = ()
        """What the window logged as errors, up to the last look."""
        self.allowed: tuple[str, ...] = ()
        """Parts of errors that a test makes on purpose."""

    def start(self) -> None:
        """Start it, once more after a kill, and wait for its first view."""
        with self._said.open("ab") as said:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
            )
        self.wait(lambda: self.state()["version"] > 0, "a first view")

    def ask(self, question: str, **more: object) -> Any:
        """Ask the door."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"ask": question, **more}) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, f"the window is gone\n{self.tail()}"
        return json.loads(line)

    def state(self) -> dict[str, Any]:
        """Give how the window stands."""
        found: dict[str, Any] = self.ask("state")
        self.errors = [one for one in found["errors"] if not any(part in one for part in self.allowed)]
        assert not self.errors, f"{self.errors}\n{self.tail()}"
        return found

    def wait(self, met: Callable[[], bool], what: str = "that", patience_s: float = PATIENCE_S) -> float:
        """Wait until something is so, and give how long that took in seconds."""
        began_s = time.monotonic()
        while not met():
            waited_s = time.monotonic() - began_s
            assert waited_s < patience_s, f"{what}: waited in vain\n{self.ask('words')}\n{self.tail()}"
            time.sleep(LOOK_S)
            self.state()
        return time.monotonic() - began_s

    def sees(self, words: str) -> bool:
        """Tell whether some text in sight has these words in it."""
        return any(words in one for one in self.ask("words"))

    def wait_for(self, words: str, patience_s: float = PATIENCE_S) -> float:
        """Wait until words are in sight, and give how long that took in seconds."""
        return self.wait(lambda: self.sees(words), words, patience_s)

    def place(self, words: str, kind: str = "") -> tuple[int, int]:
        """Give where words can be clicked, once they can."""
        found: list[Any] = []

        def is_there() -> bool:
            found[:] = [self.ask("place", words=words, kind=kind)]
            return found[0] is not None

        self.wait(is_there, f"a place to click: {words}")
        x, y = found[0]
        return int(x), int(y)

    def click(self, words: str, kind: str = "", button: int = 1) -> None:
        """Click what has such words."""
        x, y = self.place(words, kind)
        xdotool("mousemove", str(x), str(y), "click", str(button))

    def scroll_down_at(self, words: str) -> None:
        """Turn the wheel down where words stand, to the end."""
        x, y = self.place(words)
        xdotool("mousemove", str(x), str(y), "click", "--repeat", "30", "--delay", "2", "5")

    def press(self, words: str) -> None:
        """Click a button."""
        self.click(words, "TButton")

    def tab(self, words: str) -> None:
        """Click a tab."""
        self.click(words, "TNotebook")

    def menu(self, title: str, entry: str) -> None:
        """Open a menu and click an entry."""
        self.click(title, "Menu")
        self.click(entry, "Menu")

    def key(self, *keys: str) -> None:
        """Press keys, such as ctrl+a."""
        xdotool("key", *keys)

    def write(self, words: str) -> None:
        """Type words."""
        xdotool("type", "--delay", "2", words)

    def replace(self, before: str, after: str) -> None:
        """Write over what stands in a field."""
        self.click(before)
        self.key("ctrl+a")
        self.write(after)

    def kill(self) -> None:
        """End the window in the middle of whatever it does."""
        self.state()
        self.process.kill()
        self._ended()

    def end(self) -> None:
        """End it whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(ENDS_S)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return code

    def wait_for_end(self) -> int:
        """Wait until it has closed by itself, and give its exit code."""
        return self._ended()

    def tail(self) -> str:
        """Give what it wrote last."""
        return "\n".join(self._said.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


@contextmanager
def hub_window(home: Path, *settings: str, clock: Path | None = None) -> Iterator[HubHand]:
    """Run a window on a home until the block ends; an error that it logs is an AssertionError.

    clock: the file that moves its clock (moved_clock).
    """
    home.mkdir(parents=True, exist_ok=True)
    words = [word for setting in settings for word in ("--set", setting)]
    moved = ["--clock", str(clock)] if clock else []
    command = [sys.executable, "-m", "tests.integration.hub_door", str(home), *words, *moved]
    with screen() as display:
        before = os.environ.get("DISPLAY")
        if display:
            os.environ["DISPLAY"] = display
        hand = HubHand(command, home.parent / f"{home.name}.said")
        try:
            hand.start()
            yield hand
            if hand.process.poll() is None:
                hand.state()
        finally:
            hand.end()
            if before is None:
                os.environ.pop("DISPLAY", None)
            else:
                os.environ["DISPLAY"] = before
