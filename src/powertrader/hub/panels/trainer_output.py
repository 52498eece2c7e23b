"""The tab "Trainers": what the trainer prints about one coin or all, and two buttons (HUB section 4)."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.output_lines import Seen, new_lines, of_coins, seen_of, with_prefix
from powertrader.hub.text import text
from powertrader.hub.theme import FIXED
from powertrader.hub.training_state import Trainings, named_coins, trainings_of
from powertrader.hub.view import HubView, OutputTail
from powertrader.hub.widgets.output_text import OutputText
from powertrader.models.types import CoinSymbol

_COMBO_WIDTH: Final = 10
_PROCESS: Final = "trainer"


class TrainerOutput:
    """One trainer process trains all coins; its lines are told apart by the coin they are about."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._tail = OutputTail()
        self._seen = Seen()
        self._before: CoinSymbol = ""
        self._trainings = Trainings({}, (), works=False)
        self._exited = False
        self._pid: int | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the tab."""
        frame = ttk.Frame(parent)
        line = ttk.Frame(frame, padding=(4, 3))
        line.pack(fill="x")
        ttk.Label(line, text=text("classic.coin")).pack(side="left")
        self.combo = ttk.Combobox(
            line, state="readonly", width=_COMBO_WIDTH, values=(text("classic.all_coins"),)
        )
        self.combo.current(0)
        self.combo.pack(side="left", padx=6)
        self.start = ttk.Button(
            line, text=text("classic.start_trainer"), style="Small.TButton", width=0, command=self._start
        )
        self.stop = ttk.Button(
            line,
            text=text("classic.stop_trainer"),
            style="Small.TButton",
            width=0,
            command=self._stop,
        )
        self.running = ttk.Label(line, text=text("classic.no_trainers"), style="Small.TLabel")
        for placed in (self.start, self.stop, self.running):
            placed.pack(side="left", padx=(0, 6))
        self.text = OutputText(frame, font=FIXED, empty=text("classic.nothing_printed"))
        self.text.pack(fill="both", expand=True)
        self.combo.bind("<<ComboboxSelected>>", lambda _: self._selected())
        for explained, name in (
            (self.combo, "output_coin"),
            (self.start, "start_trainer"),
            (self.stop, "stop_trainer"),
            (self.running, "running_trainers"),
        ):
            self._context.explain(explained, f"classic.help.{name}")
        return frame

    @property
    def coin(self) -> CoinSymbol:
        """The coin that is chosen, empty for all."""
        return self.combo.get() if self.combo.current() > 0 else ""

    def take(self, view: HubView) -> None:
        """Note how things stand, without drawing."""
        self._tail = view.output.get(_PROCESS, self._tail)
        self._trainings = trainings_of(view.snapshot)
        pid = view.snapshot.process(_PROCESS).pid
        self._exited = self._exited or (self._pid is not None and pid != self._pid)
        self._pid = pid

    def draw(self) -> None:
        """Draw what was noted."""
        self._offer()
        training = [view.coin for view in self._trainings.training]
        words = text("classic.running_trainers", coins=named_coins(training))
        self.running.configure(text=words if training else text("classic.no_trainers"))
        fresh = new_lines(self._tail, self._seen)
        self._seen = seen_of(self._tail)
        found = tuple(of_coins(fresh, self._before))
        self._before = found[-1].coin if found else self._before
        wanted = self.coin
        shown = [with_prefix(one) for one in found if not wanted or one.coin in {wanted, ""}]
        if self._exited:
            self._exited = False
            prefix = text("classic.trainer_prefix")
            shown.append(text("classic.output_line", prefix=prefix, line=text("classic.exited")))
        self.text.append(shown)

    def _offer(self) -> None:
        values = (text("classic.all_coins"), *self._trainings.states)
        if tuple(self.combo.cget("values")) != values:
            chosen = self.combo.get()
            self.combo.configure(values=values)
            if chosen not in values:
                self.combo.current(0)
                self._selected()

    def _selected(self) -> None:
        """Show what the chosen coin's training printed, and nothing of the one before."""
        self.text.clear()
        self._seen, self._before = Seen(), ""
        self.draw()

    def _start(self) -> None:
        coin = self.coin
        coins = (coin,) if coin else self._trainings.wanted(self._trainings.states)
        if coins:
            self._context.commands.run("training.start", coins=coins, reprocess=False)
        else:
            self._context.say(text("classic.all_trained"), "news")

    def _stop(self) -> None:
        coin = self.coin
        self._context.commands.run("training.stop", coins=(coin,) if coin else None)
