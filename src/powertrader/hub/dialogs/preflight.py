"""Pre-flight: one button that looks at everything a start needs, and a table of what it found."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.core.preflight import Preflight
from powertrader.hub.access import preflight_program
from powertrader.hub.clipboard import copy_rows
from powertrader.hub.dialogs.check_run import CheckRun
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_SIZE: Final = (900, 600)
_LEAST: Final = (640, 380)


class PreflightDialog:
    """Looks at everything when it is opened, and again at its button."""

    def __init__(self, parent: tk.Misc, context: PanelContext) -> None:
        """Make it; nothing is looked at yet."""
        self._context = context
        self.dialog = Dialog(parent, text("access.preflight.title"), size=_SIZE, least=_LEAST)
        body = self.dialog.body
        ttk.Label(body, text=text("access.preflight.heading"), style="Title.TLabel").pack(anchor="w")
        WrappedLabel(body, words=text("access.preflight.words")).pack(fill="x", pady=(4, 10))
        self.run = CheckRun(body, context, "preflight", lambda _: self._rest())
        self.run.frame.pack(fill="both", expand=True)
        self.close = self.dialog.button(text("access.close"), self.dialog.close)
        self.again = self.dialog.button(text("access.preflight.run"), self._check)
        self.stop = self.dialog.button(text("access.cancel"), self._stop)
        self.copy = self.dialog.button(text("access.preflight.copy"), self._copy, left=True)
        for name in ("close", "again", "stop", "copy"):
            context.explain(getattr(self, name), f"access.help.{name}")

    def open(self) -> Dialog:
        """Show it and begin to look."""
        self.dialog.open(self.again)
        self._check()
        return self.dialog

    def _check(self) -> None:
        self.run.start(preflight_program(self._context.ports))
        self.again.state(["disabled"])
        self.copy.state(["disabled"])
        self.stop.state(["!disabled"])

    def _stop(self) -> None:
        self.run.stop()
        self._rest()

    def _rest(self) -> None:
        report: Preflight | None = self.run.report
        self.again.state(["!disabled"])
        self.stop.state(["disabled"])
        self.copy.state(["!disabled" if report is not None else "disabled"])

    def _copy(self) -> None:
        copy_rows(self.dialog.window, [one.cells for one in self.run.list.rows])
        self._context.say(text("access.preflight.copied", count=len(self.run.list.rows)), "news")
