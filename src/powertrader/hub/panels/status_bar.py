"""The status bar: what was said last, the time and the folder, and how quickly the window answers."""

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import Final

from powertrader.hub.latency import Latency
from powertrader.hub.panel import Level, PanelContext, Steps
from powertrader.hub.text import text
from powertrader.hub.time_text import moment_text
from powertrader.hub.view import Change, HubView, Part

SAID_MS: Final = 8000
"""How long words stay that were said to the user."""
SILENCE_S: Final = 3.0
"""So much longer than two pauses may a reading take before it is told."""
_STYLES: Final[Mapping[Level, str]] = {
    "news": "Bar.TLabel",
    "warning": "BarWarning.TLabel",
    "error": "BarError.TLabel",
}


class StatusBar:
    """One line at the bottom."""

    parts = frozenset({Part.PROCESSES})

    def __init__(self, context: PanelContext, latency: Callable[[], Latency | None]) -> None:
        """Bind what it works with; latency gives what was measured."""
        self._context = context
        self._latency = latency
        self._said: str | None = None
        self._refresh_s = 0.0

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the line."""
        frame = self._frame = ttk.Frame(parent, padding=(8, 3), style="Bar.TFrame")
        self._status = ttk.Label(frame, text=text("window.ready"), style="Bar.TLabel")
        self._speed = ttk.Label(frame, text=text("window.latency_none"), style="Bar.TLabel")
        self._speed.pack(side="right")
        self._status.pack(side="left", fill="x", expand=True)
        self._context.explain(self._status, "window.help.status")
        self._context.explain(self._speed, "window.help.latency")
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Say the time of the view, unless something else was just said."""
        _ = change
        self._refresh_s = view.settings.config.hub.ui_refresh_seconds
        if self._said is None:
            folder = self._context.ports.paths.hub_data
            self._status.configure(
                text=text("window.status", time=moment_text(view.at), folder=folder),
                style="Bar.TLabel",
            )
        found = self._latency()
        if found is not None:
            speed = text("window.latency", p50=found.p50_ms, p99=found.p99_ms)
            self._speed["text"] = f"{speed} · {text('window.reading', ms=view.reading_s * 1000)}"
        yield

    def warn_of_silence(self, silence_s: float) -> None:
        """Say that what is shown is old, while nothing has been read for longer than it should take."""
        limit_s = SILENCE_S + 2 * self._refresh_s
        if silence_s > limit_s:
            self.say(text("window.not_read", seconds=f"{silence_s:.0f}"), "error")

    def say(self, words: str, level: Level = "news") -> None:
        """Say something for some seconds."""
        if self._said is not None:
            self._frame.after_cancel(self._said)
        self._status.configure(text=words, style=_STYLES[level])
        self._said = self._frame.after(SAID_MS, self._over)

    def _over(self) -> None:
        self._said = None
        self._status.configure(text=text("window.ready"), style="Bar.TLabel")
