"""Explanations: a tooltip after half a second, and the same words with F1 for what has the focus."""

import tkinter as tk
from collections.abc import Callable
from typing import Final

DELAY_MS: Final = 500
_WRAP_PX: Final = 420
_OFFSET_PX: Final = 18
_ONLY_SHOW: Final = frozenset({"TLabel", "Label", "TProgressbar", "TFrame", "TLabelframe"})
_LARGE_PX: Final = 100
"""Beside a widget that is higher than this, words would be far from what the mouse is on."""


class Explanations:
    """Knows what each widget is for and shows it in one small window, which takes no focus.

    words gives the text of a key at the moment it is shown; colours its background, text and border.
    """

    def __init__(
        self, root: tk.Misc, words: Callable[[str], str], colours: Callable[[], tuple[str, str, str]]
    ) -> None:
        """Show nothing yet."""
        self._root = root
        self._words = words
        self._colours = colours
        self._keys: dict[str, str] = {}
        self._waiting: str | None = None
        self._mouse_at = root.winfo_pointerxy()
        self._is_at_mouse = False
        self._window: tk.Toplevel | None = None

    @property
    def shown(self) -> str:
        """The words that are shown now, empty when none are."""
        return "" if self._window is None else str(self._window.nametowidget("words").cget("text"))

    def explain(self, widget: tk.Misc, key: str) -> None:
        """Let a widget be explained by the words of a key. Raises KeyError when the key has none."""
        self._words(key)
        known = str(widget) in self._keys
        self._keys[str(widget)] = key
        if known:
            return
        if widget.winfo_class() in _ONLY_SHOW:
            # Tk would lead Tab to it, as keys are bound, and nobody would see where the focus is
            widget.tk.call(str(widget), "configure", "-takefocus", 0)
        widget.bind("<Enter>", lambda event: self._soon(widget, (event.x_root, event.y_root)), add=True)
        widget.bind("<Motion>", lambda _: self._moved(), add=True)
        for over in ("<Leave>", "<ButtonPress>", "<KeyPress>"):
            widget.bind(over, lambda _: self.hide(), add=True)
        widget.bind("<Destroy>", lambda _: self._forget(widget), add=True)

    def show_for(self, widget: tk.Misc | None) -> bool:
        """Explain a widget at once, or the nearest one around it that can be; tell whether there was one."""
        while widget is not None:
            key = self._keys.get(str(widget))
            if key is not None:
                self._show(widget, self._words(key), None)
                return True
            widget = widget.master
        return False

    def hide(self) -> None:
        """Take the words away, and those that were to come."""
        if self._waiting is not None:
            self._root.after_cancel(self._waiting)
            self._waiting = None
        if self._window is not None:
            self._window.destroy()
            self._window = None
        self._is_at_mouse = False

    def _soon(self, widget: tk.Misc, mouse_at: tuple[int, int]) -> None:
        self.hide()
        came, self._mouse_at = mouse_at != self._mouse_at, mouse_at
        if not came:
            # another screen was shown below a mouse that rests: nobody asks what this is
            return
        self._waiting = self._root.after(DELAY_MS, lambda: self._due(widget))

    def _due(self, widget: tk.Misc) -> None:
        self._waiting = None
        if widget.winfo_exists():
            self._show(widget, self._words(self._keys[str(widget)]), widget.winfo_pointerxy())

    def _moved(self) -> None:
        """Take words away that stand beside the mouse: they would hide what it moves to."""
        if self._is_at_mouse:
            self.hide()

    def _forget(self, widget: tk.Misc) -> None:
        if self._keys.pop(str(widget), None) is not None:
            self.hide()

    def _show(self, widget: tk.Misc, words: str, mouse_at: tuple[int, int] | None) -> None:
        self.hide()
        background, foreground, border = self._colours()
        window = self._window = tk.Toplevel(self._root, background=border, padx=1, pady=1)
        window.wm_overrideredirect(boolean=True)
        label = tk.Label(
            window,
            name="words",
            text=words,
            justify="left",
            wraplength=_WRAP_PX,
            background=background,
            foreground=foreground,
            padx=8,
            pady=5,
        )
        label.pack()
        window.update_idletasks()
        x, y, self._is_at_mouse = _place(window, widget, mouse_at)
        window.wm_geometry(f"+{x}+{y}")


def _place(window: tk.Toplevel, widget: tk.Misc, mouse_at: tuple[int, int] | None) -> tuple[int, int, bool]:
    """Give where the words fit: below the widget, else above it, or beside the mouse on a large widget.

    The third tells whether it is beside the mouse.
    """
    wide, high = window.winfo_reqwidth(), window.winfo_reqheight()
    left, top, below = widget.winfo_rootx(), widget.winfo_rooty(), widget.winfo_height()
    lowest = window.winfo_screenheight() - high
    inside = below > _LARGE_PX and top + below + 4 > lowest
    if inside:
        left, top = mouse_at or (left, top)
        below = _OFFSET_PX
    x = min(left + _OFFSET_PX, window.winfo_screenwidth() - wide)
    y = top + below + 4 if top + below + 4 <= lowest else top - high - 4
    return max(0, x), max(0, y), inside and mouse_at is not None
