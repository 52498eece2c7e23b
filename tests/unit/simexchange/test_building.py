"""A local exchange from a request, and what a restart finds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import write_candles
from powertrader.models.costs import CostModel
from powertrader.simexchange.building import ExchangeRequest, build
from powertrader.simexchange.market_record import MARKET_FILE
from tests.unit.simexchange.cases import MARKET, WALL, exchange_case, made_up

DAYS = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Candle files of sixty days."""
    for coin, candles in made_up(DAYS).items():
        write_candles(tmp_path / "candles" / f"{coin}USDT-1h.csv", candles)
    return tmp_path / "candles"


def request_of(folder: Path | None, state: Path | None = None) -> ExchangeRequest:
    return ExchangeRequest(("BTC", "ETH"), "USDT", CostModel(), folder=folder, state=state)


def test_market_time_begins_at_60_percent_of_the_candles(folder: Path) -> None:
    exchange = build(request_of(folder), ManualClock(WALL))
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    assert exchange.clock.now() == begin + timedelta(days=DAYS * 0.6)
    assert exchange.symbols == ("BTCUSDT", "ETHUSDT")
    exchange.close()


def test_when_the_candles_end_nobody_trades(folder: Path) -> None:
    exchange = build(request_of(folder), ManualClock(WALL))
    exchange.clock.move_to(datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=DAYS + 1))
    assert exchange.market.quote("BTC") is None
    assert exchange.best("BTCUSDT").ask_price == "0.00000000"
    assert exchange.last_price("BTC") == 0.0
    exchange.close()


def test_a_start_outside_the_candles_is_refused(folder: Path) -> None:
    late = replace(request_of(folder), start=datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(ConfigError, match=r"--start 2030-01-01T00:00:00Z lies outside"):
        build(late, ManualClock(WALL))
    early = replace(request_of(None), start=datetime(2021, 1, 1, tzinfo=UTC))
    with pytest.raises(ConfigError, match="must be after the made-up market begins"):
        build(early, ManualClock(WALL))


def test_a_folder_without_a_coin_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("empty").mkdir()
    with pytest.raises(BadData, match="BTC"):
        build(request_of(tmp_path / "empty"), ManualClock(WALL))


def test_accounts_and_time_are_there_after_a_restart(tmp_path: Path) -> None:
    case = exchange_case(tmp_path)
    placed = case.signed(
        "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
    )
    case.wall.sleep(10)
    stopped = case.exchange.clock.now()
    balances = case.signed("GET", "/api/v3/account")["balances"]
    case.exchange.close()
    again = exchange_case(tmp_path)
    assert again.exchange.clock.now() == stopped
    assert again.signed("GET", "/api/v3/account")["balances"] == balances
    found = again.signed("GET", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert found["status"] == "FILLED"
    again.exchange.close()


def test_after_a_crash_time_goes_on_no_earlier_than_the_last_order(tmp_path: Path) -> None:
    case = exchange_case(tmp_path)
    case.wall.sleep(100)
    case.signed("POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01")
    crashed = case.exchange.clock.now()
    case.exchange.venue.close()
    again = exchange_case(tmp_path)
    assert again.exchange.clock.now() == crashed
    again.exchange.close()


def test_the_first_account_is_paid_in_once(tmp_path: Path) -> None:
    for _ in range(2):
        case = exchange_case(tmp_path)
        total = case.exchange.venue.totals()["USDT"]
        assert total.paid_in == Decimal(10_000)
        case.exchange.close()


def test_a_state_of_another_market_is_refused(tmp_path: Path) -> None:
    exchange_case(tmp_path).exchange.close()
    with pytest.raises(ConfigError, match=r"belongs to another market.*choose another folder"):
        exchange_case(tmp_path, seed=8)


@pytest.mark.parametrize("content", ["{}", "[]", '{"market": "x", "time": "soon"}', '{"market": "x"}'])
def test_a_damaged_record_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKET_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(BadData, match=r"market\.json"):
        exchange_case(tmp_path)


def test_time_runs_at_the_speed_that_was_asked_for() -> None:
    case = exchange_case(speed=60.0)
    case.wall.sleep(2)
    assert case.exchange.clock.now() == MARKET + timedelta(minutes=2)
    case.exchange.clock.sleep(120)
    assert case.exchange.clock.now() == MARKET + timedelta(minutes=4)
    case.exchange.close()
