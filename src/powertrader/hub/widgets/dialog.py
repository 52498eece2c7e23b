"""A window over the main one, and a question in it."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

_PAD: Final = 14
_WRAP_PX: Final = 460


class Dialog:
    """Put widgets into `body`, buttons below it with `button`, then `open` it; Esc closes it.

    It never takes the main window's input away: a button that stops everything works all the time.
    """

    def __init__(
        self,
        parent: tk.Misc,
        title: str,
        *,
        size: tuple[int, int] | None = None,
        least: tuple[int, int] | None = None,
    ) -> None:
        """Make it over the window of parent, out of sight; size and least in pixels, else what it needs."""
        self._over = parent.winfo_toplevel()
        self.window = tk.Toplevel(self._over)
        self.window.withdraw()
        self.window.title(title)
        self._size = size
        if least is not None:
            self.window.minsize(*least)
        # a frame over all of it takes the theme's colours, also when these change
        whole = ttk.Frame(self.window, padding=_PAD, relief="solid", borderwidth=1)
        whole.pack(fill="both", expand=True)
        # the order of Tab is that of making: the body, then the buttons from left to right
        self.body = ttk.Frame(whole)
        self._row = ttk.Frame(whole)
        self._row.pack(side="bottom", fill="x", pady=(_PAD, 0))
        self.body.pack(fill="both", expand=True)
        self.on_escape: Callable[[], None] = self.close
        self.window.bind("<Escape>", lambda _: self._escape())
        self.window.protocol("WM_DELETE_WINDOW", self._escape)

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed."""
        return bool(self.window.winfo_exists())

    def button(
        self, words: str, command: Callable[[], None], *, style: str = "TButton", left: bool = False
    ) -> ttk.Button:
        """Add a button to the row below the body: from the right, or from the left."""
        made = ttk.Button(self._row, text=words, command=command, style=style)
        made.pack(side="left" if left else "right", padx=(0, 8) if left else (8, 0))
        if not left:
            made.lower()
        made.bind("<Return>", lambda _: made.invoke())
        return made

    def open(self, focus: tk.Misc | None = None) -> None:
        """Show it in the middle of the window it is over, and give a widget in it the focus."""
        self.window.update_idletasks()
        wide, high = self._size or (self.window.winfo_reqwidth(), self.window.winfo_reqheight())
        wide, high = min(wide, self.window.winfo_screenwidth()), min(high, self.window.winfo_screenheight())
        over = self._over
        x = over.winfo_rootx() + (over.winfo_width() - wide) // 2
        y = over.winfo_rooty() + (over.winfo_height() - high) // 2
        x = max(0, min(x, self.window.winfo_screenwidth() - wide))
        y = max(0, min(y, self.window.winfo_screenheight() - high))
        self.window.geometry(f"{wide}x{high}+{x}+{y}")
        if over.winfo_viewable():
            self.window.transient(over)
        self.window.deiconify()
        self.raise_(focus)

    def raise_(self, focus: tk.Misc | None = None) -> None:
        """Bring it to the front."""
        self.window.lift()
        (focus or self.window).focus_set()

    def step_aside(self) -> None:
        """Go to the right edge of the window it is over, and leave the rest of that in sight."""
        right = self._over.winfo_rootx() + self._over.winfo_width()
        x = min(right, self.window.winfo_screenwidth()) - self.window.winfo_width()
        self.window.geometry(f"+{max(0, x)}+{self.window.winfo_y()}")

    def close(self) -> None:
        """Take it away."""
        self.window.destroy()

    def _escape(self) -> None:
        self.on_escape()


@dataclass(frozen=True, slots=True)
class Answer:
    """One button of a question, and what it does."""

    words: str
    act: Callable[[], None] = lambda: None
    style: str = "TButton"


def ask(parent: tk.Misc, title: str, words: str, answers: Sequence[Answer]) -> Dialog:
    """Show a question with a button for each answer; Esc gives the last one, which has the focus."""
    dialog = Dialog(parent, title)
    ttk.Label(dialog.body, text=words, wraplength=_WRAP_PX, justify="left").pack(anchor="w")
    buttons = [dialog.button(one.words, _closing(dialog, one.act), style=one.style) for one in answers]
    dialog.on_escape = _closing(dialog, answers[-1].act)
    dialog.open(buttons[-1])
    return dialog


def _closing(dialog: Dialog, act: Callable[[], None]) -> Callable[[], None]:
    def close() -> None:
        dialog.close()
        act()

    return close
