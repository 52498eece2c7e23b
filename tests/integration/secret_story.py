"""Everything that handles keys, run once against a local exchange, with all that it leaves behind kept."""

import contextlib
import io
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli.main import main
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from tests.exchange_server import AdminClient
from tests.integration.loud_program import log_as_usual, log_everything

_SET: Final = (
    "coins=BTC,ETH",
    "trader.step_s=0.01",
    "trader.unseen_s=0.05",
    "start_allocation_pct=1",
    "exchange.timeout_s=0.5",
)
QUICK: Final = tuple(word for setting in _SET for word in ("--set", setting))
LIVE: Final = ("trader", "--mode", "live", "--confirm-live", "LIVE", "--steps", "2", *QUICK)
PAPER: Final = ("trader", "--mode", "paper", "--steps", "2", *QUICK)
_OFFLINE: Final = frozenset({"config", "ledger"})


@dataclass(frozen=True, slots=True)
class Scene:
    """Some commands of one home: files are its contents by name, faults are in force while they run."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Mapping[str, object], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Story:
    """What was told while scenes were played: by scene, what was printed and logged, and the exit codes."""

    root: Path
    url: str
    admin: AdminClient
    printed: dict[str, str] = field(default_factory=dict)
    logged: dict[str, str] = field(default_factory=dict)
    exits: dict[str, list[int]] = field(default_factory=dict)

    def play(self, scene: Scene) -> None:
        """Run a scene in a home of its own."""
        home = self.root / scene.name
        home.mkdir(parents=True)
        for name, content in scene.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(content, encoding="utf-8")
        self._signal(home)
        for fault in scene.faults:
            self.admin.add_fault(**fault)
        with pytest.MonkeyPatch.context() as patch, overheard() as heard:
            for name, text in scene.environment.items():
                patch.setenv(name, text)
            ends = [
                main([*command, "--home", str(home), *self._where(command)]) for command in scene.commands
            ]
        self.admin.clear_faults()
        self.admin.clear_counters()
        self.exits[scene.name] = ends
        self.keep(scene.name, heard)

    def keep(self, name: str, heard: "Heard") -> None:
        """Keep what was overheard."""
        self.printed[name], self.logged[name] = heard.printed.getvalue(), heard.logged.getvalue()

    def _where(self, command: tuple[str, ...]) -> tuple[str, ...]:
        return () if command[0] in _OFFLINE else ("--exchange-url", self.url)

    def _signal(self, home: Path) -> None:
        """Publish what makes a trader buy."""
        at = datetime.fromtimestamp(self.admin.market_ms() / 1000, UTC)
        paths = HomePaths(home)
        Mailbox(FileStore(paths.data), paths).publish_signal(Signal("BTC", 7, 0, (), (), 1.0, 1.0, at))


@dataclass
class Heard:
    """What commands printed on both streams, and what was logged before anything was taken out."""

    printed: io.StringIO = field(default_factory=io.StringIO)
    logged: io.StringIO = field(default_factory=io.StringIO)


@contextlib.contextmanager
def overheard() -> Iterator[Heard]:
    """Keep what is printed and all that is logged while the block runs."""
    heard = Heard()
    outlet = logging.StreamHandler(heard.logged)
    log_everything(outlet)
    try:
        with contextlib.redirect_stdout(heard.printed), contextlib.redirect_stderr(heard.printed):
            yield heard
    finally:
        log_as_usual(outlet)
