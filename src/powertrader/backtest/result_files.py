"""A backtest's result on the disk; docs/BACKTESTING.md describes the files."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from powertrader.backtest.archive import EQUITY_FILE, RESULT_FILE, TRADES_FILE
from powertrader.backtest.result import KIND, SCHEMA, BacktestResult, document_of
from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore
from powertrader.core.trade_table import csv_text
from powertrader.models.moment import iso_text, utc_of
from powertrader.models.trade_columns import TradeColumns

CONFIG_FILE: Final = "config.yaml"
REPORT_FILE: Final = "report.html"
TRADE_HEADER: Final = (
    "time",
    "coin",
    "side",
    "price",
    "quantity",
    "value",
    "fee",
    "reason",
    "stage",
    "gain_pct",
    "realized_profit",
    "maker",
)


def save_result(result: BacktestResult, folder: Path, store: FileStore, report: str) -> None:
    """Write every file of a result; result.json comes last, so a folder with it is complete.

    report: the page for people. Raises StorageError when one could not be written.
    """
    curve = result.curve
    points = zip(curve.time_s.tolist(), curve.equity.tolist(), strict=True)
    rows = [[iso_text(utc_of(time_s)), repr(value)] for time_s, value in points]
    store.write_text(folder / EQUITY_FILE, csv_text(("time", "equity"), rows))
    store.write_text(folder / TRADES_FILE, trades_text(result.trades))
    store.write_text(folder / CONFIG_FILE, yaml_of(result.facts.settings))
    store.write_text(folder / REPORT_FILE, report)
    store.write_json(folder / RESULT_FILE, document_of(result))


def trades_text(trades: TradeColumns) -> str:
    """Give trades as CSV with a header; times are UTC, numbers are the shortest text of the float."""
    columns = (
        [iso_text(utc_of(time_s)) for time_s in trades.time_s.tolist()],
        [trades.coins[number] for number in trades.coin.tolist()],
        ["SELL" if is_sale else "BUY" for is_sale in trades.is_sale.tolist()],
        *(map(repr, column.tolist()) for column in (trades.price, trades.quantity, trades.value, trades.fee)),
        [trades.reasons[number] for number in trades.reason.tolist()],
        map(str, trades.stage.tolist()),
        *(map(_known, column.tolist()) for column in (trades.gain_pct, trades.realized)),
        ["yes" if is_maker else "no" for is_maker in trades.is_maker.tolist()],
    )
    return csv_text(TRADE_HEADER, zip(*columns, strict=True))


def load_document(folder: Path) -> Mapping[str, object]:
    """Give the content of a backtest's result.json. Raises BadData saying what the folder holds instead."""
    path = folder / RESULT_FILE
    raw = FileStore().read_bytes(path)
    if raw is None:
        msg = f"{folder} has no {RESULT_FILE}: name a folder that `powertrader backtest` made"
        raise BadData(msg)
    try:
        content: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        msg = f"{path} holds no JSON ({error}); run the backtest again"
        raise BadData(msg) from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        found = f"a {content.get('kind')}" if isinstance(content, dict) else "something else"
        msg = f"{path} is the result of {found}, must be of a backtest"
        raise BadData(msg)
    if content.get("schema") != SCHEMA:
        msg = f"{path} has schema {content.get('schema')}, this program reads {SCHEMA}"
        raise BadData(msg)
    _check_parts(path, content)
    return content


def yaml_of(settings: Mapping[str, object]) -> str:
    """Give the whole tree of settings as a file that --config reads."""
    lines = ["# The settings of this backtest: use them again with --config.\n"]
    for section, members in settings.items():
        lines.append(f"{section}:\n")
        if isinstance(members, Mapping):
            lines += [f"  {name}: {_yaml_value(value)}\n" for name, value in members.items()]
    return "".join(lines)


def _check_parts(path: Path, content: Mapping[str, object]) -> None:
    """Raise BadData unless the settings are there, and every figure is a number or null."""
    metrics = content.get("metrics")
    if not isinstance(metrics, dict) or not metrics or not isinstance(content.get("config"), dict):
        msg = f"{path} lacks its metrics or its config; run the backtest again"
        raise BadData(msg)
    for name, value in metrics.items():
        if value is not None and not (isinstance(value, int | float) and math.isfinite(value)):
            msg = f"{path}: metrics.{name} was {value!r}, must be a number or null; run the backtest again"
            raise BadData(msg)


def _yaml_value(value: object) -> str:
    if isinstance(value, float) and "e" in (text := repr(value)) and "." not in text:
        # YAML 1.1 takes 1e-05 for text
        return text.replace("e", ".0e")
    return json.dumps(value, ensure_ascii=False)


def _known(value: float) -> str:
    return "" if np.isnan(value) else repr(value)
