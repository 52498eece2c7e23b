"""Commands about keys and going live: the wizard, clearing keys, the pre-flight, the word for real money."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.access import KeyStatus, clear_keys
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Answer, Dialog, ask

if TYPE_CHECKING:
    from powertrader.hub.dialogs.api_wizard import ApiWizard
    from powertrader.hub.dialogs.go_live import GoLiveDialog
    from powertrader.hub.dialogs.preflight import PreflightDialog

_TRADER: Final = "trader"
_RESTART: Final = "trading.restart_trader"


@dataclass(slots=True)
class AccessCommands:
    """Opens one dialog of each kind at a time. For the Tk thread; view gives the newest one."""

    parent: tk.Misc
    context: PanelContext
    view: Callable[[], HubView | None]
    wizard: "ApiWizard | None" = field(default=None, init=False)
    live: "GoLiveDialog | None" = field(default=None, init=False)
    preflight: "PreflightDialog | None" = field(default=None, init=False)
    question: Dialog | None = field(default=None, init=False)

    def register(self) -> None:
        """Register all of them."""
        self.context.commands.register_all(
            {
                "access.wizard": self.open_wizard,
                "access.clear_keys": self.clear_keys,
                "access.open_folder": self.open_folder,
                "access.preflight": self.open_preflight,
                "access.go_live": self.go_live,
            }
        )

    def open_wizard(self) -> None:
        """Open the key wizard, for the environment of the settings."""
        from powertrader.hub.dialogs.api_wizard import ApiWizard  # noqa: PLC0415  few starts need it

        if self.wizard is not None and self.wizard.dialog.is_open:
            self.wizard.dialog.raise_()
            return
        view = self.view()
        mode = "" if view is None else view.settings.config.trading.mode
        self.wizard = ApiWizard(self.parent, self.context, mode, self._keys_saved)
        self.wizard.open()

    def open_preflight(self) -> None:
        """Look at everything a start needs."""
        from powertrader.hub.dialogs.preflight import PreflightDialog  # noqa: PLC0415  few starts need it

        if self.preflight is not None and self.preflight.dialog.is_open:
            self.preflight.dialog.raise_()
            return
        self.preflight = PreflightDialog(self.parent, self.context)
        self.preflight.open()

    def open_folder(self) -> None:
        """Show the home's folder, where the original keeps its key files."""
        self.context.ports.open_place(str(self.context.ports.paths.root))

    def clear_keys(self) -> None:
        """Delete the stored keys, after a question."""
        answers = (
            Answer(text("access.clear.yes"), self._clear, style="Stop.TButton"),
            Answer(text("access.cancel")),
        )
        self.question = ask(self.parent, text("access.clear.title"), text("access.clear.ask"), answers)

    def go_live(self, *, then: str = "") -> None:
        """Ask for the word that lets real money be spent; then: the command to run with confirm_live=WORD.

        Without one the mode of the settings becomes live, and a trader that runs is offered a new start.
        """
        from powertrader.hub.dialogs.go_live import GoLiveDialog, LiveWish  # noqa: PLC0415  few starts need it

        view = self.view()
        if view is None:
            self.context.say(text("access.live.loading"), "news")
            return
        if self.live is not None and self.live.dialog.is_open:
            self.live.dialog.close()

        def confirmed(word: str) -> None:
            if then:
                self.context.commands.run(then, confirm_live=word)
            else:
                self._offer_restart(word)

        self.live = GoLiveDialog(self.parent, self.context, LiveWish(view.settings, confirmed))
        self.live.open()

    def _offer_restart(self, word: str) -> None:
        view = self.view()
        if view is None or view.snapshot.process(_TRADER).pid is None:
            self.context.say(text("access.live.saved"), "warning")
            return

        def restart() -> None:
            self.context.commands.run(_RESTART, confirm_live=word)

        answers = (
            Answer(text("access.live.restart"), restart, style="Stop.TButton"),
            Answer(text("access.live.later")),
        )
        words = text("access.live.restart_ask")
        self.question = ask(self.parent, text("access.live.title"), words, answers)

    def _clear(self) -> None:
        ports = self.context.ports
        self.context.background.ask(
            "access.clear", lambda: clear_keys(ports), self._cleared, self._not_cleared
        )

    def _cleared(self, left: KeyStatus) -> None:
        if left.places:
            self.context.say(text("access.clear.left", places=", ".join(left.places)), "warning")
        else:
            self.context.say(text("access.clear.done"), "news")

    def _not_cleared(self, error: PowerTraderError) -> None:
        self.context.say(text("access.clear.failed", reason=error), "error")

    def _keys_saved(self, words: str) -> None:
        self.context.say(words, "news")
