"""Draws in slices, so that no click waits for a drawing.

What a panel has to draw comes as steps; a slice of 8 ms takes as many as fit, the most urgent panel's
first, and then Tk handles what the user did meanwhile. What becomes new while a panel still draws waits,
all of it together, for its next drawing: late work is left out, never queued.
"""

import time
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Final

from powertrader.hub.guard import Failure, Guard
from powertrader.hub.panel import Panel, Steps
from powertrader.hub.view import NOTHING, Change, HubView

SLICE_S: Final = 0.008
BETWEEN_MS: Final = 2


class Urgency(IntEnum):
    """What is drawn first."""

    FRAME = 0
    """Banner and status bar."""
    PAGE = 1
    TABLE = 2
    TILES = 3


@dataclass(slots=True)
class _Job:
    """What one panel has to draw.

    change is what it has not begun to draw, drawing what it draws now, owed what it failed to draw.
    """

    panel: Panel
    urgency: Urgency
    guard: Guard
    is_visible: Callable[[], bool]
    change: Change = NOTHING
    steps: Steps | None = None
    drawing: Change = NOTHING
    owed: Change = NOTHING


@dataclass(slots=True)
class _Work:
    view: HubView | None = None
    jobs: list[_Job] = field(default_factory=list)
    pending: bool = False


class Scheduler:
    """Tells panels what is new and lets them draw, a slice at a time. For the Tk thread alone."""

    def __init__(self, root: tk.Misc, on_failure: Callable[[Failure], None]) -> None:
        """Bind the window; on_failure is told of every panel that raises."""
        self._root = root
        self._on_failure = on_failure
        self._work = _Work()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The panels whose last drawing failed."""
        return tuple([job.guard.failure for job in self._work.jobs if job.guard.is_failing])

    @property
    def is_idle(self) -> bool:
        """Whether everything visible is drawn."""
        return not any(self._wants(job) for job in self._work.jobs)

    def add(self, name: str, panel: Panel, urgency: Urgency, is_visible: Callable[[], bool]) -> None:
        """Draw a panel from now on, whenever it is visible and something in it is new."""
        self._work.jobs.append(_Job(panel, urgency, Guard(name), is_visible, Change(frozenset(panel.parts))))
        self._work.jobs.sort(key=lambda job: job.urgency)
        self._wake()

    def publish(self, view: HubView, change: Change) -> None:
        """Take a new view; panels whose parts changed are drawn when they are visible."""
        self._work.view = view
        for job in self._work.jobs:
            new = Change(change.parts & job.panel.parts, change.coins)
            if new:
                job.change, job.owed = job.change | job.owed | new, NOTHING
        self._wake()

    def shown(self) -> None:
        """Say that other panels may be visible now; one that failed too often gets another chance."""
        for job in self._work.jobs:
            if not job.guard.is_open and job.is_visible():
                job.guard.try_again()
                job.change = Change(frozenset(job.panel.parts))
        self._wake()

    def stop(self) -> None:
        """Draw nothing more: what panels draw on is about to go."""
        self._work = _Work()

    def _wants(self, job: _Job) -> bool:
        open_work = job.steps is not None or bool(job.change)
        return open_work and job.guard.is_open and job.is_visible()

    def _wake(self) -> None:
        if not self._work.pending and self._work.view is not None:
            self._work.pending = True
            self._root.after(BETWEEN_MS, self._slice)

    def _slice(self) -> None:
        self._work.pending = False
        view = self._work.view
        ends_s = time.perf_counter() + SLICE_S
        while view is not None:
            job = next((one for one in self._work.jobs if self._wants(one)), None)
            if job is None:
                return
            self._step(job, view)
            if time.perf_counter() >= ends_s:
                break
        self._wake()

    def _step(self, job: _Job, view: HubView) -> None:
        """Let a panel do its next step; one that raises is drawn again with its next news."""
        if not job.guard.run(partial(_draw, job, view)):
            job.steps, job.owed, job.drawing = None, job.owed | job.drawing, NOTHING
            self._on_failure(job.guard.failure)
        elif job.steps is None and job.guard.recover():
            self._on_failure(job.guard.failure)


def _draw(job: _Job, view: HubView) -> None:
    if job.steps is None:
        job.drawing, job.change = job.change, NOTHING
        job.steps = job.panel.render(view, job.drawing)
    if next(job.steps, True):
        job.steps, job.drawing = None, NOTHING
