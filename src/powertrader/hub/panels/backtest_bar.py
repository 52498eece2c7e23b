"""The line that makes a backtest: the button, what is asked for, how far it is, and what came of it."""

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.progress_lines import Progress
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.backtest_choice import BacktestChoice
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.hub.told_program import ToldProgram
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_KEY: Final = "backtest.run"
_TICK_MS: Final = 200
_BAR_MS: Final = 30
_WHOLE: Final = 100
_TELLING_PCT: Final = 5
"""Less of it says little about the rest."""


class BacktestBar:
    """Runs one backtest at a time; done is told the name of its folder."""

    def __init__(self, context: PanelContext, done: Callable[[str], None]) -> None:
        """Run nothing yet."""
        self._context, self._done = context, done
        self.choice = BacktestChoice(context)
        self._program: ToldProgram | None = None
        self._progress: Progress | None = None
        self._ending = False
        self._told_s = 0.0
        self._tick = ""

    def build(self, parent: tk.Misc) -> ttk.Frame:
        """Make the widgets."""
        self.frame = ttk.Frame(parent)
        row = ttk.Frame(self.frame)
        row.pack(fill="x")
        explain = self._context.explain
        self.run = ttk.Button(row, text=text("backtest.run"), command=self.start)
        self.run.pack(side="left")
        explain(self.run, "backtest.help.run")
        self.end = ttk.Button(row, text=text("backtest.stop"), command=self.stop)
        self.end.pack(side="left", padx=8)
        explain(self.end, "backtest.help.stop")
        self.choice.build(row)
        self.bar = ttk.Progressbar(row, length=130, maximum=_WHOLE)
        explain(self.bar, "backtest.help.progress")
        self.status = WrappedLabel(self.frame, words=text("backtest.idle"), style="Muted.TLabel")
        self.status.pack(fill="x", pady=(6, 0))
        self.frame.bind("<Destroy>", self._destroyed, add=True)
        self._show_buttons()
        return self.frame

    @property
    def is_running(self) -> bool:
        """Whether a backtest is being made."""
        return self._program is not None

    def start(self) -> None:
        """Make a backtest of the settings in force."""
        if self.is_running:
            return
        ports = self._context.ports
        asked = self.choice.options(ports.wall.now())
        program = ToldProgram(ports, self._told, "backtest", *ports.options, *asked)
        self._program, self._progress, self._ending = program, None, False
        self.status.say(text("backtest.starting"), "TLabel")
        self.bar.pack(side="left", padx=12)
        self.bar.configure(mode="indeterminate")
        self.bar.start(_BAR_MS)
        self._show_buttons()
        self._context.background.ask(_KEY, program.answer, self._answered, self._failed)
        self._tick = self.frame.after(_TICK_MS, self._show_progress)

    def stop(self) -> None:
        """Ask it to end; what was traded until then is kept."""
        if self._program is not None and not self._ending:
            self._ending = True
            self.status.say(text("backtest.ending"), "TLabel")
            self._show_buttons()
            self._program.ask_to_end()

    def _told(self, progress: Progress) -> None:
        """Take a line of the program, in another thread."""
        before, self._progress = self._progress, progress
        if before is None or not before.percent or (progress.percent or 0.0) < before.percent:
            # it began, or began with something else
            self._told_s = time.monotonic()

    def _show_progress(self) -> None:
        self._tick = self.frame.after(_TICK_MS, self._show_progress)
        progress = self._progress
        if progress is None or self._ending or not self.frame.winfo_viewable():
            return
        percent = progress.percent
        if percent is None:
            self.status.say(text("backtest.working", what=progress.what))
            return
        self.bar.stop()
        self.bar.configure(mode="determinate", value=percent)
        self.status.say(_working(progress.what, percent, time.monotonic() - self._told_s))

    def _answered(self, content: Mapping[str, object]) -> None:
        self._rest()
        self.status.say(*_outcome(content))
        self._done(str(content.get("result_dir", "")).replace("\\", "/").rpartition("/")[2])

    def _failed(self, error: PowerTraderError) -> None:
        was_ending = self._ending
        self._rest()
        if was_ending:
            self.status.say(text("backtest.stopped"), "Warning.TLabel")
        else:
            self.status.say(text("backtest.failed", reason=error), "Error.TLabel")

    def _rest(self) -> None:
        self._program, self._ending = None, False
        self.frame.after_cancel(self._tick)
        self.bar.stop()
        self.bar.pack_forget()
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.run.state(["disabled" if self.is_running else "!disabled"])
        self.end.state(["!disabled" if self.is_running and not self._ending else "disabled"])

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.frame and self._program is not None:
            self._program.stop()
            self._context.background.forget(_KEY)
            self.frame.after_cancel(self._tick)


def _working(what: str, percent: float, since_s: float) -> str:
    """Say how far it is, and for how long it will go on once that can be told."""
    if percent < _TELLING_PCT:
        return text("backtest.working_pct", what=what, percent=percent)
    left_s = since_s / percent * (_WHOLE - percent)
    return text("backtest.working_left", what=what, percent=percent, left=age_text(left_s))


def _outcome(content: Mapping[str, object]) -> tuple[str, str]:
    """Say what came of a backtest that ended, and in which style."""
    if not content.get("interrupted"):
        return text(
            "backtest.done", seconds=content.get("took_s"), engine=content.get("engine")
        ), "Accent.TLabel"
    if not content.get("steps"):
        return text("backtest.stopped"), "Warning.TLabel"
    return text("backtest.stopped_early", until=str(content.get("last_step"))[:10]), "Warning.TLabel"
