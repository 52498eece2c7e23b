"""The first-run guide: what this is, paper first, and three steps."""

import tkinter as tk
from collections.abc import Mapping
from dataclasses import dataclass, field
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import HubView

SEEN: Final = "guide.seen"
_WRAP_PX: Final = 600


@dataclass(frozen=True, slots=True)
class Step:
    """One of the three steps: its words are guide.NAME, its button runs a command."""

    name: str
    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)


STEPS: Final = (
    Step("coins", "ui.show", {"screen": "settings"}),
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

    def open(self) -> tk.Toplevel:
        """Show it."""
        self._context.preferences.put(SEEN, value=True)
        window = tk.Toplevel(self._root, background=self._context.theme.palette.bg)
        window.title(text("guide.title"))
        window.transient(self._root.winfo_toplevel())
        window.resizable(width=False, height=False)
        frame = ttk.Frame(window, padding=24)
        frame.pack(fill="both", expand=True)
        ttk.Label(frame, text=text("guide.heading"), style="Title.TLabel").pack(anchor="w")
        for name in ("what", "paper"):
            self._paragraph(frame, text(f"guide.{name}"))
        for number, step in enumerate(STEPS, 1):
            self._step(frame, number, step)
        self._paragraph(frame, text("guide.later"))
        close = ttk.Button(frame, text=text("guide.close"), command=window.destroy)
        close.pack(anchor="e", pady=(16, 0))
        for key in ("<Escape>", "<Return>"):
            window.bind(key, lambda _: window.destroy())
        close.focus_set()
        return window

    def _paragraph(self, frame: ttk.Frame, words: str) -> None:
        ttk.Label(frame, text=words, wraplength=_WRAP_PX, justify="left").pack(anchor="w", pady=(10, 0))

    def _step(self, frame: ttk.Frame, number: int, step: Step) -> None:
        row = ttk.Frame(frame)
        row.pack(fill="x", pady=(14, 0))
        ttk.Label(row, text=f"{number}", style="Title.TLabel", width=2).pack(side="left", anchor="n")
        button = ttk.Button(
            row,
            text=text(f"guide.{step.name}_button"),
            command=lambda: self._context.commands.run(step.command, **step.arguments),
            width=16,
        )
        button.pack(side="right", anchor="n", padx=(12, 0))
        words = ttk.Frame(row)
        words.pack(side="left", fill="x", expand=True)
        ttk.Label(words, text=text(f"guide.{step.name}"), style="Bold.TLabel").pack(anchor="w")
        ttk.Label(
            words, text=text(f"guide.{step.name}_words"), wraplength=_WRAP_PX - 190, justify="left"
        ).pack(anchor="w")
        self._context.explain(button, f"guide.help.{step.name}")
