"""What a user may ask of a backtest, and what is said of the rest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from powertrader.backtest.market_request import BacktestRequest, extent_of, interval_of
from powertrader.cli.backtest_engines import Market
from powertrader.core.candle_pages import Paging
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.paths import HomePaths
from powertrader.market.candle_files import write_candles
from powertrader.market.downloaded import shelf_of
from powertrader.market.history_book import CandleBook
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.timeframe import Timeframe
from tests.unit.backtest.walk_scene import without

START = datetime(2022, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR_S = 3600
CONFIG = config_with(TradingConfig(), {"trading.coins": ["BTC"]})


def candles(days: int = 30) -> Candles:
    return synthetic_candles("BTC", seed=7, start=START, count=days * 24)


def with_gap(hours: slice) -> Candles:
    """A month of candles without those of some hours."""
    whole = candles()
    kept = np.ones(len(whole), dtype=np.bool_)
    kept[hours] = False
    return without(whole, kept)


def test_without_dates_the_last_third_is_traded() -> None:
    span = BacktestRequest().span({"BTC": candles()}, 7)
    assert (span.start, span.stop, span.retrain_days) == (START + 20 * DAY, START + 30 * DAY, 7)


def test_the_dates_count_and_the_end_is_that_of_the_candles_at_most() -> None:
    request = BacktestRequest(None, START + 5 * DAY, START + 99 * DAY)
    market = {"BTC": candles()}
    span = request.span(market, 7)
    assert (span.start, span.stop) == (START + 5 * DAY, START + 30 * DAY)
    assert request.gaps(market, span) == ["the candles end at 2022-01-31 00:00, so does the backtest"]


@pytest.mark.parametrize(
    "first, last, said",
    [
        (0, 5, "--from was 2022-01-01 00:00 and nothing had closed by then.*2022-01-01 00:00 to 2022-01-31"),
        (-9, 5, "--from was 2021-12-23 00:00 and nothing had closed"),
        (40, 50, "no candle from 2022-02-10 00:00 to 2022-02-20 00:00; the candles are of 2022-01-01"),
        (9, 5, r"--to was 2022-01-06 00:00, must be after --from 2022-01-10 00:00"),
        (9, 9, "must be after --from"),
    ],
)
def test_a_span_without_candles_is_refused_with_what_there_is(first: int, last: int, said: str) -> None:
    request = BacktestRequest(None, START + first * DAY, START + last * DAY)
    with pytest.raises(ConfigError, match=said):
        request.span({"BTC": candles()}, 7)


def test_a_span_between_two_closes_has_no_candle() -> None:
    start = START + 9 * DAY
    with pytest.raises(ConfigError, match="there is no candle from 2022-01-10 00:00 to 2022-01-10 00:30"):
        BacktestRequest(None, start, start + timedelta(minutes=30)).span({"BTC": candles()}, 7)


def test_candles_of_hours_are_too_few_to_be_parted() -> None:
    with pytest.raises(ConfigError, match="two thirds of the candles train, which is not a day here"):
        BacktestRequest().span({"BTC": candles(1)}, 7)


def test_missing_candles_are_counted_within_the_span_only() -> None:
    market = {"BTC": with_gap(slice(25 * 24, 25 * 24 + 3)), "ETH": with_gap(slice(2, 9))}
    request = BacktestRequest(None, START + 20 * DAY)
    notes = request.gaps(market, request.span(market, 7))
    assert notes == [
        (
            "3 candles of BTC missing from 2022-01-21 00:00 to 2022-01-31 00:00: "
            "it has no price there and is not traded"
        )
    ]


def test_the_candles_that_were_downloaded_are_taken(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    shelf = shelf_of(CONFIG, paths)
    whole = candles(3)
    start_s = int(whole.open_time_s[0])
    rows = [(float(row.open_time_s), row.open, row.high, row.low, row.close, row.volume) for row in whole]
    page = range(start_s, start_s + len(whole) * HOUR_S)
    book = CandleBook.empty(HOUR_S, Paging(1500, 0), start_s).with_page(page, rows, page.stop)
    shelf.save("BTC", Timeframe.HOUR_1, book)
    found, notes = BacktestRequest().load(CONFIG, shelf)
    assert notes == []
    assert found["BTC"].open_time_s.tolist() == whole.open_time_s.tolist()
    assert found["BTC"].close.tolist() == whole.close.tolist()


def test_a_coin_that_was_never_downloaded_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        BadData, match=r"no candles of BTC .* from kucoin yet: `powertrader trainer BTC`.*--candles"
    ):
        BacktestRequest().load(CONFIG, shelf_of(CONFIG, HomePaths(tmp_path)))


def test_what_was_repaired_in_a_file_is_told(tmp_path: Path) -> None:
    write_candles(tmp_path / "BTCUSDT-1h.csv", with_gap(slice(5, 7)))
    shelf = shelf_of(CONFIG, HomePaths(tmp_path))
    request = BacktestRequest(tmp_path)
    with pytest.raises(BadData, match=r"BTCUSDT-1h.csv row 6 .*--repair"):
        request.load(CONFIG, shelf)
    found, notes = request.load(config_with(CONFIG, {"candles.repair": True}), shelf)
    assert len(found["BTC"]) == 30 * 24 - 2
    assert [note.partition(":")[0] for note in notes] == ["candles of BTC repaired"]


def test_coins_without_candles_are_named() -> None:
    with pytest.raises(BadData, match="ETH has no candles"):
        extent_of({"BTC": candles(), "ETH": candles().between(0, 0)})
    assert interval_of({"BTC": candles()}) == HOUR_S


def test_a_candle_that_comes_twice_is_refused_or_left_out(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.csv"
    write_candles(path, candles(3))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:10], lines[9], *lines[10:]]) + "\n")
    shelf = shelf_of(CONFIG, HomePaths(tmp_path))
    with pytest.raises(BadData, match=r"BTCUSDT-1h.csv row 10 .*--repair"):
        BacktestRequest(tmp_path).load(CONFIG, shelf)
    found, notes = BacktestRequest(tmp_path).load(config_with(CONFIG, {"candles.repair": True}), shelf)
    assert len(found["BTC"]) == 72
    assert "duplicate: 1" in notes[0]


def test_steps_whose_length_no_year_is_known_of_are_refused() -> None:
    odd = synthetic_candles("BTC", seed=7, start=START, count=80, interval_s=3 * HOUR_S)
    market = {"BTC": odd}
    with pytest.raises(ConfigError, match=r"candles of 10800 s have no name.*powertrader candles resample"):
        _ = Market(CONFIG, market, BacktestRequest().span(market, 7)).timeframe
