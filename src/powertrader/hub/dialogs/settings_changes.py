"""Two lists before settings are saved: what changes, and what somebody else changed meanwhile."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Final

from powertrader.hub.settings_file import Clash
from powertrader.hub.settings_model import Changed
from powertrader.hub.settings_words import change_words, title_of
from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.widgets.scroll_frame import AutoScrollbar

_SIZE: Final = (960, 400)
_LEAST: Final = (560, 300)
_WRAP_PX: Final = 900
_NAME_PX: Final = 380
_VALUE_PX: Final = 260


def show_changes(
    parent: tk.Misc, differences: Sequence[Changed], notes: Sequence[str], save: Callable[[], None]
) -> Dialog:
    """Show what changes, with notes below, before anything is written; Save closes it and calls save."""
    dialog = Dialog(parent, text("settings.save.title"), size=_SIZE, least=_LEAST)
    _line(dialog, text("settings.save.head"))
    columns = (text("settings.save.column_before"), text("settings.save.column_after"))
    rows = [(one.name, *change_words(one.before, one.after)) for one in differences]
    _table(dialog, columns, rows)
    for note in notes:
        _line(dialog, note, "Warning.TLabel")

    def confirmed() -> None:
        dialog.close()
        save()

    dialog.button(text("settings.save.cancel"), dialog.close)
    dialog.open(dialog.button(text("settings.save.ok"), confirmed))
    return dialog


def show_clashes(
    parent: tk.Misc, clashes: Sequence[Clash], mine: Callable[[], None], theirs: Callable[[], None]
) -> Dialog:
    """Show what the file has otherwise by now; the user takes one of both, or cancels and keeps editing."""
    dialog = Dialog(parent, text("settings.save.clash_title"), size=_SIZE, least=_LEAST)
    _line(dialog, text("settings.save.clash_head"), "Warning.TLabel")
    columns = (text("settings.save.clash_column_file"), text("settings.save.clash_column_yours"))
    rows = [(one.name, *change_words(one.in_file, one.wanted)) for one in clashes]
    _table(dialog, columns, rows)

    def chosen(act: Callable[[], None]) -> Callable[[], None]:
        def close() -> None:
            dialog.close()
            act()

        return close

    cancel = dialog.button(text("settings.save.cancel"), dialog.close)
    dialog.button(text("settings.save.clash_mine"), chosen(mine))
    dialog.button(text("settings.save.clash_theirs"), chosen(theirs))
    dialog.open(cancel)
    return dialog


def _line(dialog: Dialog, words: str, style: str = "TLabel") -> None:
    label = ttk.Label(dialog.body, text=words, style=style, wraplength=_WRAP_PX, justify="left")
    label.pack(anchor="w", pady=(0, 8))


def _table(dialog: Dialog, columns: tuple[str, str], rows: Sequence[tuple[str, str, str]]) -> None:
    frame = ttk.Frame(dialog.body)
    frame.pack(fill="both", expand=True, pady=(0, 8))
    table = ttk.Treeview(frame, columns=("one", "two"), height=min(10, max(3, len(rows))))
    bar = AutoScrollbar(frame, orient="vertical", command=table.yview)
    table.configure(yscrollcommand=bar.set)
    table.heading("#0", text=text("settings.save.column_name"), anchor="w")
    table.column("#0", width=_NAME_PX, stretch=True)
    for name, words in zip(("one", "two"), columns, strict=True):
        table.heading(name, text=words, anchor="w")
        table.column(name, width=_VALUE_PX, stretch=True)
    for name, one, two in rows:
        table.insert("", "end", text=f"{title_of(name)}  ({name})", values=(one, two))
    table.grid(row=0, column=0, sticky="nsew")
    bar.grid(row=0, column=1, sticky="ns")
    frame.rowconfigure(0, weight=1)
    frame.columnconfigure(0, weight=1)
