"""What every command with settings begins with: settings, folders, and where its log goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, LoadedConfig, load_config
from powertrader.core.logging_setup import close_logging, setup_logger
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.market_claim import claim_market
from powertrader.core.paths import HomePaths, find_home, paths_of
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat


@dataclass(frozen=True, slots=True)
class CommandSession:
    """The settings in force, the folders of one command, and what keeps secrets out of its log."""

    loaded: LoadedConfig
    paths: HomePaths
    redactor: Redactor

    @property
    def config(self) -> TradingConfig:
        """The settings."""
        return self.loaded.config

    def heartbeat(self, process: str) -> Callable[[Heartbeat], None]:
        """Give what writes the heartbeat of a process, secrets taken out. It raises StorageError."""
        mailbox = Mailbox(FileStore(self.paths.data), self.paths)
        path = self.paths.heartbeat(process)

        def publish(beat: Heartbeat) -> None:
            clean = replace(beat, last_error=self.redactor.redact(beat.last_error))
            mailbox.publish(path, HEARTBEAT, clean)

        return publish


@contextmanager
def command_session(
    process: str, home: Path | None, sources: ConfigSources, *, made_up: bool = False, market: bool = False
) -> Iterator[CommandSession]:
    """Load the settings and log to stderr and logs/PROCESS.log until the command ends.

    made_up: the market is synthetic, so what is learnt and signalled has a data folder of its own.
    market: what the command does belongs to the market of exchange.url, so the data folder must as well.
    Raises ConfigError with everything that is wrong with the settings.
    """
    root = find_home(home)
    redactor = Redactor()
    setup_logger(process, HomePaths(root).logs, redactor=redactor)
    try:
        loaded = load_config(sources)
        paths = paths_of(root, loaded.config.paths.main_neural_dir)
        if market and not made_up:
            claim_market(paths, loaded.config.exchange.url)
        yield CommandSession(loaded, paths.made_up() if made_up else paths, redactor)
    finally:
        close_logging()
