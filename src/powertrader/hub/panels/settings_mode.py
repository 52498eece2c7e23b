"""Where orders go: the word, what it means, and the button between paper and live."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_model import LIVE, MODE, is_locked, origin_of
from powertrader.hub.settings_saving import Outcome, save_settings
from powertrader.hub.text import text
from powertrader.hub.view import HubView, SettingsView
from powertrader.hub.widgets.dialog import Answer, ask
from powertrader.models.snapshot import WORKERS

PAPER: Final = "paper"
TRADER: Final = "trader"


class ModeStrip:
    """Shows where orders go and changes it between paper and live."""

    def __init__(self, parent: tk.Misc, context: PanelContext, saved: Callable[[SettingsView], None]) -> None:
        """Make it; saved is told the new settings once they are written."""
        self._context, self._saved = context, saved
        self._settings: SettingsView | None = None
        self._expected: TradingConfig | None = None
        self.frame = ttk.Frame(parent)
        ttk.Label(self.frame, text=text("settings.mode.now")).pack(side="left", padx=(0, 8))
        self.word = ttk.Label(self.frame, padding=(8, 2))
        self.word.pack(side="left")
        self.button = ttk.Button(self.frame, command=self._pressed)
        self.button.pack(side="left", padx=10)
        self.meaning = ttk.Label(self.frame, style="Muted.TLabel")
        self.meaning.pack(side="left")
        context.explain(self.word, "settings.help.mode")

    def show(self, view: HubView) -> None:
        """Show the mode in force."""
        self._settings = view.settings
        mode = view.settings.config.trading.mode
        is_live = mode == LIVE
        style = "Live.TLabel" if is_live else "Paper.TLabel"
        self.word.configure(text=text(f"settings.mode.{mode}"), style=style)
        self.button.configure(text=text("settings.button.to_paper" if is_live else "settings.button.go_live"))
        self._context.explain(self.button, "settings.help.to_paper" if is_live else "settings.help.go_live")
        locked = is_locked(view.settings, MODE)
        self.button.state(["disabled" if locked else "!disabled"])
        origin = origin_of(view.settings, MODE)
        means = text("settings.mode.locked", origin=origin) if locked else text(f"settings.mode.{mode}_means")
        self.meaning.configure(text=means)
        if self._expected == view.settings.config:
            # only now does whoever starts the trader know the new settings
            self._expected = None
            self._offer_restart(view)

    def offer_restart(self, config: TradingConfig) -> None:
        """Offer to start the trader again once these settings are in force, if it runs then."""
        self._expected = config

    def _pressed(self) -> None:
        if self._settings is None:
            return
        if self._settings.config.trading.mode != LIVE:
            self._context.commands.run("access.go_live")
            return
        answers = (
            Answer(text("settings.button.to_paper"), self._to_paper),
            Answer(text("settings.save.cancel")),
        )
        ask(self.frame, text("settings.mode.paper_title"), text("settings.mode.paper_ask"), answers)

    def _to_paper(self) -> None:
        base = self._settings
        if base is None:
            return

        def done() -> None:
            config = config_with(base.config, {MODE: PAPER})
            self._saved(replace(base, config=config))
            self._context.say(text("settings.mode.saved", mode=text("settings.mode.paper")), "news")
            self.offer_restart(config)

        def failed(reason: str) -> None:
            self._context.say(text("settings.save.failed", reason=reason), "error")

        # to lower the risk is right whatever somebody else wrote meanwhile
        save_settings(self._context, {MODE: PAPER}, base, Outcome(done, lambda _: None, failed), force=True)

    def _offer_restart(self, view: HubView) -> None:
        running = [name for name in WORKERS if view.snapshot.process(name).pid is not None]
        if not running:
            return
        words = text("settings.mode.restart_ask", workers=", ".join(running))
        if TRADER not in running:
            self._context.say(words, "warning")
            return
        restart = partial(self._context.commands.run, "trading.restart_trader")
        answers = (
            Answer(text("settings.mode.restart"), restart),
            Answer(text("settings.mode.later")),
        )
        ask(self.frame, text("settings.mode.restart_title"), words, answers)
