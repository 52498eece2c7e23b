"""The backtest screen with the real program on a small home: made, stopped, looked at and compared."""

import json
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.core.paths import HomePaths
from powertrader.hub.backtest_runs import TRADES_FILE
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.backtest import BacktestPanel
from powertrader.hub.ports import HubPorts
from powertrader.market.synthetic import synthetic_candles
from tests.downloaded_candles import download
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.views import hub_view

Wait = Callable[..., None]
OPTIONS = ("--set", "coins=BTC", "--set", "entry.trade_start_level=1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three months of one coin's candles."""
    folder = tmp_path_factory.mktemp("home")
    candles = synthetic_candles("BTC", seed=7, start=datetime(2022, 1, 1, tzinfo=UTC), count=24 * 90)
    download(HomePaths(folder), {"BTC": candles})
    return folder


@pytest.fixture
def panel(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, home: Path
) -> BacktestPanel:
    ports = replace(hub_ports, paths=HomePaths(home), options=("--home", str(home), *OPTIONS))
    made = BacktestPanel(hub_context(ports=ports))
    made.build(root).pack(fill="both", expand=True)
    settle(root)
    draw(made, hub_view())
    return made


def make(panel: BacktestPanel, wait_until: Wait) -> str:
    """Press the button, and give the name of the backtest that came of it."""
    before = set(panel._runs)
    panel.bar.run.invoke()
    wait_until(lambda: not panel.bar.is_running and set(panel._runs) != before, 60.0)
    settle(panel.bar.frame)
    (name,) = set(panel._runs) - before
    return name


def test_a_click_makes_a_backtest_and_shows_what_came_of_it(panel: BacktestPanel, wait_until: Wait) -> None:
    name = make(panel, wait_until)
    assert "Done" in panel.bar.status.cget("text"), panel.bar.status.cget("text")
    result = json.loads((panel._runs[name].folder / "result.json").read_text("utf-8"))
    assert panel.table.selection.cursor == name
