"""Which widget has the focus, as far as Python knows it."""

import tkinter as tk


def focused(widget: tk.Misc) -> tk.Misc | None:
    """Give the widget with the focus; None when none has it, or one of those that Tk makes itself."""
    try:
        return widget.focus_get()
    except KeyError:
        return None
