"""Commands that start, stop and pause: what the buttons, menus and keys of all screens do to the workers."""

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.process_stop import Ending
from powertrader.hub.closing import REMEMBERED, Choice, closing_of
from powertrader.hub.dialogs.close import CloseDialog
from powertrader.hub.dialogs.stop_everything import ask_stop_everything
from powertrader.hub.panel import Level, PanelContext
from powertrader.hub.start_flow import StartOutcome
from powertrader.hub.text import text
from powertrader.hub.training_state import named_coins, trainings_of
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.worker_words import ending_words
from powertrader.hub.workers import Workers

_LIVE: Final = "live"
GO_LIVE: Final = "access.go_live"
"""Asks for the word that lets real money be spent; with it the command runs that needs it."""


@dataclass(frozen=True, slots=True)
class TradingCommands:
    """Does what was asked for, and says what came of it. For the Tk thread; view gives the newest one."""

    parent: tk.Misc
    context: PanelContext
    workers: Workers
    view: Callable[[], HubView | None]
    dialogs: list[Dialog] = field(default_factory=list)
    """The question that is open, with what it was asked about."""

    def register(self) -> None:
        """Register all of them."""
        self.context.commands.register_all(
            {
                "trading.start_all": self.start_all,
                "trading.stop_all": self.stop_all,
                "trading.auto_start": self.auto_start,
                "trading.start_thinker": self.start_thinker,
                "trading.stop_thinker": self.stop_thinker,
                "trading.start_trader": self.start_trader,
                "trading.stop_trader": self.stop_trader,
                "trading.restart_trader": self.restart_trader,
                "trading.toggle_pause": self.toggle_pause,
                "trading.stop_everything": self.stop_everything,
                "trading.close": self.close,
            }
        )
        self.context.commands.register(
            "trading.ask_on_close", self.ask_on_close, enabled=lambda: bool(self._remembered)
        )

    def start_all(self, *, confirm_live: str = "") -> None:
        """Start the thinker, then the trader, once every coin is trained."""
        view = self.view()
        if view is None:
            return
        trainings = trainings_of(view.snapshot)
        if not trainings.may_start_all and not trainings.works:
            missing = trainings.wanted(trainings.states)
            self._say("workers.train_first", "warning", coins=named_coins(missing))
        elif self._may_trade(view, "trading.start_all", confirm_live):
            keeps = view.settings.config.trainer.retrain_days > 0
            self._say("workers.thinker_first")
            self.workers.start_all(confirm_live, self._started, self._failed, keep_trained=keeps)

    def auto_start(self) -> None:
        """Start all with the window, where the settings say so and every coin is trained."""
        view = self.view()
        if view is not None and view.settings.config.hub.auto_start_scripts:
            self.start_all()

    def stop_all(self) -> None:
        """Stop thinker and trader; trainings that somebody asked for go on."""
        self._say("workers.stopping")
        self.workers.ask(lambda hand: hand.stop_all(), self._ended, self._failed)

    def start_thinker(self) -> None:
        """Start the thinker alone."""
        self.workers.ask(lambda hand: hand.start("thinker"), lambda _: None, self._failed)

    def stop_thinker(self) -> None:
        """Stop the thinker alone."""
        self.workers.ask(lambda hand: hand.stop("thinker"), self._ended, self._failed)

    def start_trader(self, *, confirm_live: str = "") -> None:
        """Start the trader alone."""
        view = self.view()
        if view is not None and self._may_trade(view, "trading.start_trader", confirm_live):
            self.workers.ask(lambda hand: hand.start("trader", confirm_live), lambda _: None, self._failed)

    def stop_trader(self) -> None:
        """Stop the trader alone; what it holds stays as it is."""
        self.workers.ask(lambda hand: hand.stop("trader"), self._ended, self._failed)

    def restart_trader(self, *, confirm_live: str = "") -> None:
        """Stop the trader and start it again, such as in another mode."""
        view = self.view()
        if view is not None and self._may_trade(view, "trading.restart_trader", confirm_live, anew=True):
            self.workers.ask(
                lambda hand: hand.restart("trader", confirm_live),
                lambda _: self._say("workers.restarted"),
                self._failed,
            )

    def toggle_pause(self) -> None:
        """Pause all buys, or resume them where they are paused."""
        view = self.view()
        if view is not None:
            self.context.commands.run("trading.resume" if is_paused(view) else "trading.pause")

    def stop_everything(self) -> None:
        """Stop all workers, after one question."""
        found = closing_of(self.view())
        waits = self.workers.view().trader_follows
        if not found.running and not waits:
            self._say("workers.nothing_runs")
            return
        self._close_dialog()
        self.dialogs.append(ask_stop_everything(self.parent, found, self._stop_everything))

    def ask_on_close(self) -> None:
        """Forget the answer that was to hold from then on."""
        self.context.preferences.put(REMEMBERED, "")
        self._say("workers.asks_again")

    def close(self, *, then: Callable[[], None]) -> None:
        """Ask whether the workers go on, unless that was answered before; then closes the window."""
        found, kept = closing_of(self.view()), self._remembered

        def chosen(choice: Choice) -> None:
            if choice == "leave":
                then()
                return
            self._say("workers.stopping")
            self.workers.stop_everything(lambda _: then(), self._failed)

        if found.is_silent:
            then()
        elif kept == "leave":
            chosen("leave")
        elif kept == "stop":
            chosen("stop")
        else:
            self._close_dialog()
            self.dialogs.append(CloseDialog(self.parent, self.context, found, chosen).open())

    def _may_trade(self, view: HubView, command: str, word: str, *, anew: bool = False) -> bool:
        """Tell whether the trader may be started now; without the word for real money that is asked for."""
        wanted, trader = view.settings.config.trading.mode, view.snapshot.process("trader")
        running = trader.heartbeat.mode if trader.pid is not None and trader.heartbeat is not None else ""
        if running and running != wanted and not anew:
            self._say("workers.other_mode", "warning", running=running, wanted=wanted)
            return False
        if wanted != _LIVE or word or (running and not anew):
            return True
        self.context.commands.run(GO_LIVE, then=command)
        return False

    @property
    def _remembered(self) -> str:
        return self.context.preferences.words(REMEMBERED)

    def _close_dialog(self) -> None:
        """Take away a question that is asked anew: what it said may have changed since."""
        for dialog in self.dialogs:
            if dialog.is_open:
                dialog.close()
        self.dialogs.clear()

    def _stop_everything(self) -> None:
        self._say("workers.stopping")
        self.workers.stop_everything(self._ended, self._failed)

    def _started(self, outcome: StartOutcome) -> None:
        self._say(
            f"workers.start.{outcome.name.lower()}",
            "error" if outcome is StartOutcome.THINKER_DIED else "news",
        )

    def _ended(self, endings: Mapping[str, Ending]) -> None:
        words, well = ending_words(endings)
        self.context.say(words, "news" if well else "error")

    def _failed(self, error: PowerTraderError) -> None:
        self._say("workers.failed", "error", reason=error)

    def _say(self, key: str, level: Level = "news", **values: object) -> None:
        self.context.say(text(key, **values), level)


def is_paused(view: HubView) -> bool:
    """Tell whether no coin is bought because somebody, or a limit, said so."""
    trader = view.snapshot.trader
    return trader is not None and any(not coin for coin, _ in trader.halts)
