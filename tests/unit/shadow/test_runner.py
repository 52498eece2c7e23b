"""Sweeps beside an installation whose files are written by hand."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import RetryLater
from powertrader.core.storage import FileStore
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.instrument import Instrument
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import Timeframe
from powertrader.shadow.diary import Diary, days_of
from powertrader.shadow.install import find_install
from powertrader.shadow.runner import ShadowPorts, ShadowRunner
from powertrader.shadow.timing import ShadowTiming
from powertrader.thinker.candle_feed import CandleFeed
from tests.integration.fake_original import prepare

NOW_S: Final = 5000 * 7 * 86400 + 1800.0
OLDEST_S: Final = 120.0


@dataclass
class Market:
    clock: ManualClock
    pairs_fail: bool = False

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        last = int(self.clock.now().timestamp()) // timeframe.seconds - 1
        return Candle(last * timeframe.seconds, 100.0, 101.0, 99.0, 100.0)

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        return {coin: Quote(99.9, 100.0) for coin in coins}

    def pairs(self) -> Mapping[str, Instrument]:
        if self.pairs_fail:
            msg = "the venue is silent"
            raise RetryLater(msg)
        return {f"{coin}USDT": Instrument(f"{coin}USDT", coin) for coin in ("BTC", "ETH")}


class Beside:
    def __init__(self, tmp_path: Path) -> None:
        self.folder = prepare(tmp_path / "old")
        for path in self.folder.rglob("*"):
            os.utime(path, (NOW_S - 7200, NOW_S - 7200))
        self.clock = ManualClock(utc_of(NOW_S))
        self.market = Market(self.clock)
        self.results = tmp_path / "results"
        found = find_install(self.folder)
        self.diary = Diary(
            self.results / "shadow_test", found.root, FileStore(self.results), self.clock.now()
        )
        ports = ShadowPorts(
            found,
            CandleFeed(self.market, self.clock, self.clock),
            self.market,
            self.market.pairs,
            self.clock,
            lambda: None,
            self.clock,
            self.diary,
            "USDT",
            OLDEST_S,
        )
        self.runner = ShadowRunner(ports, ShadowTiming())
        self.trained(NOW_S)

    def trained(self, at_s: float) -> None:
        for coin in ("BTC", "ETH"):
            path = CoinPaths(self.folder, coin).trainer_last_training_time()
            path.write_text(str(at_s), encoding="utf-8")

    def publish(self, coin: str, long: int, short: int = 0) -> None:
        paths, now_s = CoinPaths(self.folder, coin), self.clock.now().timestamp()
        texts = {
            paths.bounds_low(): "1.5",
            paths.bounds_high(): "200.5",
            paths.profit_margin_long(): "0.25",
            paths.signal_long(): str(long),
            paths.profit_margin_short(): "0.25",
            paths.signal_short(): str(short),
        }
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
            os.utime(path, (now_s, now_s))

    def tell(self, **quantities: float) -> None:
        prices = {"current_buy_price": 100.0, "current_sell_price": 99.9, "avg_cost_basis": 100.0}
        positions = {coin: {**prices, "quantity": quantities.get(coin, 0.0)} for coin in ("BTC", "ETH")}
        account = {"total_account_value": 10_000.0, "buying_power": 10_000.0}
        document = {"timestamp": self.clock.now().timestamp(), "account": account, "positions": positions}
        path = self.folder / "hub_data" / "trader_status.json"
        path.write_text(json.dumps(document), encoding="utf-8")

    def sweep(self, seconds: float = 1.0) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        self.runner.sweep()

    def findings(self) -> list[dict[str, Any]]:
        path = self.diary.folder / "differences.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path)


def test_a_signal_that_differs_is_told_once_and_named_as_the_reason_of_our_decision(beside: Beside) -> None:
    for _ in range(60):
        beside.publish("BTC", 7)
        beside.publish("ETH", 0)
        beside.tell()
        beside.sweep()
    found = beside.findings()
    signals = [one for one in found if one["kind"] == "signal"]
    assert sorted(one["coin"] for one in signals) == ["BTC", "ETH"]
    assert all("low bounds 1.5" in one["original"] for one in signals)
    decisions = [one for one in found if one["kind"] == "decision"]
    assert {one["coin"] for one in decisions} <= {"BTC", "ETH"}
    assert all(one["why"].startswith("our signal is another one") for one in decisions)
    assert beside.runner.counts["signals_differing"] > 2


def test_a_trader_that_acts_on_an_old_signal_is_told_apart_from_ours(beside: Beside) -> None:
    beside.publish("ETH", 7)
    beside.sweep(OLDEST_S + 30)
    beside.tell()
    beside.sweep(0.5)
    (found,) = [one for one in beside.findings() if one["coin"] == "ETH" and one["kind"] == "decision"]
    assert "bought" in found["original"]
    assert "acts on a signal that is 15" in found["why"]


def test_an_outdated_training_silences_us_where_the_original_goes_on(beside: Beside) -> None:
    beside.trained(NOW_S - 15 * 86400)
    for _ in range(130):
        beside.publish("BTC", 7)
        beside.tell()
        beside.sweep()
    found = beside.findings()
    assert [one["why"] for one in found if one["kind"] == "signal"] == [
        "trained 15.0 days ago, at most 14 are allowed"
    ]
    assert any(one["kind"] == "decision" and one["coin"] == "BTC" for one in found)


def test_a_status_that_is_old_is_not_compared_and_the_summary_says_so(beside: Beside) -> None:
    assert "its trader tells nothing" in beside.runner.silence
    beside.tell()
    told_at = beside.clock.now()
    beside.sweep(400)
    assert beside.runner.counts["decisions_compared"] == 0
    assert f"told nothing since {told_at:%Y-%m-%d %H:%M} UTC" in beside.runner.silence


def test_without_order_rules_it_goes_on_and_a_coin_with_an_odd_name_is_named(beside: Beside) -> None:
    beside.market.pairs_fail = True
    settings = beside.folder / "gui_settings.json"
    settings.write_text(json.dumps({"coins": ["BTC", "B/TC"]}), encoding="utf-8")
    beside.publish("BTC", 0)
    beside.tell()
    beside.sweep()
    assert beside.runner.coins == ("BTC", "B/TC")
    assert "must be 1 to 20" in beside.runner.signals.reasons["B/TC"]
    assert beside.runner.counts["decisions_steps"] == 1


def test_counts_are_kept_by_day(beside: Beside) -> None:
    beside.sweep()
    beside.sweep(86400)
    beside.sweep()
    beside.runner.save()
    days = dict(days_of(beside.results, beside.folder.resolve(), FileStore(beside.results)))
    assert [day["sweeps"] for day in days.values()] == [1, 2]
    assert not dict(days_of(beside.results, beside.folder / "other", FileStore(beside.results)))
