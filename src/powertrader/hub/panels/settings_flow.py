"""From a draft to saved settings: the list of changes, the writing, and the question when both changed."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from powertrader.core.config import TradingConfig, config_hash
from powertrader.hub.dialogs.settings_changes import show_changes, show_clashes
from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_file import Clash
from powertrader.hub.settings_model import LIVE, Draft, need_restart
from powertrader.hub.settings_saving import Outcome, save_settings, settings_path
from powertrader.hub.settings_words import title_of
from powertrader.hub.text import text
from powertrader.hub.view import HubView, SettingsView
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.models.snapshot import WORKERS

_MOST_NAMED: Final = 5


class SettingsFlow:
    """Has one dialog open at a time."""

    def __init__(
        self,
        parent: tk.Misc,
        context: PanelContext,
        begin: Callable[[SettingsView], None],
        restart: Callable[[TradingConfig], None],
    ) -> None:
        """Work for one screen.

        begin is told the settings to go on from, without edits; restart those that a running worker does
        not take.
        """
        self._parent, self._context, self._begin, self._restart = parent, context, begin, restart
        self.dialog: Dialog | None = None

    def review(self, draft: Draft, view: HubView) -> None:
        """Show what changes; it is written when the user agrees."""
        if self._is_wrong(draft):
            return
        if not draft.changes:
            self._context.say(text("settings.save.nothing"), "news")
            self._begin(draft.base)
            return
        self._close()
        notes = save_notes(draft, view)
        self.dialog = show_changes(self._parent, draft.differences, notes, lambda: self._save(draft))

    def save(self, draft: Draft, then: Callable[[], None]) -> None:
        """Write what changes without showing it, and go on with `then` once it is written."""
        if self._is_wrong(draft):
            self._context.show("settings")
        elif draft.changes:
            self._save(draft, then)
        else:
            then()

    def discard(self, draft: Draft) -> None:
        """Ask, then forget all edits."""
        if not draft.edits:
            return
        self._close()
        answers = (
            Answer(text("settings.button.discard"), lambda: self._begin(draft.base)),
            Answer(text("settings.save.cancel")),
        )
        words = text("settings.discard.ask", count=len(draft.edits))
        self.dialog = ask(self._parent, text("settings.discard.title"), words, answers)

    def _is_wrong(self, draft: Draft) -> bool:
        """Tell whether something keeps a draft from being saved, and say what."""
        problems = draft.problems
        if problems:
            names = ", ".join([title_of(name) if name else problem for name, problem in problems.items()])
            self._context.say(text("settings.save.wrong", names=names), "error")
        return bool(problems)

    def _save(self, draft: Draft, then: Callable[[], None] | None = None, *, force: bool = False) -> None:
        def clashed(clashes: Sequence[Clash]) -> None:
            self._close()
            self.dialog = show_clashes(
                self._parent,
                clashes,
                lambda: self._save(draft, then, force=True),
                lambda: self._take_theirs(draft, clashes, then),
            )

        def failed(reason: str) -> None:
            self._context.say(text("settings.save.failed", reason=reason), "error")

        outcome = Outcome(lambda: self._saved(draft, then), clashed, failed)
        save_settings(self._context, draft.changes, draft.base, outcome, force=force)

    def _take_theirs(self, draft: Draft, clashes: Sequence[Clash], then: Callable[[], None] | None) -> None:
        rest = draft.reverted([one.name for one in clashes])
        if rest.changes:
            self._save(rest, then)
            return
        self._begin(draft.base)
        if then is not None:
            then()

    def _saved(self, draft: Draft, then: Callable[[], None] | None) -> None:
        after = settings_after(draft, str(settings_path(self._context)))
        self._begin(after)
        self._context.say(text("settings.save.saved"), "news")
        if then is not None:
            then()
        elif need_restart(draft.changes):
            self._restart(after.config)

    def _close(self) -> None:
        if self.dialog is not None and self.dialog.is_open:
            self.dialog.close()


def settings_after(draft: Draft, origin: str) -> SettingsView:
    """Give the settings that a draft leads to, as the window will read them from the file at origin."""
    config = draft.config or draft.base.config
    provenance = {**draft.base.provenance, **dict.fromkeys(draft.changes, origin)}
    return replace(draft.base, config=config, provenance=provenance, config_hash=config_hash(config))


def save_notes(draft: Draft, view: HubView) -> list[str]:
    """Say what a user should know before saving: what runs on with old settings, and real money."""
    notes = []
    restarts = need_restart(draft.changes)
    running = [name for name in WORKERS if view.snapshot.process(name).pid is not None]
    if restarts:
        names = ", ".join(map(title_of, restarts[:_MOST_NAMED]))
        key = "settings.save.restart" if running else "settings.save.restart_none"
        notes.append(text(key, names=names, workers=", ".join(running)))
    elif draft.base.config.trading.mode == LIVE and "trader" in running:
        notes.append(text("settings.save.live"))
    return notes
