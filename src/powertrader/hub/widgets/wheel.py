"""The mouse wheel on every system: X11 sends buttons 4 and 5, Windows 120 a notch, macOS small numbers."""

import tkinter as tk
from collections.abc import Callable
from typing import Final, TypeAlias

WHEEL_EVENTS: Final = ("<MouseWheel>", "<Button-4>", "<Button-5>")
_NOTCH: Final = 120
_UP: Final = 4
_DOWN: Final = 5
WheelEvent: TypeAlias = "tk.Event[tk.Misc]"


def wheel_units(event: WheelEvent) -> int:
    """Give by how many units an event scrolls, negative for up."""
    if event.num in {_UP, _DOWN}:
        return 1 if event.num == _DOWN else -1
    delta = int(event.delta)
    if abs(delta) >= _NOTCH:
        return -(delta // _NOTCH) if delta > 0 else -delta // _NOTCH
    return (delta < 0) - (delta > 0)


def bind_wheel(widget: tk.Misc, scroll: Callable[[int], object]) -> None:
    """Let the wheel over a widget scroll, without moving the keyboard's focus."""

    def turned(event: WheelEvent) -> str:
        scroll(wheel_units(event))
        return "break"

    for name in WHEEL_EVENTS:
        widget.bind(name, turned)


def bind_wheel_class(widget: tk.Misc, tag: str, scroll: Callable[[int], object]) -> None:
    """Let the wheel scroll over every widget that has a bind tag."""

    def turned(event: WheelEvent) -> str:
        scroll(wheel_units(event))
        return "break"

    for name in WHEEL_EVENTS:
        widget.bind_class(tag, name, turned)
