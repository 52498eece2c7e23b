"""The local exchange of a demo: a process of its own that ends with the demo."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import RetryLater
from powertrader.core.paths import HomePaths
from powertrader.core.process_launch import powertrader_command
from powertrader.core.process_output import last_lines, open_output
from powertrader.models.types import CoinSymbol

NAME: Final = "exchange"
_STARTS_S: Final = 60.0
_ENDS_S: Final = 2.0
_LINES_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class DemoMarket:
    """Which made-up market is served, from when on, and how many of its seconds pass in one."""

    coins: tuple[CoinSymbol, ...]
    seed: int
    start: datetime
    speed: int
    quote_asset: str = QUOTE_ASSET


@dataclass(frozen=True, slots=True)
class DemoExchange:
    """A running local exchange and its address."""

    process: "subprocess.Popen[str]"
    url: str

    @property
    def state(self) -> str:
        """Say whether it runs."""
        return "running" if self.process.poll() is None else "stopped"


@contextmanager
def demo_exchange(
    paths: HomePaths, market: DemoMarket, environment: Mapping[str, str]
) -> Iterator[DemoExchange]:
    """Run a local exchange on a free port until the block ends. Raises RetryLater when it does not start."""
    with open_output(paths.process_output(NAME)) as errors:
        process = _started(paths, market, environment, errors)
        try:
            yield DemoExchange(process, _address(process, paths))
        finally:
            _end(process)


def _started(
    paths: HomePaths, market: DemoMarket, environment: Mapping[str, str], errors: IO[bytes]
) -> "subprocess.Popen[str]":
    options = {
        "--synthetic": market.seed,
        "--coins": ",".join(market.coins),
        "--speed": market.speed,
        "--start": market.start.isoformat(),
        "--home": paths.root,
    }
    words = [str(word) for pair in options.items() for word in pair]
    return subprocess.Popen(  # noqa: S603  the command is made by us, no shell takes part
        powertrader_command(NAME, ("serve", "--json", *words)),
        stdin=subprocess.DEVNULL,
        # what it says once has a key in it, which is not to be in a file
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=dict(environment),
        # Ctrl-C is ours: the exchange has to outlive its workers
        start_new_session=os.name == "posix",
        creationflags=int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)),
    )


def _address(process: "subprocess.Popen[str]", paths: HomePaths) -> str:
    """Give the address that it announces. Raises RetryLater with what it said instead."""
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(_first_line(process)), daemon=True)
    reader.start()
    reader.join(_STARTS_S)
    try:
        return str(json.loads(lines[0])["url"])
    except (IndexError, KeyError, ValueError) as error:
        said = " | ".join(last_lines(paths.process_output(NAME), _LINES_TOLD)) or "nothing"
        msg = f"the local exchange of the demo did not start; it said: {said}"
        raise RetryLater(msg) from error


def _first_line(process: "subprocess.Popen[str]") -> list[str]:
    line = process.stdout.readline() if process.stdout is not None else ""
    return [line] if line else []


def _end(process: "subprocess.Popen[str]") -> None:
    """End it as the system asks, else kill it."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(_ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
