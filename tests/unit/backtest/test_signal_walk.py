"""Signals as arrays: what the thinker in the loop says, and nothing that a later candle could change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.signal_arrays import NO_SIGNAL, SignalArrays
from powertrader.backtest.signal_files import SignalFiles
from powertrader.backtest.signal_walk import walk_signals
from powertrader.bootstrap import build_replay
from powertrader.core.config import TradingConfig
from powertrader.core.paths import HomePaths
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader.session import StepReport
from tests.unit.backtest.walk_scene import (
    BEGIN,
    COINS,
    SPAN,
    config_with,
    damaged_market,
    until,
    whole_market,
)


def said_in_the_loop(
    config: TradingConfig, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan
) -> list[dict[CoinSymbol, SignalView | None]]:
    """What the trader was told at each step of an event walk with the thinker."""
    replay = build_replay(config, candles, span)
    assert list(replay.engine.train(COINS)) == list(COINS)
    said: list[dict[CoinSymbol, SignalView | None]] = []

    def listen(report: StepReport) -> bool:
        assert report.view is not None
        said.append(dict(report.view.signals))
        return True

    replay.engine.walk(span, config.rules, replay.session, listen)
    return said


def columns(signals: SignalArrays) -> list[list[object]]:
    return [getattr(signals, name).tolist() for name in ("close_s", "long", "short", "priced")]


@pytest.mark.parametrize(
    "overrides, retrain_days",
    [
        pytest.param((), 6, marks=pytest.mark.kernel),
        (("training=online", "costs.spread_pct=0.5"), 6),
        (("training=recent",), 16),
        pytest.param(("compat=original",), 6, marks=pytest.mark.kernel),
    ],
)
def test_the_arrays_hold_what_the_thinker_says_step_by_step(
    overrides: tuple[str, ...], retrain_days: int
) -> None:
    config, candles = config_with(*overrides), damaged_market()
    span = replace(SPAN, retrain_days=retrain_days)
    said = said_in_the_loop(config, candles, span)
    signals = walk_signals(config, candles, span)
    assert [len(signals[coin]) for coin in COINS] == [len(said)] * 2
    for coin in COINS:
        given = [signals[coin].view(step) for step in range(len(said))]
        assert given == [step[coin] for step in said]
        assert any(view is not None and view.long > 0 and view.low_bounds for view in given)
    assert any(step["BBB"] is None for step in said)


def test_coins_of_other_ages_and_lengths_are_said_the_same_of() -> None:
    config, candles = config_with(), whole_market()
    half_hours = synthetic_candles("BBB", seed=6, start=BEGIN, count=48 * 50, interval_s=1800)
    for other in (candles["AAA"].between(24 * 35, 24 * 49), half_hours):
        market = {**candles, "BBB": other}
        said = said_in_the_loop(config, market, SPAN)
        signals = walk_signals(config, market, SPAN)
        for coin in COINS:
            given = [signals[coin].view(step) for step in range(len(said))]
            assert given == [step[coin] for step in said]
            assert any(given)


def test_no_signal_changes_when_later_candles_are_removed() -> None:
    config, candles = config_with(), whole_market()
    whole = walk_signals(config, candles, SPAN)
    for days in (1, 7, 13):
        stop = SPAN.start + timedelta(days=days, hours=5)
        cut = walk_signals(config, until(candles, stop), replace(SPAN, stop=stop))
        for coin in COINS:
            same = whole[coin].between(0, days * 24 + 5)
            assert columns(cut[coin]) == columns(same)
            assert np.array_equal(cut[coin].low_bounds, same.low_bounds, equal_nan=True)


def test_candles_before_the_start_are_learnt_from_and_not_in_the_result() -> None:
    config, candles = config_with(), whole_market()
    signals = walk_signals(config, candles, SPAN)["AAA"]
    assert signals.close_s[0] == SPAN.start.timestamp() + 3600
    assert signals.close_s[-1] == SPAN.stop.timestamp()
    first = int(SPAN.start.timestamp())
    short_past = {coin: later(columns, first - 86_400 * 15) for coin, columns in candles.items()}
    assert columns(walk_signals(config, short_past, SPAN)["AAA"]) != columns(signals)


def later(candles: Candles, time_s: int) -> Candles:
    return candles.between(int(np.searchsorted(candles.open_time_s, time_s)), len(candles))


class Kept:
    """A store that counts."""

    def __init__(self) -> None:
        self.kept: dict[str, SignalArrays] = {}

    def load(self, key: str) -> SignalArrays | None:
        return self.kept.get(key)

    def save(self, key: str, signals: SignalArrays) -> None:
        assert key not in self.kept
        self.kept[key] = signals


def test_a_walk_is_made_once_for_all_settings_that_do_not_change_it() -> None:
    store, candles, span = Kept(), whole_market(), replace(SPAN, stop=SPAN.start + timedelta(days=1))
    first = walk_signals(config_with(), candles, span, store)
    assert len(store.kept) == len(COINS)
    again = walk_signals(config_with("dca.multiplier=1", "costs.taker_pct=1"), candles, span, store)
    assert [again[coin] is first[coin] for coin in COINS] == [True, True]
    for changed in ("costs.spread_pct=0.3", "training=recent", "compat=original"):
        walk_signals(config_with(changed), candles, span, store)
    walk_signals(config_with(), candles, replace(span, retrain_days=3), store)
    assert len(store.kept) == 5 * len(COINS)


def test_an_interrupted_walk_goes_on_with_the_coins_that_were_not_done() -> None:
    store, candles = Kept(), whole_market()

    def press_ctrl_c(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk_signals(config_with(), candles, SPAN, store, press_ctrl_c)
    assert len(store.kept) == 1
    told: list[tuple[int, int]] = []
    walk_signals(config_with(), candles, SPAN, store, lambda done, total: told.append((done, total)))
    steps = 20 * 24
    assert told == [(steps + hours, 2 * steps) for hours in (6 * 24 - 1, 12 * 24 - 1, 18 * 24 - 1, steps)]


def test_files_give_back_what_was_kept_and_damaged_ones_are_walked_again(tmp_path: Path) -> None:
    files, candles = SignalFiles(HomePaths(tmp_path)), whole_market()
    first = walk_signals(config_with(), candles, SPAN, files)
    kept = sorted((tmp_path / "data" / "signals").iterdir())
    assert len(kept) == len(COINS)
    kept[0].write_bytes(kept[0].read_bytes()[:-200])
    told: list[int] = []
    again = walk_signals(config_with(), candles, SPAN, files, lambda done, _total: told.append(done))
    assert len(told) == 4
    for coin in COINS:
        assert columns(again[coin]) == columns(first[coin])
        assert np.array_equal(again[coin].low_bounds, first[coin].low_bounds, equal_nan=True)


def test_the_oldest_files_go_when_there_is_no_more_room(tmp_path: Path) -> None:
    signals = SignalArrays.blank(np.arange(100, dtype=np.int64))
    files = SignalFiles(HomePaths(tmp_path), room_bytes=20_000)
    for number in range(4):
        files.save(f"{number}", signals)
    left = [files.load(f"{number}") is not None for number in range(4)]
    assert left == [False, False, True, True]


def test_a_home_that_cannot_be_written_costs_only_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("in the way")
    files = SignalFiles(HomePaths(tmp_path))
    files.save("key", SignalArrays.blank(np.arange(3, dtype=np.int64)))
    assert files.load("key") is None
    assert "signals were not kept" in caplog.text


def test_without_bounds_the_levels_stay() -> None:
    signals = walk_signals(config_with(), whole_market(), replace(SPAN, stop=SPAN.start + timedelta(days=1)))
    slim = signals["AAA"].without_bounds()
    assert columns(slim) == columns(signals["AAA"])
    assert signals["AAA"].low_bounds.size == 24 * 7
    views = [slim.view(step) for step in range(24)]
    assert all(view is not None and view.low_bounds == () for view in views)


def test_columns_of_different_lengths_are_refused() -> None:
    blank = SignalArrays.blank(np.arange(3, dtype=np.int64))
    with pytest.raises(ValueError, match="3 steps"):
        replace(blank, long=np.zeros(2, dtype=np.int8))
    with pytest.raises(ValueError, match="3 steps"):
        replace(blank, low_bounds=np.zeros((3, 6)))
    assert blank.long.tolist() == [NO_SIGNAL] * 3
