"""The column "Training": what to train, how far it is, and how every coin stands (HUB section 3)."""

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.text import text
from powertrader.hub.theme import BOLD, SMALL
from powertrader.hub.training_state import Trainings, coin_lines, named_coins, trainings_of
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.changing_list import ChangingList
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.models.types import CoinSymbol

_BUTTONS: Final = ("train_selected", "train_all", "retrain_selected", "retrain_all")
_TIGHT: Final = "Tight.Small.TButton"
"""Two of the buttons fit side by side in the pane's first width."""
_THIN: Final = "Thin.Horizontal.TProgressbar"
_BAR_HEIGHT_PX: Final = 8
_GAP_PX: Final = 2
_ROWS: Final = 5
_COMBO_WIDTH: Final = 8
_BAR_PX: Final = 200


class TrainingControls:
    """Combo, four buttons, progress, overview, flow hint and a line for each coin."""

    parts = frozenset({Part.PROCESSES, Part.COINS, Part.COIN_LIST})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._coins: tuple[CoinSymbol, ...] = ()
        self._trainings = Trainings({}, (), works=False)
        self.question: Dialog | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the column."""
        frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        heading = ttk.Label(
            frame, text=text("classic.training"), style="Accent.TLabel", font=BOLD, borderwidth=0
        )
        rows = (
            heading,
            self._build_choice(frame),
            self._build_buttons(frame),
            *self._build_progress(frame),
            self._build_list(frame),
        )
        for row, widget in enumerate(rows):
            widget.grid(row=row, column=0, sticky="nsew", pady=(0, 2))
        frame.rowconfigure(len(rows) - 1, weight=1)
        self.note.grid_remove()
        return frame

    @property
    def least_width(self) -> int:
        """How many pixels it needs at least beside something else."""
        buttons = [button.winfo_reqwidth() for button in self.buttons.values()]
        return max(self.combo.master.winfo_reqwidth(), *buttons)

    def fit(self, width: int) -> None:
        """Wrap words and buttons so that the column is not wider than this."""
        for label in (self.progress, self.overview, self.flow, self.note):
            label.configure(wraplength=max(width, 1))
        widths = [button.winfo_reqwidth() for button in self.buttons.values()]
        side_by_side = max(widths[::2]) + max(widths[1::2]) + _GAP_PX
        self._place_buttons(2 if side_by_side <= width else 1)

    def render(self, view: HubView, change: Change) -> Steps:
        """Say how the trainings stand."""
        snapshot = view.snapshot
        found = self._trainings = trainings_of(snapshot)
        if change.within(frozenset({Part.COIN_LIST})) or not self._coins:
            self._offer(tuple(found.states))
        yield
        self.progress.configure(text=found.progress)
        (self.progress.grid if found.progress else self.progress.grid_remove)()
        self.bar.configure(value=found.pct)
        self.overview.configure(text=found.overview)
        self.flow.configure(text=found.flow(trader_follows=view.workers.trader_follows))
        yield
        self.list.show(coin_lines(snapshot.coins, found, view.workers.asked))

    @property
    def chosen(self) -> CoinSymbol:
        """The coin of the combo, empty when there is none."""
        return self.combo.get()

    def _build_choice(self, frame: tk.Misc) -> tk.Widget:
        row = ttk.Frame(frame)
        self.combo = ttk.Combobox(row, state="readonly", width=_COMBO_WIDTH)
        label = ttk.Label(row, text=text("classic.train_coin"), style="Small.TLabel", borderwidth=0)
        label.pack(side="left", padx=(0, 4))
        self.combo.pack(side="left")
        self._context.explain(self.combo, "classic.help.train_coin")
        return row

    def _build_buttons(self, frame: tk.Misc) -> tk.Widget:
        grid = self._grid = ttk.Frame(frame)
        ttk.Style(grid).configure(_TIGHT, padding=(1, 2))
        self.buttons: dict[str, ttk.Button] = {}
        for name in _BUTTONS:
            forced, everything = name.startswith("retrain"), name.endswith("all")
            button = ttk.Button(
                grid,
                text=text(f"classic.{name}"),
                style=_TIGHT,
                width=0,
                command=partial(self._train, forced, everything),
            )
            self._context.explain(button, f"classic.help.{name}")
            self.buttons[name] = button
        self._place_buttons(2)
        return grid

    def _place_buttons(self, columns: int) -> None:
        for number, button in enumerate(self.buttons.values()):
            row, column = divmod(number, columns)
            button.grid(row=row, column=column, sticky="ew", padx=(column * _GAP_PX, 0), pady=(0, 2))
        self._grid.columnconfigure(0, weight=1)
        self._grid.columnconfigure(1, weight=columns - 1)

    def _build_progress(self, frame: tk.Misc) -> Sequence[tk.Widget]:
        self.progress = ttk.Label(frame, font=SMALL, borderwidth=0)
        ttk.Style(frame).configure(_THIN, thickness=_BAR_HEIGHT_PX)
        self.bar = ttk.Progressbar(frame, length=_BAR_PX, maximum=100, mode="determinate", style=_THIN)
        self.note = ttk.Label(frame, style="Small.TLabel", borderwidth=0)
        self.overview = ttk.Label(frame, font=SMALL, borderwidth=0)
        self.flow = ttk.Label(frame, style="Small.TLabel", borderwidth=0)
        for name in ("progress", "overview", "flow", "note"):
            self._context.explain(getattr(self, name), f"classic.help.{name}")
        self._context.explain(self.bar, "classic.help.progress")
        return self.progress, self.bar, self.overview, self.flow, self.note

    def _build_list(self, frame: tk.Misc) -> tk.Widget:
        self.list = ChangingList(frame, rows=_ROWS, font=SMALL, colours=self._colours)
        self._context.theme.on_change(self.list.recolour)
        self.list.box.bind("<<ListboxSelect>>", lambda _: self._picked())
        self._context.explain(self.list.box, "classic.help.coin_list")
        return self.list

    def _colours(self) -> tuple[str, str, str, str]:
        p = self._context.theme.palette
        return p.panel, p.fg, p.select_bg, p.select_fg

    def _offer(self, coins: tuple[CoinSymbol, ...]) -> None:
        """Let the combo offer these coins; what is chosen stays chosen while it is there."""
        self._coins = coins
        self.combo.configure(values=coins)
        if self.chosen not in coins:
            self.combo.set(coins[0] if coins else "")

    def _picked(self) -> None:
        number = self.list.selected
        if number is not None and number < len(self._coins):
            self.combo.set(self._coins[number])

    def _say(self, words: str) -> None:
        self.note.configure(text=words)
        self.note.grid()

    def _train(self, forced: bool, everything: bool) -> None:  # noqa: FBT001  which of four buttons
        coins = self._coins if everything else tuple([coin for coin in (self.chosen,) if coin])
        if not coins:
            self._say(text("classic.note_no_coins"))
            return
        if forced and everything:
            self._ask_retrain_all(coins)
        else:
            self._start(coins, forced)

    def _ask_retrain_all(self, coins: Sequence[CoinSymbol]) -> None:
        """Ask once: with many coins it takes hours until all are learnt anew."""
        if self.question is not None and self.question.is_open:
            self.question.raise_()
            return
        self.question = ask(
            self._grid,
            text("classic.retrain_title"),
            text("classic.retrain_question", count=f"{len(coins):,}"),
            (
                Answer(text("classic.retrain_yes"), partial(self._start, coins, True)),  # noqa: FBT003  forced
                Answer(text("classic.retrain_no")),
            ),
        )

    def _start(self, coins: Sequence[CoinSymbol], forced: bool) -> None:  # noqa: FBT001  as of the button
        wanted = coins if forced else self._trainings.wanted(coins)
        skipped = [coin for coin in coins if coin not in set(wanted)]
        # the original's tick wrote over its messages at once: this line is written by buttons alone
        self._say(_note(wanted, skipped, forced=forced))
        if wanted:
            self._context.commands.run("training.start", coins=tuple(wanted), reprocess=forced)


def _note(wanted: Sequence[CoinSymbol], skipped: Sequence[CoinSymbol], *, forced: bool) -> str:
    if forced:
        return text("classic.note_forced", coins=named_coins(wanted))
    parts = [text("classic.note_asked", coins=named_coins(wanted))] if wanted else []
    if skipped:
        parts.append(text("classic.note_skipped", coins=named_coins(skipped)))
    return " ".join(parts)
