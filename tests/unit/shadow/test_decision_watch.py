"""Steps of the original against ours: what is the same, what a deviation explains, what its trades say."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.original_settings import OriginalSettings, read_settings
from powertrader.models.account import Quote
from powertrader.models.instrument import Instrument
from powertrader.models.signal import SignalView
from powertrader.shadow.decision_watch import Cause, DecisionWatch
from powertrader.shadow.finding import Finding
from powertrader.shadow.status import OriginalPosition, OriginalStatus
from powertrader.shadow.steps import Steps
from powertrader.shadow.timing import ShadowTiming
from powertrader.shadow.trades import TradeTail
from powertrader.shadow.wish_book import WishBook

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS: Final = '{"coins": ["BTC", "ETH"], "start_allocation_pct": 1.0}'
QUIET: Final = SignalView(0, 0)
LONG: Final = SignalView(4, 0)
PAIRS: Final = {
    coin: Instrument(f"{coin}USDT", coin, Decimal("0.00001"), Decimal("0.00001"), min_notional=Decimal(5))
    for coin in ("BTC", "ETH", "OLD")
}


class Beside:
    """A shadow of an original whose statuses are given by hand, a second apart."""

    def __init__(self, folder: Path, settings: str = SETTINGS) -> None:
        self.own = {"BTC", "ETH"}
        self.wishes = WishBook(ShadowTiming(settle_s=60.0))
        self.settings = read_settings(settings, OriginalSettings.defaults("original"))
        self.history = folder / "trade_history.jsonl"
        self.tail = TradeTail(self.history, "USDT")
        self.steps = Steps(self.tail, self.own.__contains__)
        self.watch = DecisionWatch(self.steps, self.wishes, self.own.__contains__)
        self.seconds = 0

    def see(
        self,
        *positions: OriginalPosition,
        theirs: dict[str, SignalView] | None = None,
        ours: dict[str, SignalView] | None = None,
        cash: float = 10_000.0,
    ) -> list[Finding]:
        self.seconds += 1
        value = sum(one.quantity * one.quote.bid for one in positions if one.quote)
        at = NOON + timedelta(seconds=self.seconds)
        status = OriginalStatus(at, cash + value, cash, value, value, 0.0, positions)
        signals = {"BTC": QUIET, "ETH": QUIET} | (theirs or {})
        mine = signals | (ours or {})
        reasons = {coin: Cause(None, "our signal is another one") for coin in ours or ()}
        pair = self.steps.of(status, self.settings, (signals, mine), PAIRS)
        return list(self.watch.look(pair, signals, PAIRS, reasons))

    def trade(self, side: str, tag: str | None, symbol: str = "BTCUSDT") -> None:
        """Let the original trade within its next step."""
        ts = (NOON + timedelta(seconds=self.seconds + 0.5)).timestamp()
        found = {"ts": ts, "side": side, "tag": tag, "symbol": symbol, "qty": 1.0, "order_id": str(ts)}
        with self.history.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(found) + "\n")
        self.wishes.take(self.tail.poll())

    def over(self) -> list[Finding]:
        """Give what is missing in the trades when a long time has passed."""
        return list(self.wishes.settle(NOON + timedelta(hours=1)))


def coin(
    name: str,
    bid: float,
    quantity: float = 0.0,
    basis: float = 100.0,
    *,
    stage: int = 0,
    line: float = 105.0,
    peak: float = 0.0,
) -> OriginalPosition:
    quote = Quote(bid, bid * 1.0001)
    active = peak > 0 or bid >= line
    return OriginalPosition(name, quote, quantity, basis, stage, active, line, peak)


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path)


def test_the_same_rules_for_the_same_step_decide_the_same(beside: Beside) -> None:
    held = coin("BTC", 106.0, 1.0)
    assert beside.see(held, coin("ETH", 50.0)) == []
    assert beside.see(replace(held, trail_line=105.47, trail_peak=106.0), coin("ETH", 50.0)) == []
    assert beside.watch.counts.equal == beside.watch.counts.compared == 4


def test_a_sale_the_original_should_have_made_is_missed_in_its_trades(beside: Beside) -> None:
    beside.see(coin("BTC", 106.0, 1.0))
    assert beside.see(coin("BTC", 105.1, 1.0, line=105.47, peak=106.0)) == []
    (found,) = beside.over()
    assert (found.coin, found.original) == ("BTC", "did nothing")
    assert "sold below the trailing line" in found.ours


def test_a_sale_that_hangs_on_a_step_nobody_saw_is_not_missed(beside: Beside) -> None:
    beside.see(coin("BTC", 105.1, 1.0, line=105.47, peak=106.0))
    assert beside.over() == []


def test_a_purchase_that_the_signals_ask_for_and_does_not_come_is_missed(beside: Beside) -> None:
    for _ in range(2):
        assert beside.see(coin("ETH", 50.0), theirs={"ETH": LONG}) == []
    (found,) = beside.over()
    assert (found.coin, found.kind) == ("ETH", "trade")


def test_a_crossing_that_the_original_forgot_is_explained(beside: Beside) -> None:
    beside.see(coin("BTC", 106.0, 1.0))
    beside.see(coin("BTC", 105.1, 1.0, line=105.47, peak=106.0))
    (found,) = beside.see(coin("BTC", 105.0, 1.0, line=105.47, peak=106.0))
    assert found.deviation == "T08"
    assert "sold below the trailing line" in found.ours
    assert beside.see(coin("BTC", 105.0, 1.0, line=105.47, peak=106.0)) == []


def test_a_trail_that_the_original_lost_in_a_restart_is_explained(beside: Beside) -> None:
    beside.see(coin("BTC", 106.0, 1.0))
    (found,) = beside.see(coin("BTC", 104.0, 1.0))
    assert found.deviation == "T15"
    assert beside.over() == []


def test_a_dca_buy_forgets_the_trail_in_both(beside: Beside) -> None:
    beside.see(coin("BTC", 106.0, 1.0))
    assert beside.see(coin("BTC", 101.5, 2.0, 99.0, stage=1, line=101.475)) == []


def test_the_trade_of_a_step_is_known_before_its_status_and_counts_for_the_next_one(tmp_path: Path) -> None:
    beside = Beside(tmp_path, '{"coins": ["BTC"], "max_dca_buys_per_24h": 1}')
    beside.see(coin("BTC", 99.0, 1.0))
    beside.trade("buy", "DCA")
    assert beside.see(coin("BTC", 97.0, 1.0)) == []
    for _ in range(3):
        assert beside.see(coin("BTC", 90.0, 2.0, 98.0, stage=1, line=100.45)) == []
    assert beside.over() == []
    assert beside.wishes.counts.matched == 1


def test_a_sale_and_the_purchase_after_it_are_matched(beside: Beside) -> None:
    beside.see(coin("BTC", 106.0, 1.0))
    beside.trade("sell", "TRAIL_SELL")
    assert beside.see(coin("BTC", 105.1, 1.0, line=105.47, peak=106.0)) == []
    beside.see(coin("BTC", 105.1), theirs={"BTC": LONG})
    beside.trade("buy", None)
    assert beside.see(coin("BTC", 105.1), theirs={"BTC": LONG}) == []
    assert beside.see(coin("BTC", 105.1, 1.0, 105.1, line=110.3), theirs={"BTC": LONG}) == []
    assert beside.over() == []
    assert beside.wishes.counts.matched == 2


def test_a_coin_of_the_user_is_only_managed_by_the_original(beside: Beside) -> None:
    (found,) = beside.see(coin("OLD", 90.0, 1.0))
    assert (found.coin, found.deviation) == ("OLD", "T03")
    assert "by its percent" in found.original


def test_dust_keeps_only_the_original_from_buying(beside: Beside) -> None:
    (found,) = beside.see(coin("BTC", 100.0, 0.000001), theirs={"BTC": LONG})
    assert (found.deviation, found.coin) == ("T02", "BTC")
    assert "bought" in found.ours


def test_a_purchase_above_the_funds_is_skipped_by_us_and_not_expected_of_the_original(beside: Beside) -> None:
    signals = {"BTC": LONG, "ETH": LONG}
    for _ in range(2):
        held = coin("OLD", 100.0, 100.0)
        beside.own.add("OLD")
        beside.see(held, coin("BTC", 50.0), coin("ETH", 50.0), theirs=signals, cash=80.0)
    assert beside.watch.counts.differing == 0
    assert [one for one in beside.over() if one.coin in signals] == []


def test_of_two_purchases_that_the_funds_cover_once_we_skip_the_second(beside: Beside) -> None:
    beside.own.add("OLD")
    held = coin("OLD", 100.0, 100.0)
    signals = {"BTC": LONG, "ETH": LONG}
    found = beside.see(held, coin("BTC", 50.0), coin("ETH", 50.0), theirs=signals, cash=150.0)
    assert [(one.coin, one.deviation) for one in found] == [("ETH", "T10")]


def test_an_order_too_small_for_the_exchange_is_not_expected(tmp_path: Path) -> None:
    beside = Beside(tmp_path, '{"coins": ["BTC"]}')
    for _ in range(2):
        assert beside.see(coin("BTC", 50.0), theirs={"BTC": LONG}) == []
    assert beside.over() == []


def test_a_setting_of_zero_takes_effect_with_us_alone(tmp_path: Path) -> None:
    beside = Beside(tmp_path, '{"coins": ["BTC"], "max_dca_buys_per_24h": 0}')
    (found,) = beside.see(coin("BTC", 90.0, 1.0))
    assert found.deviation == "G02"


def test_another_signal_is_named_as_the_reason_and_told_once(beside: Beside) -> None:
    (found,) = beside.see(coin("ETH", 50.0), ours={"ETH": LONG})
    assert (found.deviation, found.coin) == (None, "ETH")
    assert found.why.startswith("our signal is another one")
    assert "long 0 < 3" in found.why
    assert beside.see(coin("ETH", 50.0), ours={"ETH": LONG}) == []
    assert beside.see(coin("ETH", 50.0)) == []
    assert len(beside.see(coin("ETH", 50.0), ours={"ETH": LONG})) == 1
    assert beside.watch.counts.explained == 3
