"""The screen Health: what needs a look, every process, the venues, what waits, and the window itself."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Final

from powertrader.hub.clipboard import copy_text
from powertrader.hub.diagnosis import diagnosis_of
from powertrader.hub.health_rows import (
    BAD,
    WARNING,
    WELL,
    process_rows,
    queue_lines,
    venue_rows,
    window_lines,
)
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.health_findings import FindingList
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.table_model import Column

_PROCESSES: Final = (
    ("component", 90),
    ("state", 120),
    ("pid", 70),
    ("heartbeat", 90),
    ("steps", 90),
    ("errors", 90),
    ("restarts", 80),
    ("last_error", 380),
)
_VENUES: Final = (("venue", 110), ("weight", 190), ("orders", 80), ("pause", 80), ("clock", 190))


class HealthScreen:
    """One page that scrolls; nothing on it asks a venue or reads a file."""

    parts = frozenset({Part.PROCESSES, Part.FINDINGS, Part.ACCOUNT, Part.SETTINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._view: HubView | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the page."""
        page = ScrollFrame(parent)
        body = page.body
        body.configure(padding=12)
        row = ttk.Frame(body)
        self.copy = ttk.Button(row, text=text("health.copy"), command=self._copy)
        self.logs = ttk.Button(row, text=text("health.open_logs"), command=self._open_logs)
        self.copy.pack(side="left", padx=(0, 8))
        self.logs.pack(side="left")
        row.pack(fill="x", pady=(0, 8))
        found = ttk.Labelframe(body, text=text("health.findings"))
        self.findings = FindingList(found, self._context)
        self.findings.pack(fill="x")
        found.pack(fill="x", pady=(0, 10))
        self.processes = self._made_table(body, "processes", _PROCESSES, 6)
        self.venues = self._made_table(body, "venues", _VENUES, 4)
        below = ttk.Frame(body)
        below.columnconfigure((0, 1), weight=1, uniform="half")
        self.window = self._made_lines(below, "window", 0)
        self.queues = self._made_lines(below, "queues", 1)
        below.pack(fill="x")
        self._context.explain(self.copy, "health.help.copy")
        self._context.explain(self.logs, "health.help.logs")
        self._context.explain(self.findings, "health.help.findings")
        self._context.theme.on_change(self._paint)
        self._paint()
        return page

    def render(self, view: HubView, change: Change) -> Steps:
        """Bring the page up to date."""
        _ = change
        self._view = view
        self.findings.show(view)
        yield
        vitals = self._context.vitals()
        self.processes.show(process_rows(view, vitals))
        yield
        self.venues.show(venue_rows(view.snapshot))
        yield
        _fill(self.window, tuple(window_lines(view, vitals)))
        _fill(self.queues, tuple(queue_lines(view)))

    def _made_table(
        self, body: tk.Misc, name: str, columns: Sequence[tuple[str, int]], height: int
    ) -> KeyedTable:
        box = ttk.Labelframe(body, text=text(f"health.{name}"), padding=8)
        preferences = self._context.preferences
        options = TableOptions(
            empty=text(f"health.{name}_empty"),
            state=remembered(preferences, f"health_{name}"),
            remember=remember_in(preferences, f"health_{name}"),
            height=height,
        )
        table = KeyedTable(
            box, [Column(key, text(f"health.column.{key}"), px, "w") for key, px in columns], options
        )
        table.pack(fill="x")
        box.pack(fill="x", pady=(0, 10))
        self._context.explain(table.tree, f"health.help.{name}")
        return table

    def _made_lines(self, parent: tk.Misc, name: str, column: int) -> tuple[ttk.Label, ttk.Label]:
        box = ttk.Labelframe(parent, text=text(f"health.{name}"), padding=8)
        box.grid(row=0, column=column, sticky="nsew", padx=(0 if column == 0 else 10, 0))
        names, values = ttk.Label(box, style="Muted.TLabel"), ttk.Label(box)
        names.pack(side="left", anchor="n")
        values.pack(side="left", anchor="n", padx=(16, 0))
        self._context.explain(box, f"health.help.{name}")
        return names, values

    def _copy(self) -> None:
        if self._view is not None:
            diagnosis = diagnosis_of(self._view, self._context.vitals())
            copy_text(self.copy, self._context.ports.redact(diagnosis))
            self._context.say(text("health.copied"), "news")

    def _open_logs(self) -> None:
        self._context.ports.open_place(str(self._context.ports.paths.logs))

    def _paint(self) -> None:
        palette = self._context.theme.palette
        colours = {BAD: palette.error, WARNING: palette.warning, WELL: palette.fg}
        for table in (self.processes, self.venues):
            table.paint(colours)


def _fill(labels: tuple[ttk.Label, ttk.Label], lines: Sequence[tuple[str, str]]) -> None:
    for place, label in enumerate(labels):
        words = "\n".join(line[place] for line in lines)
        if str(label.cget("text")) != words:
            label.configure(text=words)


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return HealthScreen(context)
