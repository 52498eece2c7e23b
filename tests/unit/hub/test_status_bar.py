"""StatusBar: what was said last, the time of what is shown, and how quickly the window answers."""

import tkinter as tk
from collections.abc import Callable

import pytest

from powertrader.hub.latency import Latency
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.status_bar import StatusBar
from tests.unit.hub.driving import draw, words_in
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW


@pytest.fixture
def bar(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> StatusBar:
    made = StatusBar(hub_context(), lambda: Latency(1.2, 8.7, 20.0, 3000))
    made.build(root).pack()
    return made


def test_the_status_bar_begins_with_ready_as_the_original_did(bar: StatusBar, root: tk.Tk) -> None:
    assert "Ready" in words_in(root)


def test_the_status_bar_tells_time_and_folder_as_the_original_did(
    bar: StatusBar, root: tk.Tk, hub_context: Callable[..., PanelContext]
) -> None:
    draw(bar, hub_view())
    local = NOW.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    folder = hub_context().ports.paths.hub_data
    assert f"{local} | hub_dir={folder}" in words_in(root)


def test_the_status_bar_tells_how_quickly_the_window_answers(bar: StatusBar, root: tk.Tk) -> None:
    draw(bar, hub_view(reading_s=0.0125))
    assert any("1 ms" in words and "9 ms (p99)" in words and "12 ms" in words for words in words_in(root))


def test_what_was_said_stays_in_sight_while_views_come(bar: StatusBar, root: tk.Tk) -> None:
    bar.say("Settings saved.")
    draw(bar, hub_view())
    assert "Settings saved." in words_in(root)


def test_a_reading_that_takes_too_long_is_told(bar: StatusBar, root: tk.Tk) -> None:
    draw(bar, hub_view())
    bar.warn_of_silence(4.9)
    assert not any("old" in words for words in words_in(root))
    bar.warn_of_silence(7.0)
    assert "Nothing new has been read for 7 s: what is shown is old." in words_in(root)
