"""Explanations come up for who moves the mouse, near it, and cover nothing he did not ask about."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import pytest

from powertrader.hub.widgets.tooltip import DELAY_MS, Explanations
from tests.unit.hub.driving import settle

Waits = Callable[[Callable[[], bool]], None]


@pytest.fixture
def explanations(root: tk.Tk) -> Explanations:
    root.geometry("600x400+0+0")
    return Explanations(root, lambda key: f"about {key}", lambda: ("black", "white", "grey"))


def placed(root: tk.Tk, explanations: Explanations, width: int, height: int) -> ttk.Frame:
    widget = ttk.Frame(root, width=width, height=height)
    widget.place(x=20, y=60)
    explanations.explain(widget, "it")
    settle(root)
    return widget


def window_of(root: tk.Tk) -> tk.Toplevel:
    return next(one for one in root.winfo_children() if isinstance(one, tk.Toplevel))


def test_words_come_below_a_small_widget_when_the_mouse_rests_on_it(
    root: tk.Tk, explanations: Explanations, wait_until: Waits
) -> None:
    widget = placed(root, explanations, 80, 30)
    widget.event_generate("<Enter>", x=5, y=5, rootx=25, rooty=65)
    wait_until(lambda: explanations.shown == "about it")
    settle(root)
    assert window_of(root).winfo_rooty() >= widget.winfo_rooty() + 30


def test_words_on_a_widget_that_fills_the_screen_stand_beside_the_mouse_until_it_moves(
    root: tk.Tk, explanations: Explanations, wait_until: Waits
) -> None:
    root.geometry(f"600x{root.winfo_screenheight()}+0+0")
    placed(root, explanations, 500, root.winfo_screenheight() - 60)
    root.event_generate("<Motion>", warp=True, x=200, y=300)
    wait_until(lambda: explanations.shown == "about it")
    settle(root)
    assert 300 < window_of(root).winfo_rooty() - root.winfo_rooty() < 300 + 60
    root.event_generate("<Motion>", warp=True, x=240, y=320)
    wait_until(lambda: not explanations.shown)


def test_nothing_comes_up_when_a_widget_appears_below_a_mouse_that_rests(
    root: tk.Tk, explanations: Explanations, wait_until: Waits
) -> None:
    widget = placed(root, explanations, 80, 30)
    for _ in range(2):
        widget.event_generate("<Enter>", x=5, y=5, rootx=25, rooty=65)
        widget.event_generate("<KeyPress-1>")
    waited: list[bool] = []
    root.after(DELAY_MS + 100, lambda: waited.append(True))
    wait_until(lambda: bool(waited))
    assert explanations.shown == ""


def test_tab_does_not_lead_to_what_is_only_shown(root: tk.Tk, explanations: Explanations) -> None:
    label, button = ttk.Label(root, text="42"), ttk.Button(root, text="Do it")
    for widget in (label, button):
        widget.pack()
        explanations.explain(widget, "it")
    settle(root)
    assert root.tk_focusNext() is button
    assert button.tk_focusNext() in {button, root}
