"""A label whose text breaks into lines where its own width ends."""

import tkinter as tk
from tkinter import ttk

_LEAST_PX = 120


class WrappedLabel(ttk.Label):
    """Give it room with fill="x" or sticky="ew": it takes the width it is given and the height it needs."""

    def __init__(self, parent: tk.Misc, *, words: str = "", style: str = "TLabel") -> None:
        """Show words in a style."""
        super().__init__(parent, text=words, style=style, justify="left", anchor="w", wraplength=_LEAST_PX)
        self.bind("<Configure>", self._wrap, add=True)

    def say(self, words: str, style: str | None = None) -> None:
        """Show other words; nothing is drawn when they are the same."""
        if str(self.cget("text")) != words:
            self.configure(text=words)
        if style is not None and str(self.cget("style")) != style:
            self.configure(style=style)

    def _wrap(self, event: "tk.Event[tk.Misc]") -> None:
        width = max(event.width - 2, _LEAST_PX)
        if int(str(self.cget("wraplength")) or 0) != width:
            self.configure(wraplength=width)
