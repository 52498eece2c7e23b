"""SharedQuotes: one call for all coins, and never a price older than allowed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.core.shared_quotes import SharedQuotes
from powertrader.models.account import Quote


class Market:
    """Prices that rise by 1 with every call; fails when told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.down = False

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        asked = tuple(coins)
        self.calls.append(asked)
        if self.down:
            msg = "no network"
            raise RetryLater(msg)
        price = 100.0 + len(self.calls)
        return {coin: Quote(price, price) for coin in asked if coin != "GONE"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2024, 1, 1, tzinfo=UTC))


def test_coins_that_were_asked_for_once_cost_no_further_call_while_prices_are_young(
    clock: ManualClock,
) -> None:
    market = Market()
    quotes = SharedQuotes(market, clock, 0.5)
    assert quotes.get_quotes(["BTC", "ETH"])["ETH"].bid == 101.0
    clock.sleep(0.5)
    assert quotes.get_quotes(["ETH"])["ETH"].bid == 101.0
    clock.sleep(0.1)
    assert quotes.get_quotes(["ETH"])["ETH"].bid == 102.0
    assert market.calls == [("BTC", "ETH"), ("BTC", "ETH")]


def test_a_new_coin_is_asked_for_at_once_with_all_others(clock: ManualClock) -> None:
    market = Market()
    quotes = SharedQuotes(market, clock, 10.0)
    quotes.get_quotes(["BTC"])
    assert set(quotes.get_quotes(["BNB"])) == {"BNB"}
    assert market.calls[-1] == ("BTC", "BNB")


def test_a_coin_without_a_price_is_left_out_and_not_asked_for_again_at_once(clock: ManualClock) -> None:
    market = Market()
    quotes = SharedQuotes(market, clock, 10.0)
    assert quotes.get_quotes(["GONE"]) == {}
    assert quotes.get_quotes(["GONE"]) == {}
    assert len(market.calls) == 1


def test_a_failed_call_leaves_no_old_price_behind(clock: ManualClock) -> None:
    market = Market()
    quotes = SharedQuotes(market, clock, 10.0)
    quotes.get_quotes(["BTC"])
    clock.sleep(11)
    market.down = True
    for _ in range(2):
        with pytest.raises(RetryLater):
            quotes.get_quotes(["BTC"])
    market.down = False
    assert quotes.get_quotes(["BTC"])["BTC"].bid == 104.0


def test_a_clock_that_was_set_back_makes_prices_old(clock: ManualClock) -> None:
    market = Market()

    class Set(ManualClock):
        offset_s = 0.0

        def now(self) -> datetime:
            return datetime.fromtimestamp(clock.now().timestamp() + self.offset_s, UTC)

    wall = Set(clock.now())
    quotes = SharedQuotes(market, wall, 10.0)
    quotes.get_quotes(["BTC"])
    wall.offset_s = -3600.0
    quotes.get_quotes(["BTC"])
    assert len(market.calls) == 2
