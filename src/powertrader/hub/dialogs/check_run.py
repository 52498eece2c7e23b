"""The part that three dialogs share: a pre-flight that is being made, and what it found."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.preflight import Check, CheckState, Preflight
from powertrader.hub.access import TypedKeys, ask_preflight
from powertrader.hub.panel import PanelContext
from powertrader.hub.programs import Program
from powertrader.hub.text import has_text, text
from powertrader.hub.widgets.check_list import CheckList, CheckRow
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_TICK_MS: Final = 40
_STYLES: Final = (
    (CheckState.OK, "Accent.TLabel"),
    (CheckState.WARNING, "Warning.TLabel"),
    (CheckState.FAILED, "Error.TLabel"),
    (CheckState.SKIPPED, "Muted.TLabel"),
)
_FIRST: Final = (CheckState.FAILED, CheckState.WARNING)


class CheckRun:
    """Runs one pre-flight at a time and shows how far it is, what it found, or why it found nothing.

    done is told each report, and None when there is none. report is the newest, None while one is made.
    """

    def __init__(
        self,
        parent: tk.Misc,
        context: PanelContext,
        key: str,
        done: Callable[[Preflight | None], None],
        *,
        scrolls: bool = True,
    ) -> None:
        """Make it; key tells its questions from those of other dialogs, scrolls is for its list."""
        self._context, self._key, self._done = context, f"access.{key}", done
        self._program: Program | None = None
        self.report: Preflight | None = None
        self.frame = ttk.Frame(parent)
        top = ttk.Frame(self.frame)
        top.pack(fill="x")
        self.status = WrappedLabel(top)
        self.status.pack(side="left", fill="x", expand=True)
        self._bar = ttk.Progressbar(top, mode="indeterminate", length=160)
        self.list = CheckList(self.frame, scrolls=scrolls)
        self.list.pack(fill="both", expand=True, pady=(8, 0))
        self.frame.bind("<Destroy>", self._destroyed, add=True)

    @property
    def is_running(self) -> bool:
        """Whether an answer is waited for."""
        return self._program is not None

    def start(self, program: Program, keys: TypedKeys | None = None) -> None:
        """Run a program that makes a pre-flight, handing it keys; one that still runs is given up."""
        self.stop()
        self._program, self.report = program, None
        self.list.show(())
        self.status.say(text("access.run.checking"), "TLabel")
        self._bar.pack(side="right", padx=(8, 0))
        self._bar.start(_TICK_MS)
        self._context.background.ask(
            self._key, lambda: ask_preflight(program, keys), self._answered, self._failed
        )

    def stop(self) -> None:
        """Give up what is being waited for."""
        program, self._program = self._program, None
        if program is None:
            return
        program.stop()
        self._context.background.forget(self._key)
        self._rest()
        self.status.say(text("access.run.stopped"), "Warning.TLabel")

    def say(self, words: str, style: str = "TLabel") -> None:
        """Say something above the list."""
        self.status.say(words, style)

    def _answered(self, report: Preflight) -> None:
        self._program, self.report = None, report
        self._rest()
        self.list.show([row_of(one) for one in sorted(report.checks, key=_urgency)])
        self.status.say(*summary_of(report))
        self._done(report)

    def _failed(self, error: PowerTraderError) -> None:
        self._program = None
        self._rest()
        self.status.say(text("access.run.failed", reason=error), "Error.TLabel")
        self._done(None)

    def _rest(self) -> None:
        self._bar.stop()
        self._bar.pack_forget()

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.frame and self._program is not None:
            self._program.stop()
            self._context.background.forget(self._key)


def _urgency(check: Check) -> int:
    """Put what failed first: nobody should have to scroll for it."""
    return _FIRST.index(check.state) if check.state in _FIRST else len(_FIRST)


def row_of(check: Check) -> CheckRow:
    """Give a check as a row; the way out of what is well is left out."""
    key = f"access.check.{check.name}"
    title = text(key) if has_text(key) else check.name.replace("_", " ")
    fix = "" if check.state is CheckState.OK else check.fix
    return CheckRow(text(f"access.state.{check.state}"), dict(_STYLES)[check.state], title, check.found, fix)


def summary_of(report: Preflight) -> tuple[str, str]:
    """Give the one sentence about a report, and its style."""
    failed = len(report.failed)
    warnings = sum(one.state is CheckState.WARNING for one in report.checks)
    if failed:
        return text("access.run.not_ready", failed=failed, count=len(report.checks)), "Error.TLabel"
    if warnings:
        return text("access.run.ready_but", warnings=warnings), "Warning.TLabel"
    return text("access.run.ready"), "Accent.TLabel"
