"""Training: every coin and timeframe, what is being learnt, what failed and why, and what grows too old."""

import os
import tkinter as tk
from collections import Counter
from collections.abc import Mapping
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.training_detail import TrainingDetail
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.training_desk import TRAINER, coins_at_once
from powertrader.hub.training_matrix import SHOWN, WIDTHS, MatrixRow, TrainingStanding, matrix_row
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.panes import Panes, PaneSize
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.table_model import Column
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.hub.worker_words import process_words
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol

_ROWS_AT_ONCE: Final = 40
_CHOICE: Final = "training.choice"
_SPLIT: Final = "training.split"
_BUTTONS: Final = ("train", "retrain", "stop")


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return TrainingMatrix(context)


class TrainingMatrix:
    """A row for each coin with a cell for each timeframe, and the chosen coin in full below."""

    parts = frozenset({Part.COINS, Part.COIN_LIST, Part.PROCESSES})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._rows: dict[CoinSymbol, MatrixRow] = {}
        self._coins: Mapping[CoinSymbol, CoinView] = {}
        self._trainer: int | None = None
        self._asked: frozenset[CoinSymbol] = frozenset()
        self.detail = TrainingDetail(context)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the screen."""
        preferences = self._context.preferences
        panes = Panes(
            parent, "vertical", start=preferences.numbers(_SPLIT), on_drag=partial(preferences.put, _SPLIT)
        )
        frame = ttk.Frame(panes, padding=(8, 8, 8, 2))
        self._make_bar(frame)
        self.status = WrappedLabel(frame)
        self.status.pack(side="top", fill="x", pady=(0, 6))
        self._context.explain(self.status, "training.help.status")
        legend = WrappedLabel(frame, words=text("training.legend"), style="Small.TLabel")
        legend.pack(side="top", fill="x", pady=(0, 4))
        self._make_table(frame)
        panes.add_pane(frame, PaneSize(200, 330, 3))
        panes.add_pane(self.detail.build(panes), PaneSize(120, 280, 1))
        self._context.theme.on_change(self._paint)
        self._paint()
        return panes

    def render(self, view: HubView, change: Change) -> Steps:
        """Show what is new, some rows at a time."""
        trainer, asked = view.snapshot.process(TRAINER), view.workers.asked
        coins = {one.coin: one for one in view.snapshot.coins}
        anew = trainer.pid != self._trainer or not self._rows or change.within(_ALL_ANEW)
        looked_at = coins if anew else [*change.coins, *(asked ^ self._asked)]
        rows = {name: row for name, row in self._rows.items() if name in coins}
        for place, name in enumerate([one for one in looked_at if one in coins], 1):
            rows[name] = matrix_row(coins[name], trainer.pid, asked=name in asked)
            if place % _ROWS_AT_ONCE == 0:
                yield
        self._rows = {name: rows[name] for name in coins if name in rows}
        self._coins, self._trainer, self._asked = coins, trainer.pid, asked
        self._show_rows()
        yield
        if self.table.selection.cursor is None and self.table.model.visible:
            self.table.selection.select(self.table.model.visible[0])
        self.status.say(self._status_words(view))
        self._selected(self.table.selection.cursor)

    def select(self, **argument: object) -> None:
        """Show one coin, also when the filter or the choice would hide it."""
        coin = str(argument.get("coin", ""))
        if coin not in self.table.model.rows:
            self.choose("all")
        if self.table.model.place_of(coin) is None:
            self.filter.set("")
        self.table.selection.select(coin)

    def find(self) -> None:
        """Let the user filter."""
        self.filter.focus_field()

    def choose(self, choice: str) -> None:
        """Show the coins of a choice: all, running, failed or old."""
        self._choice.set(choice)
        self._context.preferences.put(_CHOICE, choice)
        self._show_rows()

    def _make_bar(self, frame: ttk.Frame) -> None:
        bar = ttk.Frame(frame)
        bar.pack(side="top", fill="x", pady=(0, 6))
        self.filter = FilterBar(bar)
        self.filter.pack(side="left")
        self._context.explain(self.filter.entry, "training.help.filter")
        kept = self._context.preferences.words(_CHOICE, "all")
        self._choice = tk.StringVar(bar, kept if kept in SHOWN else "all")
        self.choices: dict[str, ttk.Radiobutton] = {}
        for name in SHOWN:
            radio = ttk.Radiobutton(
                bar, value=name, variable=self._choice, command=partial(self.choose, name)
            )
            radio.pack(side="left", padx=(0, 8))
            self._context.explain(radio, "training.help.choice")
            self.choices[name] = radio
        self.buttons: dict[str, ttk.Button] = {}
        for name in reversed(_BUTTONS):
            button = ttk.Button(bar, text=text(f"training.{name}"), command=partial(self._do, name))
            button.pack(side="right", padx=(8, 0))
            self._context.explain(button, f"training.help.{name}")
            self.buttons[name] = button

    def _make_table(self, frame: ttk.Frame) -> None:
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("training.empty"),
            on_select=self._selected,
            on_open=lambda coin: self._context.show("why", coin=coin),
            menu=self._menu,
            state=remembered(preferences, "training"),
            remember=remember_in(preferences, "training"),
            height=8,
        )
        columns = [Column(key, _title(key), px) for key, px in WIDTHS]
        self.table = KeyedTable(frame, columns, options)
        self.table.pack(fill="both", expand=True)
        self.filter.follow(self.table)
        self._context.explain(self.table.tree, "training.help.table")

    def _menu(self) -> list[MenuItem]:
        return [MenuItem(text(f"training.{name}"), partial(self._do, name)) for name in _BUTTONS]

    def _do(self, name: str) -> None:
        """Train, learn anew or stop the selected coins, or say that none is selected."""
        coins = self.table.selection.ordered()
        if not coins:
            self._context.say(text("training.select_first"), "warning")
        elif name == "stop":
            self._context.commands.run("training.stop", coins=coins)
        else:
            self._context.commands.run("training.start", coins=coins, reprocess=name == "retrain")

    def _show_rows(self) -> None:
        counts = Counter(one.standing for one in self._rows.values())
        for name, standings in SHOWN.items():
            number = sum(counts[standing] for standing in standings)
            self.choices[name].configure(text=text(f"training.show_{name}", count=f"{number:,}"))
        wanted = SHOWN[self._choice.get()]
        self.table.show([one.row for one in self._rows.values() if one.standing in wanted])

    def _selected(self, coin: CoinSymbol | None) -> None:
        view, row = self._coins.get(coin or ""), self._rows.get(coin or "")
        if view is None or row is None:
            self.detail.clear()
        else:
            self.detail.show(view, row.standing)

    def _status_words(self, view: HubView) -> str:
        counts = Counter(one.standing for one in self._rows.values())
        busy, waiting = counts[TrainingStanding.TRAINING], counts[TrainingStanding.WAITS]
        words = text(
            "training.status",
            trainer=process_words(view.snapshot.process(TRAINER), view.at),
            busy=f"{busy:,}",
            at_once=coins_at_once(os.cpu_count()),
            waiting=f"{waiting:,}",
        )
        if view.workers.other is not None:
            words = f"{words} {text('training.other', pid=view.workers.other)}"
        return words

    def _paint(self) -> None:
        p = self._context.theme.palette
        colours = {"running": p.accent2, "error": p.error, "warning": p.warning, "muted": p.muted}
        self.table.paint(colours)
        self.detail.paint()


def _title(key: str) -> str:
    """Give a column's heading: timeframes have the original's names."""
    return text(f"training.{key}") if key in {"coin", "state", "left"} else key


_ALL_ANEW: Final = frozenset({Part.COIN_LIST})
