"""The first-run guide: what this is, paper first, and three steps."""

import tkinter as tk
from collections.abc import Mapping
from dataclasses import dataclass, field
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Dialog

SEEN: Final = "guide.seen"
_WRAP_PX: Final = 600


@dataclass(frozen=True, slots=True)
class Step:
    """One of the three steps: its words are guide.NAME, its button runs a command."""

    name: str
    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)


STEPS: Final = (
    Step("coins", "ui.show", {"screen": "settings", "name": "trading.coins"}),
    Step("train", "training.start"),
    Step("start", "trading.start_all"),
)


def wants_guide(context: PanelContext, view: HubView) -> bool:
    """Tell whether a home looks as if nobody had ever used it, and the guide was not shown yet."""
    untouched = (
        not any(one.training.trained_at for one in view.snapshot.coins) and view.snapshot.trader is None
    )
    return untouched and not context.preferences.switch(SEEN)


class Guide:
    """A window with the steps; it stays while they are done."""

    def __init__(self, root: tk.Misc, context: PanelContext) -> None:
        """Bind what it works with."""
        self._root = root
        self._context = context
        self.dialog: Dialog | None = None

    def open(self) -> None:
        """Show it; one that is open comes to the front."""
        if self.dialog is not None and self.dialog.is_open:
            self.dialog.raise_()
            return
        self._context.preferences.put(SEEN, value=True)
        dialog = self.dialog = Dialog(self._root, text("guide.title"))
        ttk.Label(dialog.body, text=text("guide.heading"), style="Title.TLabel").pack(anchor="w")
        for name in ("what", "paper"):
            self._paragraph(dialog.body, text(f"guide.{name}"))
        for number, step in enumerate(STEPS, 1):
            self._step(dialog.body, number, step)
        self._paragraph(dialog.body, text("guide.later"))
        dialog.open(dialog.button(text("guide.close"), dialog.close))

    def _paragraph(self, frame: ttk.Frame, words: str) -> None:
        ttk.Label(frame, text=words, wraplength=_WRAP_PX, justify="left").pack(anchor="w", pady=(10, 0))

    def _step(self, frame: ttk.Frame, number: int, step: Step) -> None:
        row = ttk.Frame(frame)
        row.pack(fill="x", pady=(14, 0))
        ttk.Label(row, text=f"{number}", style="Title.TLabel", width=2).pack(side="left", anchor="n")
        button = ttk.Button(
            row, text=text(f"guide.{step.name}_button"), command=lambda: self._do(step), width=16
        )
        button.bind("<Return>", lambda _: button.invoke())
        button.pack(side="right", anchor="n", padx=(12, 0))
        words = ttk.Frame(row)
        words.pack(side="left", fill="x", expand=True)
        ttk.Label(words, text=text(f"guide.{step.name}"), style="Bold.TLabel").pack(anchor="w")
        ttk.Label(
            words, text=text(f"guide.{step.name}_words"), wraplength=_WRAP_PX - 190, justify="left"
        ).pack(anchor="w")
        self._context.explain(button, f"guide.help.{step.name}")

    def _do(self, step: Step) -> None:
        """Do a step; the guide goes to a corner, so that what the step is about can be seen and used."""
        if self.dialog is not None:
            self.dialog.step_aside()
        self._context.commands.run(step.command, **step.arguments)
