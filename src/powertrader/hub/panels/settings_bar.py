"""The bar below the settings: what is unsaved or wrong, the config hash, and the buttons."""

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_model import History
from powertrader.hub.text import text

_GAP: Final = 8


@dataclass(frozen=True, slots=True)
class BarActs:
    """What the buttons do."""

    undo: Callable[[], None]
    redo: Callable[[], None]
    reset_all: Callable[[], None]
    discard: Callable[[], None]
    save: Callable[[], None]


class SettingsBar:
    """Says how the draft stands."""

    def __init__(self, parent: tk.Misc, context: PanelContext, acts: BarActs) -> None:
        """Make it for a draft without edits."""
        self.frame = ttk.Frame(parent)
        self.problem = ttk.Label(self.frame, style="Error.TLabel", justify="left")
        row = ttk.Frame(self.frame)
        row.pack(fill="x", side="bottom")
        # buttons first: in a narrow window it is the words that are cut
        self.buttons: dict[str, ttk.Button] = {}
        for name in ("undo", "redo", "reset_all", "discard", "save"):
            button = ttk.Button(row, text=text(f"settings.button.{name}"), command=getattr(acts, name))
            context.explain(button, f"settings.help.{name}")
            self.buttons[name] = button
        for button in reversed(self.buttons.values()):
            button.pack(side="right", padx=(_GAP, 0))
        self.unsaved = ttk.Label(row, style="Bold.TLabel")
        self.unsaved.pack(side="left")
        self.wrong = ttk.Label(row, style="Error.TLabel")
        self.wrong.pack(side="left", padx=(_GAP, 0))
        above = ttk.Frame(self.frame)
        above.pack(fill="x", side="bottom", pady=(0, 6))
        ttk.Label(above, text=text("settings.legend"), style="Small.TLabel").pack(side="left")
        self.hash = ttk.Label(above, style="Small.TLabel")
        self.hash.pack(side="right")
        context.explain(self.hash, "settings.help.hash")

    def show(self, history: History, problems: Mapping[str, str]) -> None:
        """Show how the draft stands."""
        draft = history.draft
        count = len(draft.edits)
        self.unsaved.configure(
            text=text("settings.unsaved", count=count) if count else text("settings.unsaved_none")
        )
        self.wrong.configure(text=text("settings.wrong", count=len(problems)) if problems else "")
        self._show_hash(draft.base.config_hash, draft.config_hash)
        between = problems.get("", "")
        self.problem.configure(text=text("settings.wrong_field", problem=between) if between else "")
        if between:
            self.problem.pack(side="top", anchor="w", pady=(0, 4))
        else:
            self.problem.pack_forget()
        can = {
            "undo": history.can_undo,
            "redo": history.can_redo,
            "discard": bool(count),
            "save": bool(count),
        }
        for name, possible in can.items():
            self.buttons[name].state(["!disabled" if possible else "disabled"])

    def _show_hash(self, before: str, after: str) -> None:
        if not after:
            words = text("settings.hash_wrong", before=before)
        elif after == before:
            words = text("settings.hash_same", digits=before)
        else:
            words = text("settings.hash_changes", before=before, after=after)
        self.hash.configure(text=words)
