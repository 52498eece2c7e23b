"""HealthMonitor: signs of life and errors of processes, written by each and read by all through files."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from powertrader.core.clock import Clock
from powertrader.models.status import Heartbeat

ERROR_WINDOW: Final = timedelta(seconds=300)
"""Errors of so long ago still count as recent."""
ERRORS_FOR_WARNING: Final = 5
"""So many recent errors are worth a look, even when steps succeed in between."""
SLACK_S: Final = 30.0
"""How long a step may take before its process counts as stale."""
HEARTBEAT_EVERY_S: Final = 1.0
"""A heartbeat that says nothing new is written at most this often, in seconds of the wall clock."""


class Health(StrEnum):
    """How a process that runs is doing."""

    OK = "ok"
    WARNING = "warning"
    FAILING = "failing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ComponentHealth:
    """How one process is doing; age_s is how long ago it gave its last sign of life."""

    component: str
    health: Health
    age_s: float
    heartbeat: Heartbeat


class HealthMonitor:
    """Keeps the heartbeats of the processes that it is told of, and reads those of others.

    publish writes a heartbeat where other processes find it, read finds theirs, None when there is
    none; both may raise what the mailbox raises.
    """

    def __init__(
        self,
        wall: Clock,
        publish: Callable[[Heartbeat], None],
        read: Callable[[str], Heartbeat | None] = lambda _: None,
    ) -> None:
        """Bind the ports; nothing is written yet."""
        self._wall = wall
        self._publish = publish
        self._read = read
        self._own: dict[str, Heartbeat] = {}
        self._errors: dict[str, deque[datetime]] = {}
        self._published: dict[str, Heartbeat] = {}

    def begin(self, first: Heartbeat) -> None:
        """Speak for a process from now on; nothing is written before its first step."""
        self._own[first.process] = first
        self._errors[first.process] = deque(maxlen=ERRORS_FOR_WARNING * 20)

    def heartbeat(self, component: str) -> Heartbeat:
        """Give the newest heartbeat of a process that we speak for."""
        return self._own[component]

    def record_heartbeat(self, component: str) -> None:
        """Count a step that succeeded."""
        self._own[component] = replace(self._stepped(component), failing=False)

    def record_error(self, component: str, text: str) -> None:
        """Count a step that failed, and keep the reason."""
        self._errors[component].append(self._wall.now())
        beat = self._stepped(component)
        self._own[component] = replace(beat, failing=True, errors=beat.errors + 1, last_error=text)

    def publish(self, component: str, due_s: float, *, running: bool = True) -> None:
        """Let others see how a process is, unless nothing has changed and they were told just now."""
        beat = replace(self._own[component], due_s=due_s, running=running)
        self._own[component] = beat
        before = self._published.get(component)
        if before is not None and not _is_news(before, beat, self._wall.now()):
            return
        # also when it cannot be written: the next try is as far away
        self._published[component] = replace(beat, at=self._wall.now())
        self._publish(beat)

    def get_status(self, components: Iterable[str]) -> dict[str, ComponentHealth]:
        """Give how processes are doing, those left out that never gave a sign of life."""
        now = self._wall.now()
        beats = {component: self._latest(component) for component in components}
        return {component: health_of(beat, now) for component, beat in beats.items() if beat is not None}

    def is_stale(self, component: str, max_age_seconds: float) -> bool:
        """Tell whether the last sign of life is older, or there never was one."""
        beat = self._latest(component)
        return beat is None or _age_s(beat, self._wall.now()) > max_age_seconds

    def _latest(self, component: str) -> Heartbeat | None:
        return self._own.get(component) or self._read(component)

    def _stepped(self, component: str) -> Heartbeat:
        beat, now, errors = self._own[component], self._wall.now(), self._errors[component]
        while errors and not timedelta() <= now - errors[0] <= ERROR_WINDOW:
            errors.popleft()
        return replace(beat, at=now, steps=beat.steps + 1, recent_errors=len(errors))


def health_of(beat: Heartbeat, now: datetime) -> ComponentHealth:
    """Judge a process that runs by its last heartbeat."""
    age_s = _age_s(beat, now)
    if age_s > beat.due_s + SLACK_S:
        health = Health.STALE
    elif beat.failing:
        health = Health.FAILING
    elif beat.recent_errors >= ERRORS_FOR_WARNING and age_s <= ERROR_WINDOW.total_seconds():
        health = Health.WARNING
    else:
        health = Health.OK
    return ComponentHealth(beat.process, health, age_s, beat)


def _age_s(beat: Heartbeat, now: datetime) -> float:
    """Give the age of a heartbeat; one from the future, before the clock was set back, is as good as new."""
    return max(0.0, (now - beat.at).total_seconds())


def _is_news(before: Heartbeat, beat: Heartbeat, now: datetime) -> bool:
    if (before.failing, before.running) != (beat.failing, beat.running) or beat.due_s > HEARTBEAT_EVERY_S:
        return True
    return not 0 <= (now - before.at).total_seconds() < HEARTBEAT_EVERY_S
