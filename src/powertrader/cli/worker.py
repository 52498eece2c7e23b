"""What every worker begins with: settings, folders, its lock, and what makes it end in order."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from powertrader.bootstrap_events import Observers, ObserverSetup, open_observers
from powertrader.cli.home_advice import exclusive_in, with_home
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.loop import Alarm, stopped_by_signals
from powertrader.core.mailbox import Mailbox
from powertrader.core.stop_request import stopped_by_request
from powertrader.core.storage import FileStore


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that is the only one of its name in its home, and the alarm that ends it.

    home: the one that was named by --home, None for the usual one.
    """

    process: str
    session: CommandSession
    alarm: Alarm
    home: Path | None = None

    def advice(self, text: str) -> str:
        """Give an advice whose commands act on this home."""
        return with_home(text, self.home)


@contextmanager
def worker(
    process: str, home: Path | None, sources: ConfigSources, *, market: bool = True
) -> Iterator[Worker]:
    """Be the one process of a name until the block ends.

    market: what it does belongs to the market of exchange.url, so the data folder must as well.
    SIGINT, SIGTERM and a stop request stop the alarm. Raises ConfigError when another process holds the
    name, or the settings cannot be used; StorageError when the home cannot be written.
    """
    with (
        command_session(process, home, sources, market=market) as session,
        exclusive_in(home, session.paths.process_lock(process)),
    ):
        alarm, store = Alarm(), FileStore(session.paths.data)
        path, mailbox = session.paths.stop_request(process), Mailbox(store, session.paths)
        with stopped_by_signals(alarm), stopped_by_request(alarm, path, store, mailbox, os.getpid()):
            yield Worker(process, session, alarm, home)


def observed(process: Worker, *, with_plugins: bool = False) -> AbstractContextManager[Observers]:
    """Give those who are told what happens in a worker, by its settings, while the block runs."""
    session = process.session
    setup = ObserverSetup(process.process, session.config, session.paths, session.redactor, SystemClock())
    return open_observers(setup, with_plugins=with_plugins)
