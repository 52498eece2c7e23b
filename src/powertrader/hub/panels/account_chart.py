"""The account's chart: its value over any span, with every trade on it (HUB section 5)."""

import tkinter as tk
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.plot.account_view import SPANS_S, AccountView
from powertrader.hub.plot.axes import local_text
from powertrader.hub.plot.chart_canvas import ChartCanvas
from powertrader.hub.plot.marks import MarkBook
from powertrader.hub.price_text import money_text, percent_text
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.wrap_frame import WrapFrame

_PREFERENCE: Final = "charts.span"
_BESIDE_BUTTONS: Final = (4, 5, 8, 5)
"""Left, above, right and below a text, so that it stands in the middle of a row of buttons."""


class AccountChartPanel:
    """What the account was worth; buttons choose the span, wheel and mouse any other."""

    parts = frozenset({Part.HISTORY, Part.TRADES})

    def __init__(self, context: PanelContext, marks: MarkBook) -> None:
        """Bind what it works with."""
        self._context = context
        self._plot = AccountView()
        self._marks = marks
        self._span = context.preferences.words(_PREFERENCE, SPANS_S[-1][0])
        self.spans: dict[str, ttk.Button] = {}

    @property
    def plot(self) -> AccountView:
        """What is seen of the history."""
        return self._plot

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make header and canvas."""
        frame = ttk.Frame(parent)
        header = ttk.Frame(frame)
        header.pack(fill="x", padx=4, pady=(2, 2))
        # what is packed first keeps its room in a narrow pane
        self.last = ttk.Label(header, style="Muted.TLabel", padding=_BESIDE_BUTTONS)
        self.last.pack(side="right", anchor="n")
        row = WrapFrame(header, gap=2)
        row.pack(side="left", fill="x", expand=True)
        title = ttk.Label(row, text=text("charts.account"), style="Bold.TLabel", padding=_BESIDE_BUTTONS)
        self._context.explain(title, "charts.help.account")
        for name, _ in SPANS_S:
            words = text(f"charts.span_{name}")
            button = ttk.Button(row, text=words, width=4, command=partial(self.choose, name))
            self._context.explain(button, f"charts.help.span_{name}")
            self.spans[name] = button
        self.change = ttk.Label(row, padding=_BESIDE_BUTTONS)
        row.arrange((title, *self.spans.values(), self.change))
        self.canvas = ChartCanvas(frame, self._context.theme, self._plot)
        self.canvas.widget.pack(fill="both", expand=True)
        self.canvas.after_look = self._tell_change
        for widget, name in (
            (self.change, "change"),
            (self.last, "last_value"),
            (self.canvas.widget, "value"),
        ):
            self._context.explain(widget, f"charts.help.{name}")
        self.choose(self._span if self._span in self.spans else SPANS_S[-1][0])
        return frame

    def choose(self, span: str) -> None:
        """Show the newest values of a span, by its name."""
        self._span = span
        self._context.preferences.put(_PREFERENCE, span)
        self._plot.choose(dict(SPANS_S)[span])
        for name, button in self.spans.items():
            button.configure(style="SelectedTab.TButton" if name == span else "Tab.TButton")
        self.canvas.redraw()

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw the history as far as it is known."""
        _ = change
        yield from self._marks.read(view.trades)
        plot, report = self._plot, view.snapshot.trader
        plot.history = view.account
        plot.marks = self._marks.marks
        plot.quote = view.settings.config.trading.quote_asset if report is None else report.quote_asset
        value, last_s = view.account.last_value, view.account.last_s
        none = text("charts.last_none")
        plot.title = text("charts.account_title", value=money_text(value, plot.quote))
        plot.note = "" if len(view.account) else text("charts.account_none")
        time = none if last_s is None else text("charts.last", time=local_text(last_s, "%H:%M:%S"))
        if self.last.cget("text") != time:
            self.last.configure(text=time)
        yield
        self.canvas.draw()
        yield

    def _tell_change(self) -> None:
        """Say how the value changed over what is seen; a sign and an arrow besides the colour."""
        found = self._plot.change()
        if found is None:
            self.change.configure(text="")
            return
        style = "Accent.TLabel" if found.amount >= 0 else "Error.TLabel"
        amount = money_text(found.amount, self._plot.quote, signed=True)
        words = text("charts.change", amount=amount, percent=percent_text(found.percent))
        self.change.configure(text=words, style=style)
