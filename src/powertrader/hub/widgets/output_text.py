"""A text that grows at its end, such as what a program prints."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Final

from powertrader.hub.widgets.scroll_frame import AutoScrollbar
from powertrader.hub.widgets.wheel import bind_wheel

MOST_LINES: Final = 2500
_LAST: Final = "end-1c linestart"


class OutputText(ttk.Frame):
    """Shows the newest lines, not wrapped, for reading and copying.

    It follows the end while that is in sight; whoever has scrolled up stays where he is.
    """

    def __init__(self, parent: tk.Misc, *, font: str, empty: str, most: int = MOST_LINES) -> None:
        """Make it empty, which it says in these words; of more than `most` lines the oldest are left out."""
        super().__init__(parent)
        self._most = most
        self._count = 0
        self._at_end = True
        self.text: Final = tk.Text(
            self,
            wrap="none",
            font=font,
            borderwidth=0,
            highlightthickness=1,
            padx=6,
            pady=2,
            height=1,
            width=1,
        )
        up_down = AutoScrollbar(self, orient="vertical", command=self._moved)
        left_right = AutoScrollbar(self, orient="horizontal", command=self.text.xview)
        self.text.configure(
            yscrollcommand=up_down.set, xscrollcommand=left_right.set, state="disabled", takefocus=1
        )
        self.text.grid(row=0, column=0, sticky="nsew")
        up_down.grid(row=0, column=1, sticky="ns")
        left_right.grid(row=1, column=0, sticky="ew")
        self._hint = ttk.Label(self.text, text=empty, style="Panel.TLabel", anchor="center", justify="center")
        self._hint.place(relx=0.5, rely=0.5, anchor="center")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        bind_wheel(self.text, self._wheel)
        for moved in ("<KeyRelease>", "<ButtonRelease-1>"):
            self.text.bind(moved, lambda _: self._look(), add=True)
        self.text.bind("<Control-a>", self._select_all)
        # one that follows the end still shows it in a pane of another size
        self.text.bind("<Configure>", lambda _: self.text.see(_LAST) if self._at_end else None)
        # a text that cannot be written into does not take the focus by itself, and copies nothing without
        self.text.bind("<Button-1>", lambda _: self.text.focus_set(), add=True)

    @property
    def lines(self) -> tuple[str, ...]:
        """What it shows."""
        return tuple(self.text.get("1.0", "end-1c").split("\n")) if self._count else ()

    def append(self, lines: Sequence[str]) -> None:
        """Put lines at the end, all at once."""
        if not lines:
            return
        self._hint.place_forget()
        follows, top = self._at_end, int(self.text.index("@0,0").split(".")[0])
        gone = max(0, self._count + len(lines) - self._most)
        joined = "\n".join(lines[-self._most :])
        self.text.configure(state="normal")
        if gone >= self._count:
            self.text.delete("1.0", "end")
            self.text.insert("end", joined)
        else:
            self.text.insert("end", f"\n{joined}")
            self.text.delete("1.0", f"{gone + 1}.0")
        self.text.configure(state="disabled")
        self._count = min(self._count + len(lines), self._most)
        # one who reads above the end sees the same lines as before
        if follows:
            self.text.see(_LAST)
        else:
            self.text.yview(f"{max(top - gone, 1)}.0")

    def clear(self) -> None:
        """Show nothing."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        self.text.configure(state="disabled")
        self._count, self._at_end = 0, True
        self._hint.place(relx=0.5, rely=0.5, anchor="center")

    def colour(self, background: str, foreground: str, select_bg: str, select_fg: str) -> None:
        """Take these colours."""
        self.text.configure(
            background=background,
            foreground=foreground,
            insertbackground=foreground,
            selectbackground=select_bg,
            selectforeground=select_fg,
            inactiveselectbackground=select_bg,
            highlightbackground=background,
            highlightcolor=select_bg,
        )

    def _moved(self, *how: str) -> None:
        self.text.yview(*how)
        self._look()

    def _wheel(self, units: int) -> None:
        self.text.yview_scroll(units * 3, "units")
        self._look()

    def _look(self) -> None:
        """Follow the end from now on when the user can see it, else stay."""
        self.text.update_idletasks()
        self._at_end = self.text.dlineinfo(_LAST) is not None

    def _select_all(self, _: "tk.Event[tk.Text]") -> str:
        self.text.tag_add("sel", "1.0", "end-1c")
        return "break"
