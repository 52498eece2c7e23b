"""Hashes of program and candles."""

from dataclasses import replace
from datetime import UTC, datetime

from powertrader.backtest.provenance import code_version, data_hash
from powertrader.market.synthetic import synthetic_candles

CANDLES = synthetic_candles("BTC", seed=1, start=datetime(2022, 1, 1, tzinfo=UTC), count=100)


def test_the_order_of_the_coins_does_not_change_the_data_hash() -> None:
    other = CANDLES.between(0, 50)
    assert data_hash({"BTC": CANDLES, "ETH": other}) == data_hash({"ETH": other, "BTC": CANDLES})


def test_the_same_candles_under_another_name_have_another_data_hash() -> None:
    assert data_hash({"BTC": CANDLES}) != data_hash({"ETH": CANDLES})


def test_one_changed_volume_changes_the_data_hash() -> None:
    volume = CANDLES.volume.copy()
    volume[7] += 0.5
    assert data_hash({"BTC": replace(CANDLES, volume=volume)}) != data_hash({"BTC": CANDLES})


def test_the_code_version_is_a_version_and_a_hash_and_stays() -> None:
    version, digest = code_version().split("+")
    assert version == "uninstalled" or version[0].isdigit()
    assert len(digest) == 16
    assert code_version() == f"{version}+{digest}"
