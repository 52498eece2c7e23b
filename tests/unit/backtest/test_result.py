"""What is kept of a backtest, and what two of them differ in."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.archive import EQUITY_FILE, RESULT_FILE, TRADES_FILE
from powertrader.backtest.difference import figures_between, runs_between, settings_between
from powertrader.backtest.interrupted import newest_interrupted
from powertrader.backtest.result import curve_document, document_of
from powertrader.backtest.result_files import (
    CONFIG_FILE,
    REPORT_FILE,
    TRADE_HEADER,
    load_document,
    save_result,
    yaml_of,
)
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.storage import FileStore
from tests.unit.backtest.result_scene import START, result


def saved(folder: Path, *, interrupted: bool = False) -> Path:
    folder.mkdir(parents=True)
    save_result(result(interrupted=interrupted), folder, FileStore(), "<page>")
    return folder


def test_a_result_is_saved_whole_and_read_again(tmp_path: Path) -> None:
    folder = saved(tmp_path / "one")
    names = {CONFIG_FILE, EQUITY_FILE, REPORT_FILE, RESULT_FILE, TRADES_FILE}
    assert {path.name for path in folder.iterdir()} == names
    assert load_document(folder) == json.loads(json.dumps(document_of(result())))
    with (folder / TRADES_FILE).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == TRADE_HEADER
    assert [row["side"] for row in rows] == ["BUY", "SELL", "BUY", "SELL", "BUY"]
    assert (rows[1]["realized_profit"], rows[0]["realized_profit"]) == ("4.74", "")
    assert rows[0]["time"] == "2022-01-30T02:00:00Z"
    assert len((folder / EQUITY_FILE).read_text().splitlines()) == 97


def test_the_figures_of_a_result_are_those_worked_out_by_hand() -> None:
    found = document_of(result())
    metrics = found["metrics"]
    assert isinstance(metrics, dict)
    assert (metrics["start_equity"], metrics["final_equity"]) == (1000.0, 1095.0)
    assert metrics["return_pct"] == pytest.approx(9.5)
    assert (metrics["trips"], metrics["open_trips"], metrics["win_rate_pct"]) == (2, 1, 50.0)
    assert metrics["profit_factor"] == pytest.approx(4.74 / 4.28)
    # from 1049 to 1020 in step 50
    assert metrics["max_drawdown_pct"] == pytest.approx(29 / 1049 * 100)
    # BTC closed the first step at 124 and the last at 219
    assert metrics["buy_and_hold_pct"] == pytest.approx((219 / 124 - 1) * 100)
    assert metrics["unrealized_profit"] == pytest.approx(4.8)
    assert found["trades_by_reason"] == {"entry": 3, "trailing_exit": 2}
    months = found["months"]
    assert isinstance(months, list)
    assert [(month["name"], month["trips"]) for month in months] == [("2022-01", 2), ("2022-02", 0)]


def test_a_long_curve_is_thinned_and_keeps_its_ends_and_extremes() -> None:
    equity = 1000 + np.sin(np.arange(50_000) / 900) * 50
    equity[31_234], equity[40_001] = 100.0, 5000.0
    times = np.arange(1, 50_001, dtype=np.int64) * 3600
    found = curve_document(EquityCurve("1h", 1000.0, times, equity))
    values, times_text = found["equity"], found["time"]
    assert isinstance(values, list)
    assert isinstance(times_text, list)
    assert 200 < len(values) <= 402
    assert {100.0, 5000.0} <= set(values)
    assert (values[0], values[-1]) == (equity[0], equity[-1])
    assert times_text == sorted(times_text)


def test_the_settings_can_be_used_again(tmp_path: Path) -> None:
    path = tmp_path / "again.yaml"
    given = ConfigSources(overrides=("dca.multiplier=1e-7", "coins=ETH", "paths.script_trader=a: b #c"))
    config = load_config(given).config
    path.write_text(yaml_of(config.model_dump(mode="json")), encoding="utf-8")
    assert load_config(ConfigSources(yaml_files=(path,))).config == config


@pytest.mark.parametrize(
    "content, said",
    [
        (None, "has no result.json: name a folder"),
        ("{", "holds no JSON"),
        ("[]", "is the result of something else"),
        ('{"kind": "replay", "schema": 1}', "is the result of a replay, must be of a backtest"),
        ('{"kind": "backtest", "schema": 99}', "has schema 99, this program reads 1"),
        ('{"kind": "backtest", "schema": 1}', "lacks its metrics or its config"),
        (
            '{"kind": "backtest", "schema": 1, "config": {}, "metrics": {"fees": 1, "sharpe": NaN}}',
            r"metrics\.sharpe was nan, must be a number or null",
        ),
        (
            '{"kind": "backtest", "schema": 1, "config": {}, "metrics": {"fees": "1"}}',
            "fees was '1', must be",
        ),
    ],
)
def test_a_folder_without_a_backtest_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / RESULT_FILE).write_text(content)
    with pytest.raises(BadData, match=said):
        load_document(tmp_path)
    assert len(list(tmp_path.iterdir())) == (content is not None)


def test_two_results_are_told_apart_by_settings_run_and_figures() -> None:
    first = json.loads(json.dumps(document_of(result())))
    second = json.loads(json.dumps(first))
    assert settings_between(first, second) == ()
    assert runs_between(first, second) == ()
    second["config"]["dca"]["multiplier"] = 1.5
    second["stop"], second["metrics"]["sharpe"], second["metrics"]["trades"] = "later", None, 9
    assert [(one.name, one.first, one.second) for one in settings_between(first, second)] == [
        ("dca.multiplier", 2.0, 1.5)
    ]
    assert [one.name for one in runs_between(first, second)] == ["stop"]
    figures = {one.name: one for one in figures_between(first, second)}
    assert (figures["trades"].change, figures["sharpe"].change, figures["fees"].change) == (4.0, None, 0.0)


def test_the_newest_interrupted_backtest_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="was interrupted: leave out --resume"):
        newest_interrupted(tmp_path)
    saved(tmp_path / "backtest_20220101_000000", interrupted=True)
    waiting = saved(tmp_path / "backtest_20220102_000000", interrupted=True)
    saved(tmp_path / "backtest_20220103_000000")
    (tmp_path / "backtest_20220104_000000").mkdir()
    found = newest_interrupted(tmp_path)
    assert (found.folder, found.settings) == (waiting, waiting / CONFIG_FILE)
    assert (found.request.folder, found.request.start) == (None, START)


def test_an_interrupted_backtest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = saved(tmp_path / "backtest_20220101_000000", interrupted=True)
    content = json.loads((folder / RESULT_FILE).read_text())
    (folder / RESULT_FILE).write_text(json.dumps({**content, "start": None}))
    with pytest.raises(BadData, match="does not say from when to when"):
        newest_interrupted(tmp_path)
