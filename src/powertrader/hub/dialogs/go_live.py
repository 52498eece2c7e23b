"""Going live: the checks, what will be different, and the word that has to be typed."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.core.config import CONFIRMATION_WORD
from powertrader.core.preflight import Means, Preflight
from powertrader.hub.access import preflight_program
from powertrader.hub.dialogs.check_run import CheckRun
from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_file import Clash
from powertrader.hub.settings_model import LIVE, MODE, is_locked, origin_of
from powertrader.hub.settings_saving import Outcome, save_settings
from powertrader.hub.text import text
from powertrader.hub.view import SettingsView
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_SIZE: Final = (960, 680)
_LEAST: Final = (720, 520)
_WORD_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True)
class LiveWish:
    """The settings from which live trading is wanted; confirmed is told the typed word at the end."""

    settings: SettingsView
    confirmed: Callable[[str], None]


class GoLiveDialog:
    """Lets the mode become live only when no check failed and the word stands there.

    Cancel and Esc leave everything as it is. The word is told to whoever asked and kept nowhere.
    """

    def __init__(self, parent: tk.Misc, context: PanelContext, wish: LiveWish) -> None:
        """Make it; nothing is looked at yet."""
        self._context, self._wish = context, wish
        self._saving = False
        self.dialog = Dialog(parent, text("access.live.title"), size=_SIZE, least=_LEAST)
        body = self.dialog.body
        head = ttk.Label(body, text=text("access.live.heading"), style="Live.TLabel", padding=(10, 6))
        head.pack(fill="x")
        self.words = WrappedLabel(body, words=text("access.live.unknown"))
        self.words.pack(fill="x", pady=(10, 6))
        self._build_word(body)
        self.run = CheckRun(body, context, "go_live", self._checked)
        self.run.frame.pack(fill="both", expand=True)
        self.cancel = self.dialog.button(text("access.cancel"), self.dialog.close)
        self.go = self.dialog.button(text("access.live.go"), self._go, style="Stop.TButton")
        self.again = self.dialog.button(text("access.preflight.run"), self._check, left=True)
        for name, key in (("cancel", "live_cancel"), ("go", "live_go"), ("again", "again")):
            context.explain(getattr(self, name), f"access.help.{key}")

    def open(self) -> Dialog:
        """Show it and begin to look."""
        self.dialog.open(self.entry)
        self._check()
        return self.dialog

    def _build_word(self, body: ttk.Frame) -> None:
        row = ttk.Frame(body)
        row.pack(side="bottom", fill="x", pady=(14, 4))
        label = ttk.Label(row, text=text("access.live.type", word=CONFIRMATION_WORD), style="Bold.TLabel")
        label.pack(side="left")
        self.entry = ttk.Entry(row, width=_WORD_CHARACTERS)
        self.entry.pack(side="left", padx=8)
        self.entry.configure(validate="key", validatecommand=self._edited)
        self.entry.bind("<Return>", lambda _: self._go())
        self.why_not = WrappedLabel(row, style="Muted.TLabel")
        self.why_not.pack(side="left", fill="x", expand=True, padx=(8, 0))
        self._context.explain(self.entry, "access.help.live_word")

    def _check(self) -> None:
        self.run.start(preflight_program(self._context.ports, LIVE))
        self._refresh()

    def _checked(self, report: Preflight | None) -> None:
        if report is not None:
            self.words.say(difference_words(report))
        self._refresh()

    def _edited(self) -> bool:
        """Take whatever is typed, and judge it once it is there."""
        self.entry.after_idle(self._refresh)
        return True

    def _refresh(self) -> None:
        reason = self._refusal()
        self.why_not.say(reason)
        self.go.state(["disabled" if reason else "!disabled"])
        self.again.state(["disabled" if self.run.is_running or self._saving else "!disabled"])

    def _refusal(self) -> str:
        """Say why it cannot be done now, nothing when it can."""
        settings, report = self._wish.settings, self.run.report
        if settings.config.trading.mode != LIVE and is_locked(settings, MODE):
            return text("access.live.locked", origin=origin_of(settings, MODE))
        if report is None:
            return text("access.live.wait" if self.run.is_running else "access.live.no_checks")
        if report.failed:
            return text("access.live.failed")
        if self.entry.get() != CONFIRMATION_WORD:
            return text("access.live.no_word", word=CONFIRMATION_WORD)
        return text("access.live.saving") if self._saving else ""

    def _go(self) -> None:
        if self._refusal():
            self._refresh()
            return
        word, settings = self.entry.get(), self._wish.settings
        if settings.config.trading.mode == LIVE:
            self._end(word)
            return
        self._saving = True
        self._refresh()
        outcome = Outcome(lambda: self._end(word), self._clashed, self._not_saved)
        save_settings(self._context, {MODE: LIVE}, settings, outcome)

    def _end(self, word: str) -> None:
        if self.dialog.is_open:
            self.dialog.close()
        self._wish.confirmed(word)

    def _clashed(self, clashes: tuple[Clash, ...]) -> None:
        self._not_saved(text("access.live.clash", value=", ".join([one.in_file for one in clashes])))

    def _not_saved(self, reason: str) -> None:
        self._saving = False
        if self.dialog.is_open:
            self.run.say(text("access.live.not_saved", reason=reason), "Error.TLabel")
            self._refresh()
        else:
            self._context.say(text("access.live.not_saved", reason=reason), "error")


def difference_words(report: Preflight) -> str:
    """Say what live trading spends, where, and how much at most."""
    account = report.account or text("access.live.account_unknown")
    lines = [text("access.live.where", venue=report.venue, account=account)]
    if report.means is not None:
        lines.append(_money_words(report.means))
    lines.append(text("access.live.stays"))
    return "\n".join(lines)


def _money_words(means: Means) -> str:
    return text(
        "access.live.money",
        asset=means.quote_asset,
        free=f"{means.free:,.2f}",
        entry=f"{means.entry:,.2f}",
        stages=means.stages,
        whole=f"{means.whole:,.2f}",
        coins=means.coins,
        most=f"{min(means.free, means.whole * means.coins):,.2f}",
    )
