"""A stand-in for the programs that the window runs: it notes what it is given and answers what it is told."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from powertrader.core.preflight import Check, CheckState, Means, Preflight, preflight_json
from powertrader.hub.ports import HubPorts

_PROGRAM: Final = """
import pathlib, sys, time
here = pathlib.Path(sys.argv[1])
(here / "given").write_bytes(sys.stdin.buffer.read())
(here / "pid").write_text("runs")
while (here / "wait").exists():
    time.sleep(0.01)
sys.stderr.write((here / "err").read_text())
sys.stdout.write((here / "out").read_text())
"""
WELL: Final = (
    Check("settings", CheckState.OK, "The settings are valid."),
    Check("keys", CheckState.OK, "The keys of account ab12 come from the keyring."),
    Check("account", CheckState.OK, "The account answers. It has 10,000.00 USDT free."),
)
NO_TRADING: Final = Check("trading_right", CheckState.FAILED, "The key may read but not trade.", "Tick it.")
MEANS: Final = Means("USDT", 10_000.0, 10_000.0, 50.0, 328.84, 2, 7, 7, 7)


def report(*more: Check, stored: str = "") -> Preflight:
    """A report in which all is well but for what is given."""
    return Preflight("live", "binance", "ab12", (*WELL, *more), MEANS, stored)


@dataclass
class Programs:
    """Answers of the programs to come, and what was asked of them."""

    folder: Path
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.says(preflight_json(report()))

    def ports(self, plain: HubPorts) -> HubPorts:
        """Give ports whose programs are these."""
        return replace(plain, program=self._command, options=("--home", str(plain.paths.root)))

    def says(self, content: object, err: str = "") -> None:
        """Let the next program print this, and this on standard error."""
        (self.folder / "out").write_text(content if isinstance(content, str) else json.dumps(content))
        (self.folder / "err").write_text(err)

    def finds(self, found: Preflight) -> None:
        """Let the next program be a pre-flight that found this."""
        self.says(preflight_json(found))

    def halt(self) -> None:
        """Let programs wait before they answer."""
        (self.folder / "wait").touch()

    def go_on(self) -> None:
        """Let programs answer."""
        (self.folder / "wait").unlink()

    @property
    def has_started(self) -> bool:
        """Whether a program was started and has read what it was given."""
        return (self.folder / "pid").exists()

    @property
    def given(self) -> dict[str, Any]:
        """What the last program got on standard input."""
        content: dict[str, Any] = json.loads((self.folder / "given").read_text() or "{}")
        return content

    def _command(self, process: str, arguments: Sequence[str]) -> tuple[str, ...]:
        self.asked.append((process, *arguments))
        return (sys.executable, "-S", "-E", "-c", _PROGRAM, str(self.folder))
