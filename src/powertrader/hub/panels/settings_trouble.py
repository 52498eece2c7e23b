"""What is wrong with the settings files, and the way out, above the settings."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_saving import settings_path, write_anew
from powertrader.hub.text import text
from powertrader.hub.view import SettingsView
from powertrader.hub.widgets.dialog import Answer, ask

_WRAP_PX: Final = 1000


class TroubleBox:
    """Hidden while the files can be used."""

    def __init__(self, parent: tk.Misc, context: PanelContext) -> None:
        """Make it, out of sight."""
        self._context = context
        self._settings: SettingsView | None = None
        self.frame = ttk.Frame(parent, padding=8)
        head = ttk.Label(self.frame, text=text("settings.damaged.head"), style="Error.TLabel")
        head.pack(anchor="w")
        self.problems = ttk.Label(self.frame, wraplength=_WRAP_PX, justify="left")
        self.problems.pack(anchor="w", pady=4)
        advice = ttk.Label(
            self.frame, text=text("settings.damaged.advice"), wraplength=_WRAP_PX, style="Muted.TLabel"
        )
        advice.pack(anchor="w")
        self.button = ttk.Button(self.frame, text=text("settings.button.begin_anew"), command=self._ask)
        context.explain(self.button, "settings.help.begin_anew")

    def show(self, settings: SettingsView) -> None:
        """Show what is wrong with the files; the button only where the window's own file is at fault."""
        self._settings = settings
        if not settings.problems:
            self.frame.pack_forget()
            return
        self.problems.configure(text="\n".join(settings.problems))
        if any(str(settings_path(self._context)) in one for one in settings.problems):
            self.button.pack(anchor="w", pady=(6, 0))
        else:
            self.button.pack_forget()
        self.frame.pack(side="top", fill="x", before=self.frame.master.winfo_children()[0])

    def _ask(self) -> None:
        answers = (
            Answer(text("settings.damaged.go_on"), self._begin_anew),
            Answer(text("settings.save.cancel")),
        )
        ask(self.frame, text("settings.damaged.ask_title"), text("settings.damaged.ask"), answers)

    def _begin_anew(self) -> None:
        if self._settings is None:
            return
        write_anew(
            self._context,
            self._settings,
            lambda name: self._context.say(text("settings.damaged.done", name=name), "news"),
            lambda reason: self._context.say(text("settings.save.failed", reason=reason), "error"),
        )
