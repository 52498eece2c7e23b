"""Ending processes: asked by a file, then by the system, then killed; all of them at once."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import STOP, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import is_alive, kill, terminate
from powertrader.core.stop_request import ANYBODY, ask_to_stop
from powertrader.models.command import StopRequest
from powertrader.models.process import ProcessIdentity

LOOK_S: Final = 0.05
"""How often it is looked whether a process has ended."""


class Ending(StrEnum):
    """How far one had to go."""

    ASKED = "stopped"
    TERMINATED = "stopped when the system asked"
    KILLED = "killed: it did not react"
    ALIVE = "still running"


UNUSUAL: Final = frozenset({Ending.KILLED, Ending.ALIVE})
"""Endings of processes that hang."""


@dataclass(frozen=True, slots=True)
class StopPatience:
    """How long each means is given, in seconds, before the next one."""

    asked_s: float = 2.0
    terminated_s: float = 1.8
    killed_s: float = 0.7


@dataclass(frozen=True, slots=True)
class StopPorts:
    """Where requests to end are left, and the clock by which is waited."""

    paths: HomePaths
    mailbox: Mailbox
    wall: Clock


def stop_processes(
    targets: Mapping[str, ProcessIdentity], ports: StopPorts, reason: str, patience: StopPatience
) -> dict[str, Ending]:
    """End processes, by their names, and tell how far it had to go with each."""
    for process, identity in targets.items():
        _ask(process, identity, ports, reason)
    left = _left_after(targets, patience.asked_s, ports.wall)
    endings = {process: Ending.ASKED for process in targets if process not in left}
    stages = (
        (terminate, patience.terminated_s, Ending.TERMINATED),
        (kill, patience.killed_s, Ending.KILLED),
    )
    for act, patience_s, ending in stages:
        for identity in left.values():
            act(identity)
        still = _left_after(left, patience_s, ports.wall)
        endings |= {process: ending for process in left if process not in still}
        left = still
    return endings | dict.fromkeys(left, Ending.ALIVE)


def note_stopped(process: str, pid: int, ports: StopPorts, reason: str) -> None:
    """Leave word that a process was ended on purpose, so that its supervisor starts no other.

    The next process of the name removes it. Raises StorageError.
    """
    request = StopRequest(process, pid, reason, ports.wall.now())
    ask_to_stop(ports.mailbox, ports.paths.stop_request(process), request)


def was_asked(process: str, pids: Sequence[int], ports: StopPorts) -> bool:
    """Tell whether somebody wanted one of these processes of a name to end."""
    try:
        request = ports.mailbox.read(ports.paths.stop_request(process), STOP)
    except PowerTraderError:
        # it was moved aside; what cannot be read asks for nothing
        return False
    return request is not None and request.pid in {ANYBODY, *pids}


def _ask(process: str, identity: ProcessIdentity, ports: StopPorts, reason: str) -> None:
    try:
        note_stopped(process, identity.pid, ports, reason)
    except PowerTraderError:
        # such as with a full disk: the system can still ask
        terminate(identity)


def _left_after(
    targets: Mapping[str, ProcessIdentity], patience_s: float, wall: Clock
) -> dict[str, ProcessIdentity]:
    """Give those that still run when the time is up, or at once when none does."""
    left = {process: one for process, one in targets.items() if is_alive(one)}
    # not the wall clock: it may be set meanwhile
    until_s = time.monotonic() + patience_s
    while left and time.monotonic() < until_s:
        wall.sleep(LOOK_S)
        left = {process: one for process, one in left.items() if is_alive(one)}
    return left
