"""Imports follow the table: for every module that exists, and for every deliberate violation."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.import_rules import is_pure, violations

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "powertrader"


def module_name(path: Path) -> str:
    """Give the name of a source file without `powertrader.`."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


def test_every_module_imports_only_what_its_layer_may() -> None:
    modules = sorted(SOURCE.rglob("*.py"))
    assert modules
    assert [
        found for path in modules for found in violations(module_name(path), path.read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    "module, bad",
    [
        ("models.candle", "from powertrader.core.clock import Clock"),
        ("models.candle", "import logging"),
        ("models.candle", "from pathlib import Path"),
        ("core.storage", "import powertrader.trader.decide"),
        ("core.storage", "def late():\n    from powertrader import market"),
        ("market.replay", "from powertrader.trainer.training_engine import TrainingEngine"),
        ("market.replay", "from powertrader.exchanges import paper"),
        ("trainer.runner", "from powertrader.thinker import bounds"),
        ("trader.session", "from powertrader.exchanges.paper import PaperExchange"),
        ("trader.decide", "from powertrader.core.storage import FileStore"),
        ("trader.dca_engine", "import time"),
        ("risk.limits", "from powertrader.core.clock import Clock"),
        ("hub.app", "from powertrader.trader.decide import decide"),
        ("hub.app", "from powertrader.exchanges import binance"),
        ("api.app", "from powertrader.thinker import signal_engine"),
        ("backtest.engine", "from powertrader.cli import main"),
        ("parity.report", "import powertrader.bootstrap"),
        ("shadow.install", "from powertrader.parity import report"),
        ("migration.run", "from powertrader.parity import report"),
        ("gadgets.thing", "from powertrader.models import candle"),
        ("core.storage", "from . import clock"),
        ("core.config", "import keyring"),
        ("trader.session", "from numba import njit"),
        ("models.rules", "from pydantic import BaseModel"),
        ("exchanges.paper", "import requests"),
        ("trader.runner", "from rich.console import Console"),
    ],
)
def test_a_forbidden_import_is_found(module: str, bad: str) -> None:
    assert list(violations(module, bad))


@pytest.mark.parametrize(
    "module, good",
    [
        ("models.candle", "import numpy as np\nfrom powertrader.models.types import FloatArray"),
        ("core.storage", "import os\nfrom powertrader.models import candle"),
        ("trainer.kernels", "from numba import njit\nfrom powertrader.core.patterns import distance_pct"),
        ("trader.decide", "from powertrader.trader.dca_engine import DCAEngine"),
        ("simexchange.app", "from powertrader.market.replay import ReplayMarket"),
        ("backtest.engine", "from powertrader.exchanges.paper import PaperExchange"),
        ("cli.replay", "from powertrader.backtest.engine import replay\nimport typer"),
        ("bootstrap", "from powertrader.exchanges.binance import Binance"),
    ],
)
def test_an_allowed_import_is_left_alone(module: str, good: str) -> None:
    assert list(violations(module, good)) == []


@pytest.mark.parametrize(
    "module, expected",
    [("trader.decide", True), ("thinker.bounds", True), ("trader.session", False), ("market.bounds", False)],
)
def test_engines_are_known_by_their_names(module: str, expected: bool) -> None:
    assert is_pure(module) is expected


@pytest.mark.parametrize(
    "file, bad",
    [
        ("models/candle.py", "from powertrader.core import clock"),
        ("trainer/engine.py", "from powertrader.thinker import engine"),
        ("backtest/engine.py", "from powertrader.cli import main"),
        ("gadgets/__init__.py", ""),
    ],
)
def test_the_layers_refuse_what_runs_upwards_or_is_unknown(tmp_path: Path, file: str, bad: str) -> None:
    """A package of empty modules passes the contracts of pyproject; one bad file in it does not."""
    for name in (
        "models/candle",
        "core/clock",
        "trainer/engine",
        "thinker/engine",
        "backtest/engine",
        "cli/main",
    ):
        module = tmp_path / "powertrader" / f"{name}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        (module.parent / "__init__.py").touch()
        module.touch()
    (tmp_path / "powertrader" / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint_imports(tmp_path) == 0
    (tmp_path / "powertrader" / file).parent.mkdir(exist_ok=True)
    (tmp_path / "powertrader" / file).write_text(f"{bad}\n")
    assert lint_imports(tmp_path) == 1


def lint_imports(folder: Path) -> int:
    """Run import-linter on the package in a folder and give its exit code."""
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
