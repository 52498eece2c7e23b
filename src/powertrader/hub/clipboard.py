"""The system's clipboard: text, and rows that a spreadsheet takes apart into cells."""

import tkinter as tk
from collections.abc import Iterable


def copy_text(widget: tk.Misc, words: str) -> None:
    """Put words on the clipboard, in place of what was there."""
    widget.clipboard_clear()
    widget.clipboard_append(words)


def copy_rows(widget: tk.Misc, rows: Iterable[Iterable[str]]) -> None:
    """Put rows on the clipboard, a line for each, with tabs between the cells."""
    copy_text(widget, rows_text(rows))


def rows_text(rows: Iterable[Iterable[str]]) -> str:
    """Give rows as lines of cells with tabs between them; tabs and line breaks in a cell become blanks."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
