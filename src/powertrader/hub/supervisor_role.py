"""Who looks after the workers of a home: this window, as soon as nobody else does."""

import os
from contextlib import ExitStack
from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.process_identity import holder_of
from powertrader.core.process_stop import StopPorts, was_asked
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.snapshot import SUPERVISOR


class SupervisorRole:
    """The lock of the one supervisor of a home, taken when it becomes free. For one thread."""

    def __init__(self, ports: StopPorts) -> None:
        """Bind the files; nothing is taken yet."""
        self._ports = ports
        self._lock: Final = ports.paths.process_lock(SUPERVISOR)
        self._held = ExitStack()
        self.ours = False
        """Whether this process is the supervisor."""
        self.other: int | None = None
        """The process number of another supervisor, None while there is none."""

    def look(self) -> bool:
        """Take the role when nobody has it; tell whether that has happened now. Raises StorageError."""
        if self.ours:
            return False
        holder = holder_of(self._lock)
        self.other = None if holder is None else holder.pid
        if holder is not None:
            return False
        try:
            self._held.enter_context(exclusive(self._lock))
        except ConfigError:
            # somebody was faster; the next look tells who
            return False
        self.ours = True
        # what lies there was meant for an earlier supervisor
        FileStore().remove(self._ports.paths.stop_request(SUPERVISOR))
        return True

    def asked_to_end(self) -> bool:
        """Tell whether somebody wants this supervisor to end, as by `powertrader stop`."""
        return self.ours and was_asked(SUPERVISOR, [os.getpid()], self._ports)

    def give_up(self) -> None:
        """Let somebody else be the supervisor."""
        self.ours = False
        self._held.close()
