"""The pane "Controls / Health": what runs, the account, trainings, and the levels of all coins."""

import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.account_lines import AccountLines
from powertrader.hub.panels.signal_tiles import SignalTiles
from powertrader.hub.panels.training_controls import TrainingControls
from powertrader.hub.text import text
from powertrader.hub.theme import BOLD
from powertrader.hub.time_text import clock_text
from powertrader.hub.training_state import trainings_of
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.models.snapshot import ProcessState, ProcessView, Snapshot

_TOGGLE_WIDTH: Final = 14
_AROUND_TILES_PX: Final = 44
"""Borders and gaps around the levels, which keep room for a row of tiles: what is above them scrolls."""
_BESIDE_PX: Final = 31
"""Borders, the gap between both columns, and a scrollbar, whether it is shown or not."""
_ALERTS: Final[Mapping[ProcessState, tuple[str, str]]] = {
    ProcessState.WARNING: ("classic.state_warning", "Warning.TLabel"),
    ProcessState.FAILING: ("classic.state_failing", "Error.TLabel"),
    ProcessState.STALE: ("classic.state_stale", "Warning.TLabel"),
    ProcessState.CRASHED: ("classic.state_crashed", "Error.TLabel"),
    ProcessState.REFUSED: ("classic.state_refused", "Error.TLabel"),
}


class StatusLines:
    """Three lines on thinker and trader, and the button that starts or stops both."""

    parts = frozenset({Part.PROCESSES, Part.COINS, Part.COIN_LIST, Part.ACCOUNT})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._stops = False

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make lines and button."""
        frame = ttk.Frame(parent)
        self.neural, self.trader, self.last = (ttk.Label(frame, borderwidth=0) for _ in range(3))
        for name in ("neural", "trader", "last"):
            label: ttk.Label = getattr(self, name)
            label.pack(anchor="w", pady=(0, 1))
            self._context.explain(label, f"classic.help.{name}")
        self.toggle = ttk.Button(
            frame, text=text("classic.start_all"), width=_TOGGLE_WIDTH, command=self._pressed
        )
        self.toggle.pack(anchor="w", pady=(3, 3))
        self._context.explain(self.toggle, "classic.help.toggle")
        return frame

    def fit(self, width: int) -> None:
        """Wrap the lines where they would be wider than this."""
        for label in (self.neural, self.trader, self.last):
            label.configure(wraplength=max(width, 1))

    def render(self, view: HubView, change: Change) -> Steps:
        """Say what runs."""
        _ = change
        snapshot = view.snapshot
        for label, name, process in (
            (self.neural, "classic.neural", "thinker"),
            (self.trader, "classic.trader", "trader"),
        ):
            words, style = state_words(snapshot.process(process))
            label.configure(text=text(name, state=words), style=style)
        self.last.configure(text=text("classic.last_status", time=last_status(snapshot)))
        trainings = trainings_of(snapshot)
        self._stops = trainings.works or view.workers.trader_follows
        self.toggle.configure(text=text("classic.stop_all" if self._stops else "classic.start_all"))
        self.toggle.state(["!disabled" if self._stops or trainings.may_start_all else "disabled"])
        yield

    def _pressed(self) -> None:
        self._context.commands.run("trading.stop_all" if self._stops else "trading.start_all")


class Controls:
    """The whole pane."""

    def __init__(self, context: PanelContext) -> None:
        """Make its parts."""
        self._context = context
        self.status = StatusLines(context)
        self.account = AccountLines(context)
        self.training = TrainingControls(context)
        self.tiles = SignalTiles(context)

    @property
    def panels(self) -> tuple[tuple[str, Panel], ...]:
        """What is drawn, each by itself, the most telling first."""
        return (
            ("status lines", self.status),
            ("account", self.account),
            ("trainings", self.training),
            ("levels", self.tiles),
        )

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the pane."""
        pane = ttk.Labelframe(parent, text=text("classic.pane_controls"), padding=(4, 0))
        upper = ScrollFrame(pane)
        left, right = self._build_upper(upper.body)
        levels = self.tiles.build(pane)
        upper.grid(row=0, column=0, sticky="nsew")
        levels.grid(row=1, column=0, sticky="nsew")
        pane.columnconfigure(0, weight=1)
        pane.rowconfigure(1, weight=1)

        def shared(_: "tk.Event[tk.Misc]") -> None:
            # by the pane's width, not by what a scrollbar leaves of it: its coming and going must not wrap
            # words, or the height that this gives would call and dismiss the scrollbar for ever
            self._share(pane.winfo_width() - _BESIDE_PX, left.winfo_reqwidth(), right)
            room = pane.winfo_height() - self._tiles_px()
            pane.rowconfigure(0, minsize=max(0, min(upper.body.winfo_reqheight(), room)))

        pane.bind("<Configure>", shared)
        upper.body.bind("<Configure>", shared, add=True)
        return pane

    def _share(self, width: int, left: int, right: tk.Widget) -> None:
        """Put the trainings beside the account, or below it where they would be too narrow."""
        beside = width - left >= self.training.least_width
        right.grid(row=0 if beside else 1, column=1 if beside else 0, columnspan=1 if beside else 2)
        self.training.fit(width - left if beside else width)

    def _tiles_px(self) -> int:
        theme = self._context.theme
        return self.tiles.canvas.tile_height + theme.line_height(BOLD) * 2 + _AROUND_TILES_PX

    def _build_upper(self, body: tk.Misc) -> tuple[tk.Widget, tk.Widget]:
        left = ttk.Frame(body)
        self.status.build(left).pack(fill="x")
        account = self.account.build(left)
        account.pack(fill="x", expand=True, anchor="n")
        account.bind("<Configure>", lambda _: self.status.fit(account.winfo_reqwidth()))
        right = self.training.build(body)
        left.grid(row=0, column=0, sticky="nsew", padx=(0, 5))
        right.grid(row=0, column=1, sticky="nsew")
        # money is never cut short: what a narrow pane lacks is taken from the trainings, which wrap
        body.columnconfigure(1, weight=1)
        return left, right


def state_words(view: ProcessView) -> tuple[str, str]:
    """Give running or stopped, with what is wrong, and the style it is shown in."""
    words = text("classic.running" if view.pid is not None else "classic.stopped")
    if view.state is ProcessState.STARTING:
        return text("classic.state_more", state=words, more=text("classic.state_starting")), "TLabel"
    alert = _ALERTS.get(view.state)
    if alert is None:
        return words, "Accent.TLabel" if view.pid is not None else "TLabel"
    key, style = alert
    return text("classic.state_more", state=words, more=text(key)), style


def last_status(snapshot: Snapshot) -> str:
    """Give when the trader told its status last, in local time, or why it is not known."""
    report = snapshot.trader
    if report is None:
        return text("classic.last_none")
    if report.status is None:
        return text("classic.last_skipped", reason=report.skipped)
    return clock_text(report.at)
