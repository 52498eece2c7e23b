"""`powertrader preview`: the two settings it compares, and what it prints of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.cli.preview_view import pair_of
from powertrader.core.config_sources import ConfigSources, LoadedConfig, load_config
from powertrader.core.paths import HomePaths
from powertrader.market.synthetic import synthetic_candles
from tests.downloaded_candles import download

PCT = "entry.start_allocation_pct"


def loaded(*overrides: str) -> LoadedConfig:
    return load_config(ConfigSources(overrides=overrides))


def test_both_have_the_first_buy_of_replays_unless_the_change_is_about_it() -> None:
    (before, after), notes = pair_of(loaded(), loaded("dca.multiplier=1.5"))
    assert before.entry.start_allocation_pct == after.entry.start_allocation_pct == 0.5
    assert (before.dca.multiplier, after.dca.multiplier) == (2.0, 1.5)
    assert any("0.5 % of the account for both" in note for note in notes)
    (before, after), notes = pair_of(loaded(), loaded(f"{PCT}=1"))
    assert (before.entry.start_allocation_pct, after.entry.start_allocation_pct) == (0.005, 1.0)
    assert not any("for both" in note for note in notes)


def test_an_account_that_trades_live_is_tried_on_paper() -> None:
    (before, after), _ = pair_of(loaded("trading.mode=live"), loaded("trading.mode=live", "dca.multiplier=1"))
    assert before.trading.mode == after.trading.mode == "paper"


def test_both_sides_are_shown_and_nothing_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = HomePaths(tmp_path)
    candles = synthetic_candles("BTC", seed=7, start=datetime(2022, 1, 1, tzinfo=UTC), count=24 * 60)
    download(paths, {"BTC": candles})
    words = ("preview", "--home", str(tmp_path), "--set", "coins=BTC", "--days", "20", "--json")
    assert main([*words, "--param", "trade_start_level=1"]) == exit_codes.OK
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["start"], found["stop"], found["days"]) == (
        "2022-02-10T00:00:00Z",
        "2022-03-02T00:00:00Z",
        20,
    )
    assert found["changes"] == [{"name": "entry.trade_start_level", "before": 3, "after": 1}]
    assert found["after"]["buys"] > found["before"]["buys"]
    assert f"{found['after']['profit']:+,.2f} USDT" in err
    assert not paths.results.exists()


def test_an_unknown_name_is_refused_with_the_nearest_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("preview", "--home", str(tmp_path), "--param", "dca.multiplyer=1")
    assert main(words) == exit_codes.USAGE
    assert "dca.multiplier" in capsys.readouterr().err
