"""The real window with a door for tests: python -m tests.integration.hub_door HOME [--set NAME=VALUE]...

Each line of standard input is a question, such as {"ask": "place", "words": "Train All"}, each line of
standard output its answer. The door only looks: it says where something is on the screen and what stands
there; whoever asks clicks and types with a real mouse and keyboard. It says what was logged as an error.
--clock names a file with the seconds by which the window's clock is moved (moved_clock).
"""

import argparse
import json
import logging
import queue
import sys
import threading
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from powertrader.cli.hub_view import HubRequest, run_window
from powertrader.cli.options import sources_from
from powertrader.hub.app import HubWindow
from powertrader.hub.latency import LatencyProbe
from powertrader.models.snapshot import PROCESSES
from tests.conftest import ErrorLog
from tests.integration.moved_clock import moving

LOOK_MS: Final = 10
_MENU: Final = "Menu"
Place = tuple[int, int]


class Eyes:
    """Sees what is on the screen in a window, as Tk tells it."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._call = root.tk.call

    def place(self, words: str, kind: str = "") -> Place | None:
        """Give where on the screen a widget, tab, menu entry or row with such words can be clicked now."""
        for path in self._seen():
            if kind and self._kind(path) != kind:
                continue
            found = self._place_in(path, words)
            if found is not None and self._is_on_top(path, found):
                return found
        return None

    def words(self) -> list[str]:
        """Give every text that can be seen."""
        return [words for path in self._seen() for words in self._words_of(path) if words]

    def titles(self) -> list[str]:
        """Give the titles of all windows that are open."""
        return [str(self._call("wm", "title", path)) for path in self._seen() if self._is_window(path)]

    def _seen(self, path: str = ".") -> Iterator[str]:
        if not int(self._call("winfo", "viewable", path)):
            return
        # what was opened last lies on top
        for child in reversed(self._list("winfo", "children", path)):
            yield from self._seen(child)
        yield path

    def _is_window(self, path: str) -> bool:
        return str(self._call("winfo", "toplevel", path)) == path and self._kind(path) != _MENU

    def _kind(self, path: str) -> str:
        return str(self._call("winfo", "class", path))

    def _list(self, *words: str) -> list[str]:
        return [str(one) for one in self._root.tk.splitlist(self._call(*words))]

    def _corner(self, path: str) -> Place:
        return int(self._call("winfo", "rootx", path)), int(self._call("winfo", "rooty", path))

    def _place_in(self, path: str, words: str) -> Place | None:
        inside = {_MENU: self._entry, "TNotebook": self._tab, "Treeview": self._row}.get(self._kind(path))
        x, y = self._corner(path)
        if inside is not None:
            found = inside(path, words)
            return None if found is None else (x + found[0], y + found[1])
        if words not in self._words_of(path):
            return None
        wide, high = (int(self._call("winfo", side, path)) for side in ("width", "height"))
        return x + wide // 2, y + high // 2

    def _entry(self, path: str, words: str) -> Place | None:
        last = self._call(path, "index", "end")
        for number in range(int(last) + 1 if str(last) not in {"none", ""} else 0):
            if str(self._call(path, "type", number)) == "separator":
                continue
            if str(self._call(path, "entrycget", number, "-label")) == words:
                x = int(self._call(path, "xposition", number))
                return x + 6, int(self._call(path, "yposition", number)) + 6
        return None

    def _tab(self, path: str, words: str) -> Place | None:
        tabs = self._list(path, "tabs")
        texts = [str(self._call(path, "tab", tab, "-text")) for tab in tabs]
        for x in range(4, int(self._call("winfo", "width", path)), 8):
            number = str(self._call(path, "index", f"@{x},10"))
            if number and texts[int(number)] == words:
                return x + 8, 10
        return None

    def _row(self, path: str, words: str) -> Place | None:
        for row in self._list(path, "children", ""):
            box = self._list(path, "bbox", row)
            if words in self._cells(path, row) and box:
                return int(box[0]) + 20, int(box[1]) + int(box[3]) // 2
        return None

    def _cells(self, path: str, row: str) -> list[str]:
        return [str(self._call(path, "item", row, "-text")), *self._list(path, "item", row, "-values")]

    def _words_of(self, path: str) -> list[str]:
        kind = self._kind(path)
        try:
            if kind == "Treeview":
                return [cell for row in self._list(path, "children", "") for cell in self._cells(path, row)]
            if kind == "Listbox":
                return self._list(path, "get", "0", "end")
            if kind in {"TEntry", "Entry", "TCombobox"}:
                return [str(self._call(path, "get"))]
            if kind == "Text":
                return [str(self._call(path, "get", "1.0", "end")).strip()]
            return [str(self._call(path, "cget", "-text"))]
        except tk.TclError:
            return []

    def _is_on_top(self, path: str, place: Place) -> bool:
        found = str(self._call("winfo", "containing", *place))
        return found == path or found.startswith(f"{path}.")


class Door:
    """Answers questions about a window."""

    def __init__(self, errors: ErrorLog) -> None:
        self._errors = errors
        self._probe: LatencyProbe | None = None
        self._asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def opened(self, window: HubWindow) -> None:
        """Open: the window is there."""
        self._window, self._eyes = window, Eyes(window.root)
        self._measure()
        threading.Thread(target=self._read, daemon=True).start()
        self._look()

    def _measure(self) -> None:
        """Measure from now on how long a click waits."""
        if self._probe is not None:
            self._probe.stop()
        self._probe = LatencyProbe(self._window.root)
        self._probe.start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._asked.put(json.loads(line))

    def _look(self) -> None:
        self._window.root.after(LOOK_MS, self._look)
        while not self._asked.empty():
            question = self._asked.get()
            answers: dict[str, Callable[..., object]] = {
                "place": self._eyes.place,
                "words": self._eyes.words,
                "titles": self._eyes.titles,
                "state": self._state,
                "forget": self._measure,
            }
            answer = answers[question.pop("ask")](**question)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()

    def _state(self) -> dict[str, object]:
        window, view = self._window, self._window.view
        latency = self._probe.read() if self._probe else None
        found: dict[str, object] = {
            "screen": window.screen,
            "errors": self._errors.texts,
            "worst_ms": latency.worst_ms if latency else None,
            "version": view.version if view else 0,
        }
        if view is not None:
            found |= {
                "findings": [f"{one.subject}: {one.problem}" for one in view.findings],
                "problems": [*view.problems, *view.settings.problems],
                "pids": {name: view.snapshot.process(name).pid for name in PROCESSES},
                "trades": len(view.trades),
            }
        return found


def main() -> int:
    """Run the window and give its exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--clock", type=Path)
    chosen = parser.parse_args()
    errors = ErrorLog()
    logging.getLogger().addHandler(errors)
    request = HubRequest(overrides=tuple(chosen.set))
    sources = sources_from(chosen.home, None, chosen.set)
    with moving(chosen.clock) if chosen.clock else nullcontext():
        return run_window(request, sources, chosen.home, Door(errors).opened)


if __name__ == "__main__":
    sys.exit(main())
