"""Bars begin at one zero line, whatever their signs."""

import tkinter as tk

import pytest

from powertrader.hub.widgets.bar_chart import Bar, BarChart, spans
from tests.unit.hub.driving import settle


def told(chart: BarChart, kind: str, option: str) -> list[str]:
    """Give an option of every item of a kind, in the order they were drawn."""
    items = map(str, chart.tk.splitlist(chart.tk.call(chart, "find", "all")))
    kinds = {item: str(chart.tk.call(chart, "type", item)) for item in items}
    return [
        str(chart.tk.call(chart, "itemcget", item, f"-{option}")) for item in kinds if kinds[item] == kind
    ]


def test_bars_of_gains_and_losses_begin_at_the_same_zero() -> None:
    zero, reaches = spans([30.0, -10.0, 0.0], 400.0)
    assert zero == pytest.approx(100.0)
    assert reaches == [(100.0, 400.0), (0.0, 100.0), (100.0, 100.0)]


def test_losses_alone_reach_to_the_left_and_nothing_reaches_nowhere() -> None:
    assert spans([-5.0, -10.0], 100.0) == (100.0, [(50.0, 100.0), (0.0, 100.0)])
    assert spans([0.0, 0.0], 100.0) == (0.0, [(0.0, 0.0), (0.0, 0.0)])
    assert spans([], 100.0) == (0.0, [])


def test_every_bar_has_its_words_and_its_own_filling(root: tk.Tk) -> None:
    chart = BarChart(root, font="TkDefaultFont", line_px=15)
    chart.pack(fill="x")
    settle(root)
    bars = [
        Bar("one", 10.0, "+10", "solid", "#00ff00"),
        Bar("two", -2.0, "-2", "striped", "#00ffff"),
        Bar("three", 0.0, "0", "hollow", "#ffff00"),
    ]
    chart.show(bars, background="#000000", text="#ffffff", axis="#888888")
    settle(root)
    assert told(chart, "text", "text") == ["one", "+10", "two", "-2", "three", "0"]
    assert told(chart, "rectangle", "fill") == ["#00ff00", "#000000", "#000000"]
    assert int(chart.cget("height")) >= 3 * 30
    chart.show((), background="#000000", text="#ffffff", axis="#888888")
    assert chart.find_all() == ()
