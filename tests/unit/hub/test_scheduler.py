"""Scheduler: panels draw in slices, only when visible, and one that raises does not stop the others."""

import time
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from powertrader.hub.guard import MOST_ERRORS, Failure
from powertrader.hub.scheduler import SLICE_S, Scheduler, Urgency
from powertrader.hub.view import Change, HubView, Part
from tests.unit.hub.views import hub_view

COINS = Change(frozenset({Part.COINS}), frozenset({"BTC"}))
Wait = Callable[[Callable[[], bool]], None]


class Drawn:
    """A panel that notes what it draws; steps says in how many pieces."""

    def __init__(self, *parts: Part, steps: int = 1, each_s: float = 0.0) -> None:
        self.parts = frozenset(parts or Part)
        self.steps, self.each_s = steps, each_s
        self.seen: list[tuple[int, Change]] = []
        self.done = 0
        self.raises: Exception | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        raise NotImplementedError

    def render(self, view: HubView, change: Change) -> Iterator[None]:
        self.seen.append((view.version, change))
        if self.raises is not None:
            raise self.raises
        for _ in range(self.steps):
            time.sleep(self.each_s)
            yield
        self.done += 1


@pytest.fixture
def failures() -> list[Failure]:
    return []


@pytest.fixture
def scheduler(root: tk.Tk, failures: list[Failure]) -> Scheduler:
    return Scheduler(root, failures.append)


def test_a_panel_draws_everything_first_and_then_what_is_new_in_its_parts(
    scheduler: Scheduler, wait_until: Wait
) -> None:
    panel = Drawn(Part.COINS, Part.TRADES)
    scheduler.add("table", panel, Urgency.TABLE, lambda: True)
    scheduler.publish(hub_view(version=1), Change(frozenset(Part)))
    wait_until(lambda: panel.done == 1)
    scheduler.publish(hub_view(version=2), Change(frozenset({Part.SETTINGS})))
    scheduler.publish(hub_view(version=3), COINS)
    wait_until(lambda: panel.done == 2)
    assert [version for version, _ in panel.seen] == [1, 3]
    assert panel.seen[1][1] == COINS


def test_a_hidden_panel_draws_nothing_and_all_it_has_missed_once_it_is_shown(
    scheduler: Scheduler, wait_until: Wait
) -> None:
    shown, hidden = Drawn(), Drawn()
    visible: list[bool] = []
    scheduler.add("shown", shown, Urgency.PAGE, lambda: True)
    scheduler.add("hidden", hidden, Urgency.PAGE, lambda: bool(visible))
    for version, coin in enumerate(("BTC", "ETH", "XRP"), 1):
        scheduler.publish(hub_view(version=version), Change(frozenset({Part.COINS}), frozenset({coin})))
        wait_until(lambda: scheduler.is_idle)
    assert shown.done == 3
    assert hidden.seen == []
    visible.append(True)
    scheduler.shown()
    wait_until(lambda: hidden.done == 1)
    assert hidden.seen[0][0] == 3
    assert hidden.seen[0][1].coins == {"BTC", "ETH", "XRP"}


def test_a_panel_that_raises_is_named_and_the_others_go_on(
    scheduler: Scheduler, failures: list[Failure], wait_until: Wait, expected_errors: list[str]
) -> None:
    broken, well = Drawn(), Drawn()
    broken.raises = ZeroDivisionError("no price")
    scheduler.add("broken", broken, Urgency.PAGE, lambda: True)
    scheduler.add("well", well, Urgency.TABLE, lambda: True)
    scheduler.publish(hub_view(), COINS)
    wait_until(lambda: well.done == 1)
    assert list(scheduler.failures) == [Failure("broken", 1, "ZeroDivisionError: no price")]
    assert expected_errors == ["powertrader.hub.guard: part of the window failed"]
    broken.raises = None
    scheduler.publish(hub_view(version=2), COINS)
    wait_until(lambda: broken.done == 1)
    assert not scheduler.failures
    assert [one.errors for one in failures] == [1, 0]


def test_a_panel_that_raises_five_times_is_left_alone_until_it_is_shown_anew(
    scheduler: Scheduler, wait_until: Wait, expected_errors: list[str]
) -> None:
    broken, visible = Drawn(), [True]
    broken.raises = ValueError("odd")
    scheduler.add("broken", broken, Urgency.PAGE, lambda: bool(visible))
    for version in range(1, MOST_ERRORS + 3):
        scheduler.publish(hub_view(version=version), COINS)
        wait_until(lambda: scheduler.is_idle)
    assert len(broken.seen) == MOST_ERRORS
    broken.raises = None
    scheduler.shown()
    wait_until(lambda: broken.done == 1)


def test_clicks_are_handled_between_the_slices_of_a_long_drawing(
    root: tk.Tk, scheduler: Scheduler, wait_until: Wait
) -> None:
    class Clicked(Drawn):
        def render(self, view: HubView, change: Change) -> Iterator[None]:
            for step, _ in enumerate(super().render(view, change)):
                if step == 1:
                    # from within, so that a clock that is set meanwhile changes nothing
                    root.after(1, lambda: root.event_generate("<<Click>>"))
                yield

    long = Clicked(steps=40, each_s=SLICE_S / 2)
    scheduler.add("long", long, Urgency.PAGE, lambda: True)
    clicked: list[int] = []
    root.bind("<<Click>>", lambda _: clicked.append(long.done))
    scheduler.publish(hub_view(), COINS)
    wait_until(lambda: long.done == 1)
    assert clicked == [0]


def test_what_becomes_new_during_a_drawing_is_drawn_next_all_together(
    scheduler: Scheduler, wait_until: Wait
) -> None:
    long = Drawn(steps=10, each_s=0.004)
    scheduler.add("long", long, Urgency.PAGE, lambda: True)
    scheduler.publish(hub_view(version=1), COINS)
    wait_until(lambda: bool(long.seen))
    for version, coin in ((2, "ETH"), (3, "XRP")):
        scheduler.publish(hub_view(version=version), Change(frozenset({Part.COINS}), frozenset({coin})))
    wait_until(lambda: long.done == 2)
    assert [version for version, _ in long.seen] == [1, 3]
    assert long.seen[1][1].coins == {"ETH", "XRP"}


def test_what_a_panel_failed_to_draw_is_drawn_with_its_next_news(
    scheduler: Scheduler, wait_until: Wait, expected_errors: list[str]
) -> None:
    panel = Drawn()
    panel.raises = ValueError("odd")
    scheduler.add("panel", panel, Urgency.PAGE, lambda: True)
    scheduler.publish(hub_view(version=1), COINS)
    wait_until(lambda: scheduler.is_idle)
    panel.raises = None
    scheduler.publish(hub_view(version=2), Change(frozenset({Part.COINS}), frozenset({"ETH"})))
    wait_until(lambda: panel.done == 1)
    assert panel.seen[1][1].coins == {"BTC", "ETH"}
    assert len(expected_errors) == 1


def test_the_most_urgent_panel_is_drawn_first(scheduler: Scheduler, wait_until: Wait) -> None:
    order: list[str] = []

    class Named(Drawn):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def render(self, view: HubView, change: Change) -> Iterator[None]:
            order.append(self.name)
            yield from super().render(view, change)

    for name, urgency in (("tiles", Urgency.TILES), ("banner", Urgency.FRAME), ("page", Urgency.PAGE)):
        scheduler.add(name, Named(name), urgency, lambda: True)
    scheduler.publish(hub_view(), COINS)
    wait_until(lambda: len(order) == 3)
    assert order == ["banner", "page", "tiles"]


def test_nothing_is_drawn_in_a_window_that_closes(
    scheduler: Scheduler, root: tk.Tk, wait_until: Wait
) -> None:
    panel = Drawn(steps=20, each_s=SLICE_S)
    scheduler.add("table", panel, Urgency.TABLE, lambda: True)
    scheduler.publish(hub_view(), Change(frozenset(Part)))
    wait_until(lambda: bool(panel.seen))
    scheduler.stop()
    over: list[bool] = []
    root.after(50, over.append, True)
    wait_until(lambda: bool(over))
    assert not panel.done
    assert scheduler.is_idle
