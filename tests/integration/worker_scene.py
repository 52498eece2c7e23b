"""A trader on a local exchange, with plugins from installed packages."""

import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli.main import main
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from tests.exchange_server import ExchangeServer

DIARY: Final = Path(__file__).resolve().parents[2] / "docs" / "examples" / "powertrader-diary"
LONG_S: Final = 60.0


def install(site: Path, module: str, plugins: dict[str, str], package: str, version: str = "1.0") -> None:
    """Put a package with one module and its entry points into a folder, as pip does."""
    info = site / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    named = "".join(f"{name} = {value}\n" for name, value in plugins.items())
    (info / "entry_points.txt").write_text(f"[powertrader.plugins]\n{named}")
    (site / f"{package.replace('-', '_')}.py").write_text(module)


def install_diary(site: Path) -> None:
    """Install the example of the docs by what its own pyproject.toml says."""
    project = tomllib.loads((DIARY / "pyproject.toml").read_text())["project"]
    module = (DIARY / "powertrader_diary.py").read_text()
    install(site, module, project["entry-points"]["powertrader.plugins"], project["name"], project["version"])


class WorkerScene:
    """A home, and commands on it: in this process, or as processes of their own."""

    def __init__(
        self,
        home: Path,
        venue: ExchangeServer,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.home = home
        self.venue = venue
        self.site = home / "site"
        self.site.mkdir(parents=True)
        monkeypatch.syspath_prepend(self.site)
        for name in ("BINANCE_API_KEY", "BINANCE_API_SECRET", "PT_REDIS_PASSWORD"):
            monkeypatch.delenv(name, raising=False)
        self.set = monkeypatch.setenv
        self._capsys = capsys

    def signal(self, coin: str, long: int) -> None:
        """Publish what the thinker would say of a coin now."""
        at = datetime.fromtimestamp(self.venue.admin.market_ms() / 1000, UTC)
        paths = HomePaths(self.home)
        Mailbox(FileStore(paths.data), paths).publish_signal(Signal(coin, long, 0, (), (), 1.0, 1.0, at))

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "powertrader", *arguments, "--home", str(self.home)],
            env={**os.environ, "PYTHONPATH": str(self.site)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end here, and give what it printed for scripts."""
        self._capsys.readouterr()
        done = main([*arguments, "--home", str(self.home)])
        printed = self._capsys.readouterr()
        assert done == code, printed.err
        return printed.out

    def trading(self, steps: int, *settings: str) -> list[str]:
        """Give the command of a paper trader that makes some steps and buys each coin at most once."""
        quick = ("trader.step_s=0.05", "start_allocation_pct=1", "coins=BTC,ETH")
        once = ("dca.max_buys_per_24h=0", "trailing.start_pct_no_dca=900")
        options = [part for setting in (*quick, *once, *settings) for part in ("--set", setting)]
        return ["trader", "--exchange-url", self.venue.url, "--steps", str(steps), *options]

    def events(self, *more: str) -> list[dict[str, Any]]:
        """Give what `powertrader events` tells scripts."""
        told: dict[str, Any] = json.loads(self.run("events", "--json", "--last", "1000", *more))
        assert told["problems"] == []
        events: list[dict[str, Any]] = told["events"]
        return events
