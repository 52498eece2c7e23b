"""A window for what keeps the real one from opening: whoever starts by a double click sees no terminal."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.theme import Theme

_WRAP_PX: Final = 640


def show_trouble(root: tk.Tk, words: str, open_folder: Callable[[], None]) -> None:
    """Say what is wrong until the user closes the window; words can be marked and copied."""
    theme = Theme(root)
    root.title(text("trouble.title"))
    frame = ttk.Frame(root, padding=24)
    frame.pack(fill="both", expand=True)
    ttk.Label(frame, text=text("trouble.heading"), style="Title.TLabel").pack(anchor="w")
    palette = theme.palette
    box = tk.Text(
        frame,
        width=90,
        height=min(20, 2 + len(words) // 80 + words.count("\n")),
        wrap="word",
        background=palette.panel,
        foreground=palette.fg,
        relief="flat",
        padx=10,
        pady=8,
    )
    box.insert("1.0", words)
    box.configure(state="disabled")
    box.pack(fill="both", expand=True, pady=(14, 0))
    ttk.Label(frame, text=text("trouble.then"), wraplength=_WRAP_PX, justify="left").pack(
        anchor="w", pady=(12, 0)
    )
    buttons = ttk.Frame(frame)
    buttons.pack(fill="x", pady=(16, 0))
    close = ttk.Button(buttons, text=text("trouble.close"), command=root.destroy)
    close.pack(side="right")
    ttk.Button(buttons, text=text("trouble.folder"), command=open_folder).pack(side="right", padx=(0, 8))
    close.focus_set()
    for key in ("<Escape>", "<Return>"):
        root.bind(key, lambda _: root.destroy())
    root.mainloop()
