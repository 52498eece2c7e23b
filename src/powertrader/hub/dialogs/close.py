"""The question before the window closes: whether the workers go on."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Final

from powertrader.hub.closing import REMEMBERED, Choice, Closing
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Dialog

_WRAP_PX: Final = 480


class CloseDialog:
    """Asks whether the workers go on; what is chosen may be remembered."""

    def __init__(
        self, parent: tk.Misc, context: PanelContext, found: Closing, chosen: Callable[[Choice], None]
    ) -> None:
        """Bind what it tells; chosen is called with the answer, and not when the window shall stay."""
        self._parent = parent
        self._context = context
        self._found = found
        self._chosen = chosen

    def open(self) -> Dialog:
        """Show it."""
        dialog = self._dialog = Dialog(self._parent, text("close.title"))
        for words in self._words():
            ttk.Label(dialog.body, text=words, wraplength=_WRAP_PX, justify="left").pack(
                anchor="w", pady=(0, 8)
            )
        # without a variable: those are freed by whichever thread collects garbage, and Tk minds
        tick = self._remember = ttk.Checkbutton(dialog.body, text=text("close.remember"))
        tick.state(["!alternate"])
        tick.pack(anchor="w", pady=(4, 0))
        self._context.explain(tick, "close.help.remember")
        stay = dialog.button(text("close.stay"), dialog.close)
        buttons = {
            "stop": dialog.button(text("close.stop"), lambda: self._answer("stop")),
            "leave": dialog.button(text("close.leave"), lambda: self._answer("leave")),
        }
        for name, button in (("stay", stay), *buttons.items()):
            self._context.explain(button, f"close.help.{name}")
        dialog.open(buttons[self._found.usual])
        return dialog

    def _words(self) -> list[str]:
        found = self._found
        names = ", ".join(text(f"workers.name.{process}") for process in found.running)
        words = [text("close.running", processes=names)]
        if found.held:
            words.append(text("close.held_live" if found.live else "close.held", count=f"{found.held:,}"))
        return [*words, text("close.unwatched")]

    def _answer(self, choice: Choice) -> None:
        if self._remember.instate(["selected"]):
            self._context.preferences.put(REMEMBERED, choice)
        self._dialog.close()
        self._chosen(choice)
