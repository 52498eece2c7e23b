"""The venue's order rules are asked for once an hour, and what they say now counts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.models.account import Account
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport
from powertrader.trader.pairs import PairRules

NOW: Final = datetime(2024, 1, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
PAIR: Final = Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal("0.1"), min_notional=Decimal(5))


class Venue:
    """A venue that keeps one table of its pairs and changes it in place."""

    def __init__(self) -> None:
        self.pairs = {"BTCUSDT": PAIR}
        self.asked = 0

    def get_instruments(self) -> Mapping[str, Instrument]:
        self.asked += 1
        return self.pairs

    def get_instrument(self, symbol: str) -> Instrument | None:
        return self.pairs.get(symbol)

    def get_account(self) -> Account:
        raise NotImplementedError

    def place_order(self, intent: OrderIntent) -> OrderReport:
        raise NotImplementedError

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        raise NotImplementedError

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        raise NotImplementedError


def test_rules_are_asked_for_once_an_hour() -> None:
    venue = Venue()
    rules = PairRules(venue)
    for minutes in (0, 30, 59, 60, 90, 119, 120):
        assert rules.refresh(NOW + timedelta(minutes=minutes))
    assert venue.asked == 3


def test_rules_that_the_venue_changes_in_its_own_table_count_from_the_next_hour_on() -> None:
    venue = Venue()
    rules = PairRules(venue)
    rules.refresh(NOW)
    venue.pairs["BTCUSDT"] = replace(
        PAIR, lot_step=Decimal(1), min_quantity=Decimal(1), min_notional=Decimal(9)
    )
    venue.pairs["ETHUSDT"] = replace(PAIR, symbol="ETHUSDT", coin="ETH", tradable=False)
    assert (rules.is_dust("BTCUSDT", Decimal("0.5")), rules.smallest_order("BTCUSDT")) == (False, 5.0)
    rules.refresh(NOW + HOUR)
    assert (rules.is_dust("BTCUSDT", Decimal("0.5")), rules.smallest_order("BTCUSDT")) == (True, 9.0)
    assert [rules.is_tradable(symbol) for symbol in ("BTCUSDT", "ETHUSDT", "XUSDT")] == [True, False, False]
    assert rules.get("XUSDT") is None


def test_an_empty_answer_leaves_the_known_rules_in_force() -> None:
    venue = Venue()
    rules = PairRules(venue)
    rules.refresh(NOW)
    venue.pairs = {}
    assert rules.refresh(NOW + HOUR)
    assert rules.is_tradable("BTCUSDT")
