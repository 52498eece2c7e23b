"""A frame that scrolls: its bar, the wheel over what is in it, and the focus."""

import tkinter as tk
from tkinter import ttk

import pytest

from powertrader.hub.widgets.scroll_frame import AutoScrollbar, ScrollFrame
from powertrader.hub.widgets.wheel import wheel_units
from tests.unit.hub.driving import below, settle


def filled(root: tk.Tk, rows: int) -> tuple[ScrollFrame, list[ttk.Combobox]]:
    frame = ScrollFrame(root)
    frame.pack(fill="both", expand=True)
    combos = [ttk.Combobox(frame.body, values=("a", "b"), state="readonly") for _ in range(rows)]
    for combo in combos:
        combo.set("a")
        combo.pack()
    root.geometry("300x200")
    rest(root)
    return frame, combos


def rest(root: tk.Tk) -> None:
    for _ in range(4):
        settle(root)


def bar_of(frame: ScrollFrame) -> AutoScrollbar:
    return next(one for one in below(frame) if isinstance(one, AutoScrollbar))


def top_of(frame: ScrollFrame) -> int:
    """Give how far it is scrolled down, in pixels."""
    return frame.winfo_rooty() - frame.body.winfo_rooty()


def test_the_bar_is_hidden_while_everything_fits_and_its_room_is_used(root: tk.Tk) -> None:
    frame, combos = filled(root, 30)
    assert bar_of(frame).winfo_ismapped()
    assert frame.body.winfo_width() < 300
    for combo in combos[3:]:
        combo.destroy()
    rest(root)
    assert not bar_of(frame).winfo_ismapped()
    assert frame.body.winfo_width() == 300


def test_the_wheel_scrolls_over_a_combo_and_leaves_its_value(root: tk.Tk) -> None:
    frame, combos = filled(root, 30)
    root.focus_force()
    combos[0].event_generate("<Button-5>")
    rest(root)
    assert top_of(frame) > 0
    assert combos[0].get() == "a"
    combos[0].event_generate("<Button-4>")
    rest(root)
    assert top_of(frame) == 0
    assert root.focus_get() is not combos[0]


def test_the_wheel_does_nothing_while_everything_fits(root: tk.Tk) -> None:
    frame, combos = filled(root, 2)
    combos[0].event_generate("<Button-5>")
    rest(root)
    assert top_of(frame) == 0


def test_what_gets_the_focus_is_scrolled_into_sight(root: tk.Tk) -> None:
    frame, combos = filled(root, 30)
    combos[-1].focus_force()
    rest(root)
    bottom = combos[-1].winfo_rooty() + combos[-1].winfo_height()
    assert bottom <= frame.winfo_rooty() + frame.winfo_height()
    combos[0].focus_force()
    rest(root)
    assert combos[0].winfo_rooty() >= frame.winfo_rooty()


@pytest.mark.parametrize(
    "num, delta, units",
    [(4, 0, -1), (5, 0, 1), ("??", 120, -1), ("??", -240, 2), ("??", 1, -1), ("??", -3, 1), ("??", 0, 0)],
)
def test_the_wheel_of_every_system_counts_in_the_same_units(num: int | str, delta: int, units: int) -> None:
    event: tk.Event[tk.Misc] = tk.Event()
    event.num, event.delta = num, delta  # type: ignore[assignment] # Tk gives "??" where there is no button
    assert wheel_units(event) == units
