"""Reading an installation: half-written files are read again, and nothing is ever left behind."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.shadow.install import (
    SettingsReader,
    find_install,
    read_object,
    read_status,
    refuse_home_inside,
)
from powertrader.shadow.status import status_of


class Writing(ManualClock):
    """A clock on which the writer finishes while the reader waits."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(datetime(2026, 11, 21, tzinfo=UTC))
        self._path, self._text = path, text

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._path.write_text(self._text, encoding="utf-8")


def test_a_half_written_object_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "trader_status.json"
    path.write_text('{"timestamp": 1', encoding="utf-8")
    assert read_object(path, Writing(path, '{"timestamp": 17}')) == {"timestamp": 17}


def test_an_object_that_stays_half_written_is_left_for_later_and_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "trader_status.json"
    for text in ('{"timestamp": 1', "[]", ""):
        path.write_text(text, encoding="utf-8")
        assert read_object(path, ManualClock(datetime(2026, 11, 21, tzinfo=UTC))) is None
        assert path.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["trader_status.json"]


def test_settings_are_those_read_last_while_they_are_being_written(tmp_path: Path) -> None:
    path = tmp_path / "gui_settings.json"
    reader = SettingsReader(path)
    assert not reader.refresh()
    path.write_text(json.dumps({"coins": ["SOL"]}), encoding="utf-8")
    assert reader.refresh()
    path.write_text('{"coins": ["SO', encoding="utf-8")
    assert not reader.refresh()
    assert reader.settings.in_force.coins == ("SOL",)
    path.write_text("\ufeff" + json.dumps({"coins": ["ADA"]}), encoding="utf-8")
    assert reader.refresh()
    assert reader.settings.in_force.coins == ("ADA",)


def test_hub_data_may_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "pt_trader.py").write_text("", encoding="utf-8")
    elsewhere = tmp_path / "else where"
    with pytest.raises(ConfigError, match="no folder"):
        find_install(tmp_path, elsewhere)
    elsewhere.mkdir()
    folder = find_install(tmp_path, elsewhere)
    document = {"timestamp": 5.0, "account": {"buying_power": 7.0}, "positions": {}}
    folder.trader_status.write_text(json.dumps(document), encoding="utf-8")
    status = read_status(folder, ManualClock(datetime(2026, 11, 21, tzinfo=UTC)))
    assert status is not None
    assert (status.at.timestamp(), status.buying_power) == (5.0, 7.0)


def test_odd_values_of_a_status_count_as_none() -> None:
    position = {"quantity": 1.0, "current_buy_price": 2.0, "current_sell_price": "x", "avg_cost_basis": None}
    found = status_of(
        {
            "timestamp": 5.0,
            "account": {"buying_power": float("nan"), "total_account_value": 10**400},
            "positions": {"btc": position, "ETH": 3},
        }
    )
    assert found is not None
    assert (found.buying_power, found.total) == (0.0, 0.0)
    assert [(one.coin, one.quote, one.basis) for one in found.positions] == [
        ("BTC", None, 0.0),
        ("ETH", None, 0.0),
    ]
    assert status_of({"timestamp": True, "account": {"buying_power": 1}}) is None
    assert status_of({"timestamp": 5.0}) is None


@pytest.mark.parametrize("main_neural_dir", [None, "old"])
def test_a_home_that_would_write_into_the_installation_is_refused(
    tmp_path: Path, main_neural_dir: str | None
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "pt_trader.py").write_text("", encoding="utf-8")
    root = tmp_path / "home" if main_neural_dir else old / "home"
    home = HomePaths(root, tmp_path / main_neural_dir if main_neural_dir else None)
    with pytest.raises(ConfigError, match="nothing may be written"):
        refuse_home_inside(find_install(old), home)
    refuse_home_inside(find_install(old), HomePaths(tmp_path))
