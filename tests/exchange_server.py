"""A local exchange in a process of its own, for tests that talk to a venue over real connections.

    @pytest.fixture(scope="module")
    def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
        with exchange_server(tmp_path_factory.mktemp("exchange"), coins="BTC,ETH", speed=3600) as server:
            yield server

Start one per module, not per test: a start takes about a second. `server.admin` adds faults, reads
counters and balances and moves market time; `server.kill()` and `server.start()` are a crash and what
comes after it, with the same state on the same port.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import requests

START_S: Final = 120
END_S: Final = 20


class AdminClient:
    """The administration of a running local exchange; a refusal is an AssertionError with its sentence."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def add_fault(self, **rule: object) -> int:
        """Put a rule in force, such as on="POST /api/v3/order", nth=1, then="lose_reply"; give its number."""
        numbers = self.ask("POST", "faults", {"rules": [rule]})["numbers"]
        return int(numbers[0])

    def clear_faults(self) -> None:
        """Take every rule out of force."""
        self.ask("DELETE", "faults")

    def faults(self) -> list[dict[str, Any]]:
        """Give the rules in force with how often they struck."""
        rules: list[dict[str, Any]] = self.ask("GET", "faults")["rules"]
        return rules

    def counters(self) -> dict[str, int]:
        """Give how often each endpoint was called, such as {"GET /api/v3/ping": 1}."""
        calls: dict[str, int] = self.ask("GET", "counters")["calls"]
        return calls

    def clear_counters(self) -> None:
        """Count from 0 again and forget the used request weight."""
        self.ask("DELETE", "counters")

    def market_ms(self) -> int:
        """Give the market time in milliseconds since 1970."""
        return int(self.ask("GET", "clock")["market_ms"])

    def advance(self, seconds: float) -> None:
        """Move market time ahead."""
        self.ask("POST", "clock", {"advance_s": seconds})

    def balances(self, account: str = "main") -> dict[str, tuple[Decimal, Decimal]]:
        """Give free and locked amount of every asset of an account."""
        found = self.ask("GET", f"accounts/{account}")["balances"]
        return {one["asset"]: (Decimal(one["free"]), Decimal(one["locked"])) for one in found}

    def orders(self, account: str = "main") -> list[dict[str, Any]]:
        """Give every order of an account, oldest first, as Binance shows an order."""
        found: list[dict[str, Any]] = self.ask("GET", f"accounts/{account}")["orders"]
        return found

    def trades(self, account: str = "main") -> list[dict[str, Any]]:
        """Give every execution of an account, oldest first, as Binance shows a trade."""
        found: list[dict[str, Any]] = self.ask("GET", f"accounts/{account}")["trades"]
        return found

    def deposit(self, asset: str, quantity: str, account: str = "main") -> None:
        """Pay into an account."""
        self.ask("POST", f"accounts/{account}/deposit", {"asset": asset, "quantity": quantity})

    def withdraw(self, asset: str, quantity: str, account: str = "main") -> None:
        """Take out of an account."""
        self.ask("POST", f"accounts/{account}/withdraw", {"asset": asset, "quantity": quantity})

    def ask(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """Send a request and give the object that comes back."""
        reply = self._session.request(
            method,
            f"{self._url}/{path}",
            data=None if content is None else json.dumps(content),
            timeout=30,
        )
        found: dict[str, Any] = reply.json()
        assert reply.status_code == 200, found
        return found

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


@dataclass
class ExchangeServer:
    """A running local exchange: its address, the first account's keys, and its administration."""

    state: Path
    arguments: tuple[str, ...]
    program: tuple[str, ...] = ("-m", "powertrader")
    url: str = ""
    api_key: str = ""
    api_secret: str = field(default="", repr=False)
    admin_url: str = field(default="", repr=False)
    log: list[str] = field(default_factory=list, repr=False)

    def start(self) -> None:
        """Start it, on the port it had before; returns when it listens."""
        port = self.url.rpartition(":")[2] or "0"
        command = (sys.executable, *self.program, "exchange", "serve", "--json", "--port", port)
        self._process = subprocess.Popen(
            (*command, "--state", str(self.state), "--home", str(self.state / "home"), *self.arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        line = _first_line(self._process)
        assert line, f"the exchange did not start: {self._ended()}"
        said = json.loads(line)
        self.url, self.api_key, self.api_secret = said["url"], said["api_key"], said["api_secret"]
        self.admin_url = said["admin_url"]
        self.admin = AdminClient(self.admin_url)

    def stop(self) -> int:
        """End it as Ctrl-C does and give its exit code."""
        self._process.send_signal(signal.SIGINT)
        self._ended()
        return self._process.returncode

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._process.kill()
        self._ended()

    @property
    def is_running(self) -> bool:
        """Tell whether it runs."""
        return self._process.poll() is None

    def _ended(self) -> str:
        self._process.wait(END_S)
        self._reader.join(END_S)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        if hasattr(self, "admin"):
            self.admin.close()
        return "".join(self.log[-20:])

    def _read_log(self) -> None:
        stream = self._process.stderr
        if stream is not None:
            self.log.extend(stream)


def _first_line(process: "subprocess.Popen[str]") -> str:
    """Give the first line that a process prints, empty when it ends or hangs instead."""
    lines: list[str] = []
    stream = process.stdout
    assert stream is not None
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(START_S)
    if not lines:
        process.kill()
    return lines[0] if lines else ""


@contextmanager
def exchange_server(
    state: Path,
    *,
    coins: str = "BTC,ETH",
    speed: float = 1.0,
    more: tuple[str, ...] = (),
    program: tuple[str, ...] = ("-m", "powertrader"),
) -> Iterator[ExchangeServer]:
    """Run a local exchange with its state in a folder for as long as the block runs.

    more: further options of `powertrader exchange serve`, such as ("--quote", "500"). program: what
    Python is told to run.
    """
    server = ExchangeServer(state, ("--coins", coins, "--speed", str(speed), *more), program)
    server.start()
    try:
        yield server
    finally:
        if server.is_running:
            server.stop()
