"""The backtest screen with the real program on a small home: made, stopped, looked at and compared."""

import csv
import json
import shutil
import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.cli.main import main
from powertrader.core.paths import HomePaths
from powertrader.hub.backtest_runs import RESULT_FILE, TRADES_FILE
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.backtest import BacktestPanel
from powertrader.hub.panels.backtest_choice import STRATEGIES, BacktestChoice
from powertrader.hub.ports import HubPorts
from powertrader.hub.text import text
from powertrader.market.synthetic import synthetic_candles
from powertrader.strategy.registry import CLASSIC, EXAMPLES, example_of
from tests.downloaded_candles import download
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.views import hub_view

Wait = Callable[..., None]
SETTINGS = ("--set", "coins=BTC", "--set", "entry.trade_start_level=1")


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three months of one coin's candles and one backtest, with dca.multiplier=1."""
    folder = tmp_path_factory.mktemp("home")
    candles = synthetic_candles("BTC", seed=7, start=datetime(2022, 1, 1, tzinfo=UTC), count=24 * 90)
    download(HomePaths(folder), {"BTC": candles})
    assert main(["backtest", "--home", str(folder), *SETTINGS, "--param", "dca.multiplier=1"]) == 0
    return folder


@pytest.fixture
def home(tested: Path, tmp_path: Path) -> Path:
    """A copy of that home."""
    return shutil.copytree(tested, tmp_path / "copy")


@pytest.fixture
def panel(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, home: Path, wait_until: Wait
) -> BacktestPanel:
    ports = replace(hub_ports, paths=HomePaths(home), options=("--home", str(home), *SETTINGS))
    made = BacktestPanel(hub_context(ports=ports))
    made.build(root).pack(fill="both", expand=True)
    settle(root)
    draw(made, hub_view())
    wait_until(lambda: bool(made.table.model.rows))
    settle(root)
    return made


def status(panel: BacktestPanel) -> str:
    return str(panel.bar.status.cget("text"))


def names(panel: BacktestPanel) -> tuple[str, ...]:
    return panel.table.model.visible


def result(panel: BacktestPanel, name: str) -> dict[str, dict[str, object]]:
    content = (panel._context.ports.paths.results / name / RESULT_FILE).read_text("utf-8")
    found: dict[str, dict[str, object]] = json.loads(content)
    return found


def cells(panel: BacktestPanel, tab: str, key: str) -> tuple[str, ...]:
    return {"figures": panel.detail.figures, "settings": panel.detail.settings}[tab].model.rows[key].cells


def test_a_click_makes_a_backtest_and_both_are_compared(panel: BacktestPanel, wait_until: Wait) -> None:
    (before,) = names(panel)
    panel.bar.run.invoke()
    assert panel.bar.run.instate(["disabled"])
    wait_until(lambda: not panel.bar.is_running and len(names(panel)) > 1, 120.0)
    settle(panel.bar.frame)
    assert status(panel).startswith("Done in ")
    made = panel.table.selection.cursor
    assert made == names(panel)[0] != before

    trades = panel._context.ports.paths.results / str(made) / TRADES_FILE
    wait_until(lambda: bool(panel.detail.trades.model.rows))
    with trades.open(encoding="utf-8", newline="") as stream:
        assert len(panel.detail.trades.model.rows) == len(list(csv.DictReader(stream)))
    metrics = result(panel, str(made))["metrics"]
    assert cells(panel, "figures", "sells")[1:] == (f"{metrics['sells']}", "", "")
    # the test's settings give the program another start level than those in force here
    assert cells(panel, "settings", "entry.trade_start_level")[2:4] == ("1", "3")

    panel.choose(str(made), before)
    settle(panel.bar.frame)
    other = result(panel, before)["metrics"]
    assert metrics["fees"] != other["fees"]
    _, one, two, change = cells(panel, "figures", "fees")
    assert (one, two) == (f"${metrics['fees']:,.2f}", f"${other['fees']:,.2f}")
    assert change[0] == "+-"[other["fees"] < metrics["fees"]]  # type: ignore[operator]  # both are numbers
    assert cells(panel, "settings", "dca.multiplier")[:4] == ("● Multiplier", "dca.multiplier", "2", "1")
    assert panel.detail.head.cget("text").startswith("Compared: ")
    shapes = {shape.name: shape for shape in panel.detail.canvas.scene().shapes}
    assert {"return.line.0", "return.line.1", "fall.line.0", "fall.line.1"} <= shapes.keys()


def test_one_that_is_stopped_says_so_and_another_can_be_made(panel: BacktestPanel, wait_until: Wait) -> None:
    panel.bar.run.invoke()
    program = panel.bar._program
    assert program is not None
    wait_until(lambda: program._process is not None)
    panel.bar.end.invoke()
    assert panel.bar.end.instate(["disabled"])
    wait_until(lambda: not panel.bar.is_running, 30.0)
    assert status(panel).startswith(("Stopped", "Done"))
    assert program._process is not None
    assert program._process.returncode is not None
    assert panel.bar.run.instate(["!disabled"])


def test_what_keeps_a_backtest_from_being_made_is_said_in_words(
    panel: BacktestPanel, home: Path, wait_until: Wait
) -> None:
    shutil.rmtree(home / "data")
    panel.bar.run.invoke()
    wait_until(lambda: not panel.bar.is_running, 30.0)
    assert status(panel).startswith("It could not be tested: no candles of BTC were downloaded")
    assert "powertrader trainer BTC" in status(panel)


def test_a_result_that_cannot_be_read_is_left_out(panel: BacktestPanel, home: Path, wait_until: Wait) -> None:
    (good,) = names(panel)
    for number, content in enumerate(("{", "[]", '{"kind": "sweep"}', '{"kind": "backtest", "schema": 1}')):
        folder = home / "results" / f"backtest_20300101_00000{number}"
        folder.mkdir()
        (folder / RESULT_FILE).write_text(content)
    (home / "results" / "backtest_20300101_000009").mkdir()
    other = shutil.copytree(home / "results" / good, home / "results" / "backtest_20300102_000000")
    panel._read()
    wait_until(lambda: len(names(panel)) > 1)
    assert set(names(panel)) == {good, other.name}


def test_an_example_strategy_is_named_with_its_parameters(
    panel: BacktestPanel, home: Path, wait_until: Wait
) -> None:
    (good,) = names(panel)
    other = shutil.copytree(home / "results" / good, home / "results" / "backtest_20300102_000000")
    content = json.loads((other / RESULT_FILE).read_text("utf-8"))
    told = {"strategy": "sma_cross", "strategy_params": {"fast": 5, "order.limit_offset_pct": 0.25}}
    (other / RESULT_FILE).write_text(json.dumps({**content, **told}), "utf-8")
    panel._made(other.name)
    wait_until(lambda: len(names(panel)) > 1)
    assert "(example strategy sma_cross: fast 5, order.limit_offset_pct 0.25)" in panel.detail.head.cget(
        "text"
    )
    panel.choose(good, other.name)
    assert "their strategies differ" in panel.detail.head.cget("text")


def test_trades_that_are_gone_are_told_and_the_rest_is_shown(
    panel: BacktestPanel, home: Path, said: Said, wait_until: Wait
) -> None:
    (good,) = names(panel)
    other = shutil.copytree(home / "results" / good, home / "results" / "backtest_20300102_000000")
    (other / TRADES_FILE).unlink()
    panel._made(other.name)
    wait_until(lambda: bool(said.words))
    assert said.words[0][0].startswith("The trades cannot be read")
    assert cells(panel, "figures", "return_pct")[1].endswith("%")


def test_the_report_is_opened_with_a_double_click(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, home: Path, wait_until: Wait
) -> None:
    opened: list[str] = []
    ports = replace(hub_ports, paths=HomePaths(home), open_place=opened.append)
    panel = BacktestPanel(hub_context(ports=ports))
    panel.build(root).pack(fill="both", expand=True)
    wait_until(lambda: bool(panel.table.model.rows) and panel.table.selection.cursor is not None)
    panel.table.options.on_open(str(panel.table.selection.cursor))
    assert opened == [str(home / "results" / names(panel)[0] / "report.html")]
    assert Path(opened[0]).is_file()


def test_the_days_that_are_chosen_are_asked_for_and_progress_is_shown(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, wait_until: Wait
) -> None:
    asked: list[tuple[str, ...]] = []
    told = 'progress ["Trading", 30, 120]\\n'
    script = f"import sys, time; sys.stderr.write('{told}'); sys.stderr.flush(); time.sleep(30)"

    def program(command: str, arguments: Sequence[str]) -> tuple[str, ...]:
        asked.append((command, *arguments))
        return sys.executable, "-c", script

    panel = BacktestPanel(hub_context(ports=replace(hub_ports, program=program)))
    panel.build(root).pack(fill="both", expand=True)
    settle(root)
    panel.bar.choice.since.set("the last year")
    panel.bar.run.invoke()
    wait_until(lambda: status(panel).startswith("Trading: 25 %, about "))
    assert float(panel.bar.bar.cget("value")) == 25.0
    (given,) = asked
    assert given[:2] == ("backtest", "--from")
    assert given[3:] == ("--json",)
    start = datetime.fromisoformat(given[2]).replace(tzinfo=UTC)
    assert (datetime.now(UTC) - start).days == 365
    panel.bar.stop()
    wait_until(lambda: not panel.bar.is_running)
    assert status(panel) == "Stopped. Nothing was traded until then."


def test_an_example_strategy_is_asked_for_with_its_parameters(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, wait_until: Wait
) -> None:
    asked: list[tuple[str, ...]] = []

    def program(command: str, arguments: Sequence[str]) -> tuple[str, ...]:
        asked.append((command, *arguments))
        return sys.executable, "-c", "raise SystemExit('fast was 60')"

    context = hub_context(ports=replace(hub_ports, program=program))
    panel = BacktestPanel(context)
    panel.build(root).pack(fill="both", expand=True)
    settle(root)
    choice = panel.bar.choice
    assert not choice.params.winfo_ismapped()
    for chosen in STRATEGIES[1:]:
        choice.strategy.set(text(f"backtest.strategy_{chosen}"))
        choice.strategy.event_generate("<<ComboboxSelected>>")
        settle(root)
        assert choice.params.winfo_ismapped()
        # what the field offers is what the program takes, and its usual parameters
        offered = example_of(chosen, choice.params.get().split())
        assert offered == example_of(chosen, ())
    choice.strategy.set(text("backtest.strategy_sma_cross"))
    choice.strategy.event_generate("<<ComboboxSelected>>")
    choice.params.delete(0, "end")
    choice.params.insert(0, "fast=60, order.limit_offset_pct=0.1")
    panel.bar.run.invoke()
    wait_until(lambda: not panel.bar.is_running)
    params = ("--strategy-param", "fast=60", "--strategy-param", "order.limit_offset_pct=0.1")
    assert asked == [("backtest", "--strategy", "sma_cross", *params, "--json")]
    assert "fast was 60" in status(panel)

    again = BacktestChoice(context)
    again.build(tk.Frame(root))
    assert again.strategy.get() == text("backtest.strategy_sma_cross")
    assert again.params.get() == "fast=60, order.limit_offset_pct=0.1"


def test_every_strategy_of_the_program_can_be_chosen() -> None:
    assert (CLASSIC, *EXAMPLES) == STRATEGIES
