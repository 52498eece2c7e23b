"""The row of the keys in the original's settings dialog: whether there are any, and what can be done."""

from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.access import KeyStatus
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.text import text
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_COMMANDS: Final = (
    ("wizard", "access.wizard"),
    ("folder", "access.open_folder"),
    ("clear", "access.clear_keys"),
)


class KeysRow:
    """A row in the grid of a form; it never sees a key, only where keys lie."""

    def __init__(
        self,
        form: ttk.Frame,
        place: int,
        context: PanelContext,
        key_status: Callable[[HubPorts], KeyStatus],
    ) -> None:
        """Put it into the form; key_status tells, in the background, which keys are there."""
        self._context, self._key_status = context, key_status
        self._may_differ = False
        ttk.Label(form, text=text("settings_dialog.api")).grid(row=place, column=0, sticky="nw", pady=6)
        row = ttk.Frame(form)
        row.grid(row=place, column=1, columnspan=2, sticky="ew", pady=4)
        self.status = WrappedLabel(row)
        self.status.pack(fill="x", pady=(2, 6))
        self.buttons: dict[str, ttk.Button] = {}
        for name, command in _COMMANDS:
            words = text(f"settings_dialog.api_{name}")
            button = ttk.Button(row, text=words, command=partial(self._run, command))
            button.pack(side="left", padx=(0, 8))
            context.explain(button, f"settings_dialog.help.api_{name}")
            self.buttons[name] = button
        # whoever comes back from the wizard may have stored keys there
        form.winfo_toplevel().bind("<FocusIn>", lambda _: self._came_back(), add=True)

    def ask(self) -> None:
        """Ask anew whether there are keys."""
        self._may_differ = False
        self.status.say(text("settings_dialog.keys_asked"), "Muted.TLabel")
        ports, key_status = self._context.ports, self._key_status
        self._context.background.ask(
            "settings.keys",
            lambda: key_status(ports),
            self._answered,
            lambda error: self._say(text("settings_dialog.keys_unknown", reason=error), "Muted.TLabel"),
        )

    def _run(self, command: str) -> None:
        self._may_differ = True
        self._context.commands.run(command)

    def _came_back(self) -> None:
        if self._may_differ:
            self.ask()

    def _answered(self, status: KeyStatus) -> None:
        if status.places and not status.problem:
            places = ", ".join(status.places)
            self._say(text("settings_dialog.keys_found", places=places), "Accent.TLabel")
        else:
            # the rest of the sentence says what the wizard is for
            problem = status.problem.partition(": ")[0] or text("settings_dialog.keys_none")
            self._say(text("settings_dialog.keys_missing", problem=problem), "Warning.TLabel")

    def _say(self, words: str, style: str) -> None:
        if self.status.winfo_exists():
            self.status.say(words, style)
