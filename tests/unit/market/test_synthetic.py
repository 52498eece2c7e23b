"""The made-up market is the same everywhere and behaves like one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from powertrader.market.candle_files import content_sha256
from powertrader.market.synthetic import SYNTHETIC_COINS, synthetic_candles
from powertrader.models.types import FloatArray

START = datetime(2023, 1, 1, tzinfo=UTC)


def returns(coin: str, seed: int) -> FloatArray:
    close = synthetic_candles(coin, seed=seed, start=START, count=20_000).close
    return np.asarray(close[1:] / close[:-1] - 1)


@pytest.mark.parametrize(
    "coin, expected",
    [("BTC", "669dbb08acfd5d5c"), ("ETH", "1604bc746f99dbd7"), ("SOMETHING", "811e4afd2101daa6")],
)
def test_the_bytes_are_the_same_on_every_platform_and_version(coin: str, expected: str) -> None:
    candles = synthetic_candles(coin, seed=42, start=START, count=3000)
    assert content_sha256(candles)[:16] == expected


def test_seed_and_coin_each_make_another_market() -> None:
    hashes = {
        content_sha256(synthetic_candles(coin, seed=seed, start=START, count=100))
        for coin in ("BTC", "ETH", "NEW")
        for seed in (1, 2)
    }
    assert len(hashes) == 6


def test_asking_for_more_candles_does_not_change_the_first() -> None:
    few = synthetic_candles("BTC", seed=3, start=START, count=500)
    many = synthetic_candles("BTC", seed=3, start=START, count=2000)
    assert content_sha256(many.between(0, 500)) == content_sha256(few)


@pytest.mark.parametrize("coin", ["BTC", "ETH", "DOGE", "UNHEARD"])
@pytest.mark.parametrize("interval_s", [300, 3600, 86400])
def test_candles_are_possible_on_time_and_on_ticks(coin: str, interval_s: int) -> None:
    candles = synthetic_candles(coin, seed=5, start=START, count=4000, interval_s=interval_s)
    assert candles.open_time_s[0] == START.timestamp()
    assert set(np.diff(candles.open_time_s).tolist()) == {interval_s}
    assert (candles.low > 0).all()
    assert (candles.low <= np.minimum(candles.open, candles.close)).all()
    assert (candles.high >= np.maximum(candles.open, candles.close)).all()
    assert (candles.volume >= 0).all()
    assert candles.open[1:].tolist() == candles.close[:-1].tolist()
    assert max(len(repr(price).partition(".")[2]) for price in candles.close.tolist()) <= 6


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_moves_have_fat_tails_and_calm_and_wild_times_like_real_ones(seed: int) -> None:
    moves = returns("BTC", seed)
    assert 0.004 < moves.std() < 0.015
    kurtosis = ((moves - moves.mean()) ** 4).mean() / moves.var() ** 2
    assert kurtosis > 6
    size = np.abs(moves)
    assert np.corrcoef(size[1:], size[:-1])[0, 1] > 0.1
    assert abs(np.corrcoef(moves[1:], moves[:-1])[0, 1]) < 0.1


def test_coins_move_together_but_not_as_one() -> None:
    assert 0.6 < np.corrcoef(returns("BTC", 7), returns("ETH", 7))[0, 1] < 0.97


def test_coins_that_start_at_different_times_still_share_the_market() -> None:
    early = synthetic_candles("BTC", seed=7, start=START, count=3000)
    late = synthetic_candles("ETH", seed=7, start=START + timedelta(hours=1000), count=2000)
    moves = np.diff(early.close[1000:]) / early.close[1000:-1], np.diff(late.close) / late.close[:-1]
    assert np.corrcoef(*moves)[0, 1] > 0.6


@pytest.mark.parametrize("coin", SYNTHETIC_COINS)
@pytest.mark.parametrize("seed", [1, 7, 42])
def test_prices_swing_far_enough_for_entries_dca_and_exits(coin: str, seed: int) -> None:
    close = synthetic_candles(coin, seed=seed, start=START, count=8760).close
    anchor, falls, rises = close[0], 0, 0
    for price in close.tolist():
        if falls == rises and price <= anchor * 0.95:
            falls, anchor = falls + 1, price
        elif falls > rises and price >= anchor * 1.05:
            rises, anchor = rises + 1, price
        anchor = max(anchor, price) if falls == rises else min(anchor, price)
    assert rises >= 10
    assert close.min() / close[0] > 0.2
    assert close.max() / close[0] < 5


@pytest.mark.parametrize(
    "start, count",
    [
        (datetime(2023, 1, 1), 5),  # noqa: DTZ001  a naive time is refused
        (START + timedelta(minutes=1), 5),
        (START, 0),
        (datetime(1960, 1, 1, tzinfo=UTC), 5),
    ],
)
def test_a_naive_or_crooked_start_and_no_candles_are_refused(start: datetime, count: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        synthetic_candles("BTC", seed=1, start=start, count=count)
