"""A monkey at the window: clicks, keys, words, menus, sizes, themes and news in any order (hypothesis).

After each step nothing may have been logged as an error, and no drawing of a panel may have failed. A window
that was closed is opened again.
"""

import gc
import time
import tkinter as tk
from collections import deque
from collections.abc import Iterator
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from powertrader.hub.palettes import PALETTES
from powertrader.hub.screens import SCREENS
from tests.conftest import ErrorLog
from tests.integration.hub_scene import HubScene, all_below, kind_of

KEYS: Final = (
    *("Tab", "Return", "space", "Escape", "Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next"),
    *("slash", "plus", "minus", "Delete", "BackSpace", "F1", "F10", "a", "1", "comma"),
    *("Control-a", "Control-c", "Control-z", "Control-y", "Control-s", "Shift-F10", "Shift-Tab"),
    *[f"Control-Key-{number}" for number in range(1, 10)],
)
WORDS: Final = (
    "0",
    "-1",
    "5",
    "1e99",
    "nan",
    "BTC",
    "btc,eth",
    "LIVE",
    "SELL",
    "ä€✓",
    "%s{}",
    "'\"\\",
    "[exit]",
)
SIZES: Final = ("980x640", "1280x720", "1400x820", "1920x1080", "300x200")
NUMBERS: Final = st.integers(0, 10_000)
SHARES: Final = st.floats(0, 0.999)
BUTTONS: Final = st.sampled_from((1, 1, 1, 1, 2, 3))
MOST_TOPLEVELS: Final = 8


class Monkey(RuleBasedStateMachine):
    """Does to `scene` whatever comes into its mind; log collects what is logged as an error."""

    scene: ClassVar[HubScene]
    log: ClassVar[ErrorLog]
    did: ClassVar[dict[str, int]] = {}
    steps: ClassVar[deque[str]] = deque(maxlen=30)
    """What was done last."""
    failed: ClassVar[str] = ""
    """The first thing that went wrong; what follows it says nothing more."""

    def _noted(self, what: str, *how: object) -> None:
        assert not self.failed, self.failed
        self.did[what] = self.did.get(what, 0) + 1
        self.steps.append(f"{what} {' '.join(map(str, how))}")
        if not self.scene.is_open:
            self.scene.open_again()

    @property
    def _root(self) -> tk.Tk:
        return self.scene.root

    @rule(number=NUMBERS, across=SHARES, down=SHARES, button=BUTTONS, twice=st.booleans())
    def click(self, number: int, across: float, down: float, button: int, twice: bool) -> None:
        """Click a widget somewhere, seldom twice."""
        path = self._any("click", number)
        if path is None:
            return
        wide, high = (int(self._root.tk.call("winfo", side, path)) for side in ("width", "height"))
        x, y = int(across * wide), int(down * high)
        for event in (
            "<Enter>",
            "<Motion>",
            *[f"<ButtonPress-{button}>", f"<ButtonRelease-{button}>"] * (1 + twice),
        ):
            self._send(path, event, x=x, y=y)

    @rule(number=NUMBERS, across=SHARES, down=SHARES, wide=SHARES)
    def drag(self, number: int, across: float, down: float, wide: float) -> None:
        """Press a button, move, and let go."""
        path = self._any("drag", number)
        if path is None:
            return
        right, low = (int(self._root.tk.call("winfo", side, path)) for side in ("width", "height"))
        y = int(down * low)
        self._send(path, "<ButtonPress-1>", x=int(across * right), y=y)
        self._send(path, "<B1-Motion>", x=int(wide * right), y=y)
        self._send(path, "<ButtonRelease-1>", x=int(wide * right), y=y)

    @rule(number=NUMBERS, up=st.booleans(), shift=st.booleans())
    def wheel(self, number: int, up: bool, shift: bool) -> None:
        """Turn the wheel over a widget."""
        path = self._any("wheel", number)
        if path is not None:
            self._send(path, f"<{'Shift-' * shift}Button-{4 if up else 5}>", x=5, y=5)

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=4))
    def press(self, keys: list[str]) -> None:
        """Press keys where the focus is."""
        self._noted("press", *keys)
        for key in keys:
            self._key(f"<{key}>")

    @rule(number=NUMBERS, words=st.sampled_from(WORDS) | st.text(max_size=6))
    def write(self, number: int, words: str) -> None:
        """Write into a field."""
        self._noted("write")
        fields = [
            path for path in self._seen() if self._kind(path) in {"TEntry", "Text", "TCombobox", "Spinbox"}
        ]
        if not fields:
            return
        path = fields[number % len(fields)]
        self.steps.append(f"  {path} {words!r}")
        self._root.tk.call("focus", "-force", path)
        if self._kind(path) == "Text" or str(self._root.tk.call(path, "cget", "-state")) == "normal":
            self._call(path, "insert", "end", words)
        self._key("<KeyRelease>")

    @rule(number=NUMBERS)
    def choose_from_menu(self, number: int) -> None:
        """Choose an entry of the window's menus."""
        self._noted("menu")
        entries = list(self._entries())
        menu, place = entries[number % len(entries)]
        self.steps.append(f"  {menu} {self._root.tk.call(menu, 'entrycget', place, '-label')}")
        self._call(menu, "invoke", str(place))

    @rule(name=st.sampled_from(SCREENS))
    def show(self, name: str) -> None:
        """Go to a screen."""
        self._noted("show", name)
        self.scene.window.commands.run("ui.show", screen=name)

    @rule(size=st.sampled_from(SIZES))
    def resize(self, size: str) -> None:
        """Make the window larger or smaller."""
        self._noted("resize", size)
        self._root.geometry(size)

    @rule(name=st.sampled_from(sorted(PALETTES)), scale=st.sampled_from((80, 100, 150)))
    def change_theme(self, name: str, scale: int) -> None:
        """Take other colours and letters."""
        self._noted("theme", name, scale)
        self.scene.window.theme.apply(PALETTES[name], scale)

    @rule(count=st.integers(1, 6))
    def hear_news(self, count: int) -> None:
        """Let the workers tell something."""
        self._noted("news")
        self.scene.home.change(count)

    @rule(seconds=st.sampled_from((0.0, 0.0, 0.02, 0.12)))
    def wait(self, seconds: float) -> None:
        """Let some time go by."""
        self._noted("wait")
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s:
            self.scene.work()
            time.sleep(0.005)

    @rule()
    def close_dialogs(self) -> None:
        """Close all windows but the main one."""
        self._noted("close dialogs")
        for path in self._toplevels():
            # one that closes takes those over it along
            if self.scene.is_open and int(self._root.tk.call("winfo", "exists", path)):
                self._root.tk.call("focus", "-force", path)
                self._send(path, "<Escape>")

    @rule(order=st.sampled_from(("ui.exit", "trading.stop_everything", "access.go_live", "access.wizard")))
    def command(self, order: str) -> None:
        """Ask for what few click on."""
        self._noted("command", order)
        self.scene.window.commands.run(order)

    @invariant()
    def nothing_went_wrong(self) -> None:
        """Fail when anything raised."""
        scene = self.scene
        scene.work()
        wrong = list(self.log.texts)
        if scene.is_open:
            wrong += map(str, scene.window.scheduler.failures)
        if wrong and not self.failed:
            type(self).failed = "\n".join([*wrong, "after:", *self.steps])
        assert not self.failed, self.failed
        if len(self._toplevels()) > MOST_TOPLEVELS:
            self.close_dialogs()

    def teardown(self) -> None:
        """Leave no dialog to the next round."""
        if self.failed:
            return
        self._noted("round")
        for _ in range(3):
            self.close_dialogs()
            self.scene.work()
        gc.collect()

    def _toplevels(self) -> list[str]:
        """Give the windows over the main one that are in sight."""
        if not self.scene.is_open:
            return []
        return [path for path in all_below(self._root) if self._kind(path) == "Toplevel"]

    def _entries(self) -> Iterator[tuple[str, int]]:
        for path in all_below(self._root):
            if self._kind(path) != "Menu" or "#" in path:
                continue
            last = str(self._root.tk.call(path, "index", "end"))
            for place in range(int(last) + 1 if last not in {"none", ""} else 0):
                if str(self._root.tk.call(path, "type", place)) == "command":
                    yield path, place

    def _any(self, what: str, number: int) -> str | None:
        self._noted(what)
        seen = list(self._seen())
        path = seen[number % len(seen)] if seen else None
        self.steps.append(f"  {path}")
        return path

    def _seen(self) -> Iterator[str]:
        for path in all_below(self._root):
            if int(self._root.tk.call("winfo", "viewable", path)) and self._kind(path) != "Menu":
                yield path

    def _kind(self, path: str) -> str:
        return kind_of(self._root, path)

    def _call(self, *words: str) -> None:
        self._root.tk.call(*words)

    def _key(self, event: str) -> None:
        if self.scene.is_open:
            focus = str(self._root.tk.call("focus")) or "."
            self._send(focus, event)

    def _send(self, path: str, event: str, **place: int) -> None:
        """Let an event happen, unless what it was for has gone meanwhile."""
        if not self.scene.is_open or not int(self._root.tk.call("winfo", "exists", path)):
            return
        options = [word for name, value in place.items() for word in (f"-{name}", value)]
        self._root.tk.call("event", "generate", path, event, *options)
        self.scene.work()
