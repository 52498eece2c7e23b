"""A real trader, the real window over it, and a position that is sold by clicks alone.

It takes three processes and ten seconds, so it is run by scripts/soak.py, which sets PT_SOAK_ROUNDS.
"""

import os
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tkinter import ttk
from typing import Final

import pytest

from powertrader.cli.hub_view import HubRequest, run_window
from powertrader.cli.options import sources_from
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.hub.app import HubWindow
from powertrader.hub.panels.positions import Positions
from powertrader.models.journal import Halted, OrderIntended
from powertrader.models.signal import Signal
from powertrader.persistence.ledger_segments import LedgerReader
from tests.display import SIZE
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.hub.driving import below, words_in

LOOK_MS: Final = 30
MOST_LOOKS: Final = 1500
SETTINGS: Final = (
    "trader.step_s=0.1",
    "start_allocation_pct=1",
    "coins=BTC,ETH",
    "hub.ui_refresh_seconds=0.2",
)
FULL: Final = "PT_SOAK_ROUNDS" in os.environ
pytestmark = [pytest.mark.money, pytest.mark.skipif(not FULL, reason="scripts/soak.py runs it")]
Step = tuple[Callable[[], bool], Callable[[], None]]


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path / "exchange") as server:
        yield server


@contextmanager
def trading(home: Path, overrides: tuple[str, ...]) -> Iterator[None]:
    """Let a trader of a home run, on paper, until the block ends or it is stopped."""
    options = [word for setting in overrides for word in ("--set", setting)]
    command = [
        sys.executable,
        "-m",
        "powertrader",
        "trader",
        "--home",
        str(home),
        "--mode",
        "paper",
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


class Clicks:
    """Does one step after the other in a window, each as soon as its condition holds; then closes it."""

    def __init__(self) -> None:
        self._root: tk.Misc
        self.window: HubWindow
        self.done = 0

    def begin(self, window: HubWindow) -> None:
        """Start clicking."""
        self.window, self._root = window, window.root
        window.show("positions")
        self._next(iter(self._steps()))

    def _steps(self) -> list[Step]:
        return [
            (lambda: self._state("BTC") in {"Held", "Trailing"}, lambda: self._click("sell")),
            (lambda: self._button("Sell BTC") is not None, lambda: self._press("Sell BTC")),
            (
                lambda: self._says("sold ") and self._state("BTC") == "Not bought",
                lambda: self._click("pause"),
            ),
            (lambda: self._says("BTC goes on"), lambda: self.window.commands.run("trading.stop_trader")),
            (self._is_alone, lambda: self.window.commands.run("trading.pause")),
            (lambda: self._says("everything: no more purchases; exits go on"), lambda: None),
        ]

    @property
    def _panel(self) -> Positions:
        found = self.window.panel("positions")
        assert isinstance(found, Positions)
        return found

    def _state(self, coin: str) -> str:
        """Give what the table says of a coin now."""
        row = self._panel.table.model.rows.get(coin)
        return row.cells[1] if row is not None else ""

    def _says(self, words: str) -> bool:
        return any(words in one for one in words_in(self._root))

    def _is_alone(self) -> bool:
        view = self.window.view
        return view is not None and view.snapshot.process("trader").pid is None

    def _click(self, name: str) -> None:
        self._panel.select(coin="BTC")
        self._panel.detail.buttons[name].invoke()

    def _button(self, words: str) -> ttk.Button | None:
        buttons = (one for one in below(self._root) if isinstance(one, ttk.Button))
        return next((one for one in buttons if str(one.cget("text")) == words), None)

    def _press(self, words: str) -> None:
        button = self._button(words)
        assert button is not None
        button.invoke()

    def _next(self, steps: Iterator[Step]) -> None:
        step = next(steps, None)
        if step is None:
            self.window.close()
        else:
            self._look(step, steps, MOST_LOOKS)

    def _look(self, step: Step, steps: Iterator[Step], looks: int) -> None:
        holds, act = step
        if holds():
            act()
            self.done += 1
            self._root.after(LOOK_MS, self._next, steps)
        elif looks:
            self._root.after(LOOK_MS, self._look, step, steps, looks - 1)
        else:
            self.window.close()


def test_a_position_is_sold_and_resumed_by_clicks_and_all_is_paused_while_no_trader_runs(
    venue: ExchangeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lasting_screen: Callable[[str], str],
) -> None:
    home, overrides = tmp_path / "home", (*SETTINGS, f"exchange.url={venue.url}")
    paths = HomePaths(home)
    mailbox = Mailbox(FileStore(paths.data), paths)
    at = datetime.fromtimestamp(venue.admin.market_ms() / 1000, UTC)
    mailbox.publish_signal(Signal("BTC", 3, 0, (), (), 1.0, 1.0, at))
    display = lasting_screen(SIZE)
    with trading(home, overrides):
        if display:
            monkeypatch.setenv("DISPLAY", display)
        clicks = Clicks()
        request = HubRequest(overrides=overrides)
        run_window(request, sources_from(home, None, overrides), home, clicks.begin)
    assert clicks.done == 6
    events = list(LedgerReader(paths.ledger("paper"), FileStore()).events())
    reasons = [one.intent.reason for one in events if isinstance(one, OrderIntended)]
    assert reasons[:2] == ["entry", "manual_exit"]
    halts = [(one.coin, one.reason) for one in events if isinstance(one, Halted)]
    assert halts == [("BTC", "sold by hand"), (None, "asked for in the window")]
