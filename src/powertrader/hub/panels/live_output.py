"""The pane "Live Output": what runner, trader and trainers print (HUB section 4)."""

import tkinter as tk
from collections import deque
from collections.abc import Sequence
from tkinter import ttk
from typing import Final

from powertrader.hub.clipboard import copy_text
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.panels.output_lines import Seen, brief, new_lines, seen_of
from powertrader.hub.panels.trainer_output import TrainerOutput
from powertrader.hub.text import text
from powertrader.hub.theme import FIXED, Theme
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.output_text import MOST_LINES, OutputText
from powertrader.hub.widgets.row_menu import MenuItem, RowMenu

_TABS: Final = (
    ("thinker", "classic.tab_runner", "classic.runner_prefix"),
    ("trader", "classic.tab_trader", "classic.trader_prefix"),
)


class WorkerOutput:
    """What one worker prints, with a prefix before every line."""

    def __init__(self, process: str, prefix: str) -> None:
        """Bind the worker."""
        self._process = process
        self._prefix = prefix
        self._seen = Seen()
        self._pid: int | None = None
        self._waiting: deque[str] = deque(maxlen=MOST_LINES)

    def take(self, view: HubView) -> None:
        """Note what is new, without drawing."""
        tail = view.output.get(self._process)
        if tail is not None:
            lines = new_lines(tail, self._seen)
            self._seen = seen_of(tail)
            self._waiting.extend(
                [text("classic.output_line", prefix=self._prefix, line=brief(line)) for line in lines]
            )
        pid = view.snapshot.process(self._process).pid
        if self._pid is not None and pid != self._pid:
            self._waiting.append(
                text("classic.output_line", prefix=self._prefix, line=text("classic.exited"))
            )
        self._pid = pid

    def draw(self, shown: OutputText) -> None:
        """Draw what was noted."""
        lines = tuple(self._waiting)
        self._waiting.clear()
        shown.append(lines)


class LiveOutput:
    """Three tabs; only the one in front is drawn."""

    parts = frozenset({Part.OUTPUT, Part.PROCESSES, Part.COINS, Part.COIN_LIST})

    def __init__(self, context: PanelContext) -> None:
        """Make its parts."""
        self._context = context
        self._outputs = tuple([WorkerOutput(process, text(prefix)) for process, _, prefix in _TABS])
        self.trainers = TrainerOutput(context)
        self.texts: tuple[OutputText, ...] = ()

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the pane."""
        pane = ttk.Labelframe(parent, text=text("classic.pane_output"), padding=(4, 2))
        self.tabs = ttk.Notebook(pane)
        texts: list[OutputText] = []
        for _, title, _ in _TABS:
            shown = OutputText(self.tabs, font=FIXED, empty=text("classic.nothing_printed"))
            self.tabs.add(shown, text=text(title))
            texts.append(shown)
        self.tabs.add(self.trainers.build(self.tabs), text=text("classic.tab_trainers"))
        self.texts = (*texts, self.trainers.text)
        self.tabs.pack(fill="both", expand=True)
        self.tabs.bind("<<NotebookTabChanged>>", lambda _: self._draw())
        for shown in self.texts:
            add_copy_menu(shown)
            self._context.explain(shown.text, "classic.help.output")
        self._context.theme.on_change(lambda: colour_texts(self._context.theme, self.texts))
        colour_texts(self._context.theme, self.texts)
        return pane

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw what was printed."""
        _ = change
        for output in self._outputs:
            output.take(view)
        self.trainers.take(view)
        yield
        self._draw()

    def _draw(self) -> None:
        number = self.tabs.tk.getint(self.tabs.tk.call(str(self.tabs), "index", "current"))
        if number < len(self._outputs):
            self._outputs[number].draw(self.texts[number])
        else:
            self.trainers.draw()


def colour_texts(theme: Theme, texts: Sequence[OutputText]) -> None:
    """Give texts the theme's colours."""
    p = theme.palette
    for one in texts:
        one.colour(p.panel, p.fg, p.select_bg, p.select_fg)


def add_copy_menu(shown: OutputText) -> None:
    """Let a right click copy what is selected, or all of it."""
    menu = RowMenu(
        shown.text,
        lambda: (
            MenuItem(
                text("classic.copy_selected"),
                lambda: shown.text.event_generate("<<Copy>>"),
                bool(shown.text.tag_ranges("sel")),
            ),
            MenuItem(text("classic.copy_all"), lambda: copy_text(shown.text, "\n".join(shown.lines))),
        ),
    )
    for button in ("<Button-3>", "<Control-Button-1>"):
        shown.text.bind(button, lambda event: menu.open(event.x_root, event.y_root))
