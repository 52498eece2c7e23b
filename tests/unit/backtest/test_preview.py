"""Two settings over the newest days: which days these are, and that only the change makes the difference."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.market_request import BacktestRequest
from powertrader.backtest.preview import newest_days, preview_of
from powertrader.backtest.signal_files import SignalFiles
from powertrader.bootstrap import build_replay
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.paths import HomePaths
from powertrader.market.downloaded import shelf_of
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from tests.downloaded_candles import download

START = datetime(2022, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CONFIG = config_with(
    TradingConfig(),
    {"trading.coins": ["BTC"], "entry.trade_start_level": 1, "entry.start_allocation_pct": 0.5},
)


def hours(count: int, coin: str = "BTC") -> Candles:
    return synthetic_candles(coin, seed=7, start=START, count=count)


def test_the_newest_whole_days_are_tried_and_a_month_is_left_to_learn_from() -> None:
    # 200 days and 5 hours: the day that has just begun is not tried
    many = {"BTC": hours(200 * 24 + 5)}
    assert newest_days(many, 90) == (START + 110 * DAY, START + 200 * DAY)
    assert newest_days({"BTC": hours(50 * 24)}, 90) == (START + 30 * DAY, START + 50 * DAY)
    with pytest.raises(BadData, match="2022-01-01 to 2022-01-31: at least 31 days are needed"):
        newest_days({"BTC": hours(30 * 24 + 5)}, 90)


def test_each_side_is_what_the_live_session_does_on_the_same_days(tmp_path: Path) -> None:
    paths, candles = HomePaths(tmp_path), {"BTC": hours(60 * 24)}
    download(paths, candles)
    changed = config_with(CONFIG, {"trailing.start_pct_no_dca": 1.0, "dca.multiplier": 1.0})
    source = BacktestRequest(), shelf_of(CONFIG, paths)
    found = preview_of((CONFIG, changed), 20, source, SignalFiles(paths))
    span = ReplaySpan(START + 40 * DAY, START + 60 * DAY, CONFIG.replay.retrain_days)
    for config, side in ((CONFIG, found.before), (changed, found.after)):
        replay = build_replay(config, candles, span)
        replay.trainings.require(tuple(replay.engine.train(("BTC",))))
        course = replay.engine.walk(span, config.rules, replay.session, lambda _: True)
        book = replay.session.book
        assert side.growth.final_equity == pytest.approx(course.equity[-1], rel=1e-12)
        assert side.buys + side.sells == len(book.trades)
        assert side.held == len(book.held)
        fall = np.max(1 - np.array(course.equity) / np.maximum.accumulate([10_000, *course.equity])[1:])
        assert side.growth.max_drawdown_pct == pytest.approx(fall * 100)
    assert found.before.sells
    assert found.before != found.after


def test_a_coin_that_was_never_downloaded_and_settings_that_are_not_compiled_are_named(
    tmp_path: Path,
) -> None:
    paths = HomePaths(tmp_path)
    download(paths, {"BTC": hours(60 * 24)})
    source = BacktestRequest(), shelf_of(CONFIG, paths)
    more = config_with(CONFIG, {"trading.coins": ["BTC", "ETH"]})
    with pytest.raises(BadData, match="no candles of ETH"):
        preview_of((CONFIG, more), 20, source, SignalFiles(paths))
    original = config_with(CONFIG, {"trading.compat": "original"})
    with pytest.raises(ConfigError, match=r"compat was original.*powertrader backtest"):
        preview_of((CONFIG, original), 20, source, SignalFiles(paths))
