"""Backtests that were saved: what was run, what came of it, and their trades, read beside the Tk thread."""

import csv
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.file_operations import reason_of
from powertrader.models.types import FloatArray

KIND: Final = "backtest"
SCHEMA: Final = 1
RESULT_FILE: Final = "result.json"
TRADES_FILE: Final = "trades.csv"
REPORT_FILE: Final = "report.html"
MOST_RUNS: Final = 200
"""Of more only the newest are shown."""
MOST_TRADES: Final = 50_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """The account over time: seconds since 1970, its value, and how far it is below its peak in percent."""

    times_s: FloatArray
    equity: FloatArray
    fall_pct: FloatArray

    def __len__(self) -> int:
        """Count the points."""
        return len(self.times_s)


@dataclass(frozen=True, slots=True, eq=False)
class BacktestRun:
    """A saved backtest. metrics: figures by name, None where there is none; settings: by canonical name.

    params: those of an example strategy by name.
    """

    folder: Path
    coins: tuple[str, ...]
    quote: str
    start: datetime
    stop: datetime
    engine: str
    strategy: str
    interrupted: bool
    metrics: Mapping[str, float | None]
    curve: RunCurve
    settings: Mapping[str, object]
    notes: tuple[str, ...]
    data_hash: str
    code_version: str
    params: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is known by: its folder."""
        return self.folder.name

    def metric(self, name: str) -> float | None:
        """Give a figure, None where there is none."""
        return self.metrics.get(name)


@dataclass(frozen=True, slots=True)
class RunTrade:
    """One order of a backtest, at seconds since 1970; money is in the quote asset, None where it has none."""

    time_s: float
    coin: str
    side: str
    price: float
    quantity: float
    value: float
    fee: float
    reason: str
    stage: int
    gain_pct: float | None
    profit: float | None


@dataclass(slots=True)
class RunShelf:
    """The saved backtests of a home; what did not change is not read again. For one thread at a time."""

    results: Path
    _known: dict[Path, tuple[int, BacktestRun | None]] = field(default_factory=dict)

    def read(self) -> tuple[BacktestRun, ...]:
        """Give them, the newest first; those that cannot be read are left out and told to the log.

        Raises StorageError when the folder cannot be looked through.
        """
        try:
            found = sorted(self.results.glob(f"{KIND}_*/{RESULT_FILE}"), reverse=True)[:MOST_RUNS]
        except OSError as error:
            msg = f"backtests cannot be read: {reason_of(self.results, error)}"
            raise StorageError(msg) from error
        self._known = {path: self._entry(path) for path in found}
        return tuple([run for _, run in self._known.values() if run is not None])

    def _entry(self, path: Path) -> tuple[int, BacktestRun | None]:
        try:
            changed_ns = path.stat().st_mtime_ns
            known = self._known.get(path)
            if known is not None and known[0] == changed_ns:
                return known
            return changed_ns, run_of(path.parent, path.read_bytes())
        except (OSError, BadData) as error:
            log.warning("a backtest cannot be shown", extra={"path": str(path), "reason": str(error)})
            return 0, None


def run_of(folder: Path, raw: bytes) -> BacktestRun:
    """Read the content of a result.json. Raises BadData saying what is wrong with it."""
    try:
        content = orjson.loads(raw)
        if content["kind"] != KIND or content["schema"] != SCHEMA:
            msg = f"{folder}: the result is a {content['kind']} of schema {content['schema']}"
            raise BadData(msg)
        return BacktestRun(
            folder=folder,
            coins=tuple(map(str, content["coins"])),
            quote=str(content["quote_asset"]),
            start=datetime.fromisoformat(content["start"]),
            stop=datetime.fromisoformat(content["stop"]),
            engine=str(content["engine"]),
            strategy=str(content["strategy"]),
            interrupted=bool(content["interrupted"]),
            metrics={str(name): _number(value) for name, value in content["metrics"].items()},
            curve=_curve(content["curve"]),
            settings=_flat(content["config"]),
            notes=tuple(map(str, content["notes"])),
            data_hash=str(content["data_hash"]),
            code_version=str(content["code_version"]),
            params={name: float(value) for name, value in content.get("strategy_params", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{folder / RESULT_FILE} is no result of a backtest: {type(error).__name__} {error}"
        raise BadData(msg) from error


def read_trades(run: BacktestRun) -> tuple[RunTrade, ...]:
    """Give the orders of a backtest, oldest first. Raises StorageError or BadData."""
    path = run.folder / TRADES_FILE
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            return tuple([_trade(row) for row, _ in zip(rows, range(MOST_TRADES), strict=False)])
    except OSError as error:
        msg = f"trades cannot be read: {reason_of(path, error)}"
        raise StorageError(msg) from error
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        msg = f"{path} holds no trades of a backtest: {type(error).__name__} {error}"
        raise BadData(msg) from error


def _trade(row: Mapping[str, str]) -> RunTrade:
    return RunTrade(
        time_s=datetime.fromisoformat(row["time"]).timestamp(),
        coin=row["coin"],
        side=row["side"],
        price=float(row["price"]),
        quantity=float(row["quantity"]),
        value=float(row["value"]),
        fee=float(row["fee"]),
        reason=row["reason"],
        stage=int(row["stage"]),
        gain_pct=_known_number(row["gain_pct"]),
        profit=_known_number(row["realized_profit"]),
    )


def _known_number(text: str) -> float | None:
    return float(text) if text else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _curve(content: Mapping[str, list[float]]) -> RunCurve:
    times = [datetime.fromisoformat(str(text)).timestamp() for text in content["time"]]
    curve = RunCurve(
        np.array(times, np.float64),
        np.array(content["equity"], np.float64),
        np.array(content["drawdown_pct"], np.float64),
    )
    if not len(curve.times_s) == len(curve.equity) == len(curve.fall_pct):
        msg = "the columns of its curve differ in length"
        raise ValueError(msg)
    return curve


def _flat(tree: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {
        f"{section}.{name}": value for section, members in tree.items() for name, value in members.items()
    }
