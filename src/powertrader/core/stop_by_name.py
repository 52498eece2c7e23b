"""Ending the processes of a home by their names, whoever started them, so that nobody starts them again."""

from collections.abc import Iterable

from powertrader.core.mailbox import PROCESS
from powertrader.core.process_identity import holder_of, running_as
from powertrader.core.process_stop import Ending, StopPatience, StopPorts, note_stopped, stop_processes
from powertrader.core.stop_request import ANYBODY
from powertrader.models.process import ProcessIdentity
from powertrader.models.snapshot import SUPERVISOR


def running_process(process: str, ports: StopPorts) -> ProcessIdentity | None:
    """Give the process that runs under a name in a home, None when none does. Raises PowerTraderError."""
    note = ports.paths.process_record(process)
    return running_as(process, ports.paths, lambda: ports.mailbox.read(note, PROCESS))


def stop_by_name(
    processes: Iterable[str], ports: StopPorts, reason: str, patience: StopPatience | None = None
) -> dict[str, Ending]:
    """End processes and tell how each ended; those that do not run are left out. Raises PowerTraderError."""
    found = {process: running_process(process, ports) for process in processes}
    running = {process: one for process, one in found.items() if one is not None}
    endings = stop_processes(running, ports, reason, patience or StopPatience())
    for process, identity in running.items():
        if endings[process] is not Ending.ALIVE:
            # the worker has taken its request away with it; a supervisor that looks now shall find one
            note_stopped(process, identity.pid, ports, reason)
    return endings


def keep_ended(processes: Iterable[str], ports: StopPorts, reason: str) -> None:
    """Leave word for a supervisor that waits to start again what does not run, such as after a crash.

    Raises StorageError.
    """
    if holder_of(ports.paths.process_lock(SUPERVISOR)) is None:
        return
    for process in processes:
        note_stopped(process, ANYBODY, ports, reason)
