"""Boxes in rows that wrap like words."""

import tkinter as tk
from itertools import combinations
from tkinter import ttk

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.hub.widgets.wrap_frame import WrapFrame, wrapped
from tests.unit.hub.driving import settle

SIZES = st.lists(st.tuples(st.integers(1, 200), st.integers(1, 40)), max_size=30)


@pytest.mark.property
@given(sizes=SIZES, width=st.integers(1, 600), gap=st.integers(0, 10))
def test_boxes_never_overlap_and_leave_the_row_only_when_wider_than_it(
    sizes: list[tuple[int, int]], width: int, gap: int
) -> None:
    boxes, height = wrapped(sizes, width, gap)
    assert [(box.width, box.height) for box in boxes] == sizes
    for one, other in combinations(boxes, 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    for box in boxes:
        assert box.x + box.width <= width or box.x == 0
        assert box.y + box.height <= height


def test_widgets_wrap_where_the_frame_ends_and_it_becomes_as_high_as_its_rows(root: tk.Tk) -> None:
    frame = WrapFrame(root, gap=4)
    frame.pack(fill="x")
    labels = [tk.Frame(frame, width=100, height=20) for _ in range(5)]
    frame.arrange(labels)
    root.geometry("320x200")
    settle(root)
    settle(root)
    assert [label.winfo_y() for label in labels] == [0, 0, 0, 24, 24]
    assert frame.winfo_height() == 44
    frame.arrange(labels[1:3])
    settle(root)
    settle(root)
    assert (frame.winfo_height(), labels[0].winfo_ismapped()) == (20, False)


def test_a_widget_that_becomes_larger_moves_those_behind_it(root: tk.Tk) -> None:
    frame = WrapFrame(root, gap=0)
    frame.pack(fill="x")
    root.geometry("400x200")
    first, second = ttk.Label(frame, text="a"), ttk.Label(frame, text="b")
    frame.arrange([first, second])
    settle(root)
    first.configure(text="a much longer text")
    for _ in range(3):
        settle(root)
    assert second.winfo_x() == first.winfo_reqwidth() == first.winfo_width()


def test_a_destroyed_widget_is_left_out(root: tk.Tk) -> None:
    frame = WrapFrame(root, gap=0)
    frame.pack(fill="x")
    first, second = ttk.Label(frame, text="a"), ttk.Label(frame, text="b")
    frame.arrange([first, second])
    settle(root)
    first.destroy()
    frame.arrange([second])
    settle(root)
    assert second.winfo_x() == 0
