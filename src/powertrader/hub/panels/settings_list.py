"""The groups of settings at the left of their screen, with a count of what is unsaved or wrong in each."""

import tkinter as tk
from collections.abc import Callable, Collection, Mapping
from tkinter import ttk
from typing import Final

from powertrader.core.config_keys import Setting
from powertrader.hub.settings_model import Draft, is_default
from powertrader.hub.text import text
from powertrader.hub.theme import Theme
from powertrader.hub.widgets.scroll_frame import AutoScrollbar

_INDENT_PX: Final = 30
_PAD_PX: Final = 12
_WIDEST_MARKS: Final = "●8 ✕8"


class GroupList:
    """A list of groups, of which one is chosen."""

    def __init__(
        self,
        parent: tk.Misc,
        groups: Mapping[str, tuple[Setting, ...]],
        theme: Theme,
        chosen: Callable[[str], None],
    ) -> None:
        """Make it; chosen is told the group that the user chose."""
        self._groups, self._theme = groups, theme
        self.frame = ttk.Frame(parent)
        self.table = ttk.Treeview(self.frame, columns=("marks",), show="tree", selectmode="browse")
        bar = AutoScrollbar(self.frame, orient="vertical", command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        for section in groups:
            self.table.insert("", "end", iid=section, text=text(f"settings.group.{section}"))
        self.table.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.frame.rowconfigure(0, weight=1)
        self._fit()
        theme.on_change(self._fit)
        self.table.bind("<<TreeviewSelect>>", lambda _: self._selected(chosen))

    def _fit(self) -> None:
        """Give names and marks the width that they need in the theme's font."""
        titles = [text(f"settings.group.{section}") for section in self._groups]
        name_px = max(map(self._theme.measure, titles)) + _INDENT_PX
        marks_px = self._theme.measure(_WIDEST_MARKS) + _PAD_PX
        self.table.column("#0", width=name_px, minwidth=name_px, stretch=True)
        self.table.column("marks", width=marks_px, minwidth=marks_px, anchor="e", stretch=False)

    @property
    def selected(self) -> str:
        """The group that is chosen, empty when none is."""
        chosen = self.table.selection()
        return chosen[0] if chosen else ""

    def select(self, section: str) -> None:
        """Choose a group, as the user would."""
        self.table.selection_set(section)
        self.table.focus(section)
        self.table.see(section)

    def clear(self) -> None:
        """Choose none."""
        self.table.selection_remove(*self.table.selection())

    def show(self, draft: Draft, wrong: Collection[str]) -> None:
        """Count in each group what is wrong, what is unsaved, and else say whether it differs."""
        for section, members in self._groups.items():
            marks = _marks(draft, [one.name for one in members], wrong)
            if self.table.set(section, "marks") != marks:
                self.table.set(section, "marks", marks)

    def _selected(self, chosen: Callable[[str], None]) -> None:
        if self.selected:
            chosen(self.selected)


def _marks(draft: Draft, names: list[str], wrong: Collection[str]) -> str:
    bad = sum(name in wrong for name in names)
    unsaved = sum(name in draft.edits for name in names) - bad
    found = []
    if bad:
        found.append(f"{text('settings.mark_wrong')}{bad}")
    if unsaved:
        found.append(f"{text('settings.mark_unsaved')}{unsaved}")
    if not found and not all(is_default(draft, name) for name in names):
        found.append(text("settings.mark_changed"))
    return " ".join(found)
