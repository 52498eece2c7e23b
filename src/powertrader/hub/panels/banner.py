"""The banner over every screen: paper or live, age of the data, last order, what is wrong, two stops."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.hub.diagnosis import is_grave
from powertrader.hub.notices import notices_of
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.price_text import price_text
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.snapshot import Snapshot
from powertrader.models.trade import Trade

_HELP: Final = ("mode", "age", "order", "problems", "pause", "stop_everything")
_LIVE: Final = "live"


class Banner:
    """One line that is always in view, with a sentence below it for each thing that stops the trading.

    Its frame is red while real money is spent.
    """

    parts = frozenset({Part.PROCESSES, Part.ACCOUNT, Part.TRADES, Part.SETTINGS, Part.FINDINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._paused = False

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the line."""
        run = self._context.commands.run
        frame = self._frame = ttk.Frame(parent, padding=(3, 3))
        bar = ttk.Frame(frame, padding=(8, 4), style="Bar.TFrame")
        bar.pack(fill="both", expand=True)
        self._mode = ttk.Label(bar, style="Paper.TLabel", padding=(10, 3))
        self._notices = WrappedLabel(frame, style="BarError.TLabel")
        self._words = ttk.Label(bar, style="Bar.TLabel")
        self._age = ttk.Label(bar, style="Bar.TLabel")
        self._order = ttk.Label(bar, style="Bar.TLabel")
        self._problems = ttk.Button(
            bar, style="Small.TButton", command=lambda: self._context.show("health"), takefocus=True
        )
        self._pause = ttk.Button(bar, style="Small.TButton", command=self._toggle_pause)
        self._stop = ttk.Button(
            bar,
            text=text("banner.stop_everything"),
            style="Stop.TButton",
            command=lambda: run("trading.stop_everything"),
        )
        # in the order of what must stay in sight when the window is narrow
        self._mode.pack(side="left")
        for button in (self._stop, self._pause, self._problems):
            button.pack(side="right", padx=(8, 0))
        self._age.pack(side="left", padx=(14, 0))
        self._order.pack(side="left", padx=(18, 0))
        self._words.pack(side="left", padx=(18, 0))
        explained = (self._mode, self._age, self._order, self._problems, self._pause, self._stop)
        for name, one in zip(_HELP, explained, strict=True):
            self._context.explain(one, f"banner.help.{name}")
        self._context.explain(self._words, "banner.help.mode")
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Say how it stands now."""
        _ = change
        self._show_mode(view)
        age_s = data_age_s(view.snapshot)
        self._age["text"] = (
            text("banner.age_none") if age_s is None else text("banner.age", age=age_text(age_s))
        )
        self._order["text"] = _order_words(view)
        self._show_notices(view)
        self._show_problems(view)
        yield
        trader = view.snapshot.trader
        self._paused = trader is not None and any(not coin for coin, _ in trader.halts)
        self._pause["text"] = text("banner.resume" if self._paused else "banner.pause")

    def _show_mode(self, view: HubView) -> None:
        wanted, running = view.settings.config.trading.mode, running_mode(view.snapshot)
        mode = running or wanted
        is_live = mode == _LIVE
        self._mode.configure(text=text(f"banner.{mode}"), style="Live.TLabel" if is_live else "Paper.TLabel")
        self._frame["style"] = "Live.TFrame" if is_live else "TFrame"
        words = text(f"banner.{mode}_words")
        if running is None:
            # first, as a narrow window cuts the end
            words = f"{text('banner.not_trading')} {words}"
        elif running != wanted:
            words = f"{words} {text('banner.other_mode', mode=text(f'banner.{wanted}'))}"
        elif self._paused:
            words = f"{words} {text('banner.paused')}"
        self._words["text"] = words

    def _show_notices(self, view: HubView) -> None:
        words = "\n".join(notices_of(view.snapshot))
        self._notices.say(words)
        if words:
            self._notices.pack(fill="x", padx=8, pady=(2, 4))
        else:
            self._notices.pack_forget()

    def _show_problems(self, view: HubView) -> None:
        number = len(view.findings) + len(view.problems) + len(view.settings.problems)
        key = "banner.well" if not number else ("banner.one_problem" if number == 1 else "banner.problems")
        style = "Small.TButton"
        if number:
            style = "Error.Small.TButton" if is_grave(view) else "Warning.Small.TButton"
        self._problems.configure(text=text(key, n=f"{number:,}"), style=style)

    def _toggle_pause(self) -> None:
        self._context.commands.run("trading.resume" if self._paused else "trading.pause")


def running_mode(snapshot: Snapshot) -> str | None:
    """Give the mode of the trader that runs, None when none does or it has not told."""
    view = snapshot.process("trader")
    if view.pid is None or view.heartbeat is None:
        return None
    return view.heartbeat.mode or None


def data_age_s(snapshot: Snapshot) -> float | None:
    """Give how old the newest prices of thinker or trader are in seconds, None when there are none.

    A worker that lives and gets no prices does not make them newer.
    """
    thinker, trader = snapshot.thinker, snapshot.trader
    told = [] if thinker is None else [thinker.priced_at]
    if trader is not None and trader.status is not None and not trader.skipped:
        told.append(trader.at)
    return (snapshot.at - max(told)).total_seconds() if told else None


def _order_words(view: HubView) -> str:
    newest = view.trades.newest(1)
    words = _last(newest[-1]) if newest else text("banner.no_order")
    trader = view.snapshot.trader
    if trader is not None and trader.open_orders:
        words = f"{words} · {text('banner.in_flight', n=len(trader.open_orders))}"
    return words


def _last(trade: Trade) -> str:
    local = trade.timestamp.astimezone()
    return text(
        "banner.last_order",
        side=trade.side.value.upper(),
        quantity=f"{float(trade.quantity):.8g}",
        coin=trade.coin,
        price=price_text(trade.price),
        time=f"{local:%m-%d %H:%M}",
    )
