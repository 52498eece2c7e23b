"""A canvas that shows one chart, and brings wheel, mouse and keys to it."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from powertrader.hub.plot.canvas import CanvasPainter
from powertrader.hub.plot.scene import Scene, Style
from powertrader.hub.theme import Theme
from powertrader.hub.widgets.wheel import bind_wheel

ZOOM_STEP: Final = 1.25
KEY_STEP_FRACTION: Final = 0.1
_CROSS: Final = "cross"
LEAST_SIZE: Final = 60
"""A canvas that is smaller shows nothing: there is no room for what it would say."""


class Drawable(Protocol):
    """What a chart canvas shows: it knows what is seen, and how zooming and moving change that."""

    def scene(self, size: tuple[int, int], style: Style) -> Scene:
        """Give the drawing for a canvas of this size."""
        ...

    def cross(self, at: tuple[float, float], style: Style) -> Scene | None:
        """Give the lines and values under the pointer, None where there is nothing to tell."""
        ...

    def zoom(self, factor: float, x: float | None) -> None:
        """Show factor times as much; what is at x stays there, None: at the right edge."""
        ...

    def pan(self, pixels: float) -> None:
        """Move what is seen to the right by pixels."""
        ...

    def reset(self) -> None:
        """Show what was shown at the beginning."""
        ...


class ChartCanvas:
    """The canvas of one chart."""

    def __init__(self, parent: tk.Misc, theme: Theme, drawable: Drawable) -> None:
        """Make it; `redraw` shows the chart."""
        self._theme = theme
        self._drawable = drawable
        self._pointer: tuple[float, float] | None = None
        self._dragged_from: float | None = None
        self._waiting: str | None = None
        self.after_look: Callable[[], None] = _nothing
        """Called whenever the chart was drawn: something else may be seen then."""
        # it asks for no room, so that its size is its place's
        self.widget = tk.Canvas(
            parent, width=8, height=8, highlightthickness=1, borderwidth=0, takefocus=True
        )
        self._painter = CanvasPainter(self.widget, "chart")
        self._cross = CanvasPainter(self.widget, _CROSS)
        self._bind()
        theme.on_change(self.redraw)

    def style(self) -> Style:
        """Give what drawings on this canvas look like now."""
        return Style(self._theme.palette, self._theme.measure, self._theme.line_height)

    def scene(self) -> Scene:
        """Give what is shown, for a picture of it."""
        return self._drawable.scene(self._size(), self.style())

    def redraw(self) -> None:
        """Show the chart as it is now, in this turn of the window, and only once however often it is said."""
        if self._waiting is None:
            self._waiting = self.widget.after_idle(self._redraw)

    def draw(self) -> None:
        """Show the chart at once, unless nobody could see it."""
        if not self.widget.winfo_viewable() or min(self._size()) < LEAST_SIZE:
            return
        palette = self._theme.palette
        self.widget.configure(
            background=palette.bg, highlightbackground=palette.bg, highlightcolor=palette.accent2
        )
        self._painter.paint(self.scene())
        self._show_cross()
        self.widget.tag_raise(_CROSS)
        self.after_look()

    def zoom(self, factor: float) -> None:
        """Show factor times as much around the pointer."""
        self._drawable.zoom(factor, self._pointer[0] if self._pointer else None)
        self.redraw()

    def pan(self, pixels: float) -> None:
        """Move what is seen."""
        self._drawable.pan(pixels)
        self.redraw()

    def reset(self) -> None:
        """Show what was shown at the beginning."""
        self._drawable.reset()
        self.redraw()

    def _redraw(self) -> None:
        self._waiting = None
        self.draw()

    def _gone(self, _event: object) -> None:
        """Forget the drawing that was to come: Tk would call what is no more."""
        if self._waiting is not None:
            self.widget.after_cancel(self._waiting)
            self._waiting = None

    def _size(self) -> tuple[int, int]:
        return self.widget.winfo_width(), self.widget.winfo_height()

    def _bind(self) -> None:
        bind_wheel(self.widget, lambda units: self.zoom(ZOOM_STEP**units))
        widget = self.widget
        for name in ("<Configure>", "<Map>"):
            widget.bind(name, lambda _: self.redraw(), add=True)
        widget.bind("<Destroy>", self._gone, add=True)
        widget.bind("<Motion>", self._moved)
        widget.bind("<Leave>", self._left)
        widget.bind("<ButtonPress-1>", self._pressed)
        widget.bind("<B1-Motion>", self._moved)
        widget.bind("<ButtonRelease-1>", self._released)
        widget.bind("<Double-Button-1>", lambda _: self.reset())
        for key, factor in _ZOOM_KEYS:
            widget.bind(f"<KeyPress-{key}>", partial(self._key_zoom, factor))
        for key, share in _PAN_KEYS:
            widget.bind(f"<KeyPress-{key}>", partial(self._key_pan, share))
        widget.bind("<KeyPress-Home>", lambda _: self.reset())

    def _key_zoom(self, factor: float, _event: object) -> str:
        self.zoom(factor)
        return "break"

    def _key_pan(self, share: float, _event: object) -> str:
        self.pan(share * self._size()[0])
        return "break"

    def _moved(self, event: "tk.Event[tk.Misc]") -> None:
        self._pointer = (float(event.x), float(event.y))
        if self._dragged_from is not None:
            self.pan(self._dragged_from - event.x)
            self._dragged_from = float(event.x)
        else:
            self._show_cross()

    def _left(self, _event: object) -> None:
        self._pointer = None
        self._cross.clear()

    def _pressed(self, event: "tk.Event[tk.Misc]") -> None:
        self.widget.focus_set()
        self._dragged_from = float(event.x)

    def _released(self, _event: object) -> None:
        self._dragged_from = None

    def _show_cross(self) -> None:
        found = None if self._pointer is None else self._drawable.cross(self._pointer, self.style())
        if found is None:
            self._cross.clear()
        else:
            self._cross.paint(found)


_ZOOM_KEYS: Final = (
    *[(key, 1 / ZOOM_STEP) for key in ("plus", "equal", "KP_Add")],
    *[(key, ZOOM_STEP) for key in ("minus", "KP_Subtract")],
)
_PAN_KEYS: Final = (("Left", -KEY_STEP_FRACTION), ("Right", KEY_STEP_FRACTION))


def _nothing() -> None:
    """Let it be."""
