"""Session with compat=safe: a venue that does not answer, and what is missing in an answer."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import pytest

from powertrader.core.exceptions import DataCorruptionError, PairRefused, RetryLater
from powertrader.models.account import Quote
from powertrader.models.instrument import Instrument
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, Venue, World, bought, verdict

pytestmark = pytest.mark.money


def test_an_account_that_does_not_answer_skips_the_step_instead_of_looking_empty() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_account"}
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert (report.skipped, report.outcomes) == ("no_account", ())
    assert session.why("BTC")[0].text.startswith("the account did not answer")
    assert len(world.venue.placed) == 1


def test_a_coin_without_a_price_waits_and_the_others_go_on() -> None:
    world = World()
    session = world.session()
    world.signals["ETH"] = BUY_SIGNAL
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report, "ETH") == "no_price"
    assert [outcome.action.coin for outcome in report.outcomes] == ["BTC"]


class Blinking(Venue):
    """Has prices for every step, and none any more when an order asks again."""

    silent = False

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        wanted = tuple(coins)
        if len(wanted) > 1:
            return super().get_quotes(wanted)
        if self.silent:
            msg = "no answer"
            raise RetryLater(msg)
        return {}


@pytest.mark.parametrize("silent", [False, True])
def test_a_price_that_is_gone_when_the_order_is_sized_stops_the_order(silent: bool) -> None:
    venue = Blinking()
    venue.silent = silent
    world = World(venue)
    world.venue.price("ETH", 10.0)
    assert verdict(world.step(world.session(), 100.0, BUY_SIGNAL)) == "no_price"
    assert world.venue.placed == []


def test_without_any_price_every_coin_waits() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_quotes"}
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report) == "no_price"
    assert report.outcomes == ()
    assert report.view is not None
    assert report.view.totals.total == 10_000.0


def test_a_status_request_that_fails_is_repeated() -> None:
    world = World()
    session = world.session()
    world.venue.scripts, world.venue.failing = ["pending"], {"get_order"}
    world.step(session, 100.0, BUY_SIGNAL)
    assert world.venue.calls.count("get_order") == 3
    world.step(session, 100.0)
    assert len(session.book.open_orders) == 1


def test_a_missing_signal_is_a_reason_of_its_own() -> None:
    world = World()
    world.venue.price("BTC", 100.0)
    world.venue.price("ETH", 10.0)
    report = world.session().step(world.rules)
    assert verdict(report) == "no_signal"


def test_a_signal_that_cannot_be_read_stops_neither_the_exit_of_its_coin_nor_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    bought(world)

    def damaged(coin: str) -> SignalView | None:
        if coin == "BTC":
            msg = "signal.json of BTC holds no signal"
            raise DataCorruptionError(msg)
        return BUY_SIGNAL if coin == "ETH" else None

    session = Session(Ports(world.venue, world.venue, damaged, world.ledger, world.clock))
    world.venue.price("ETH", 10.0)
    for price in (110.0, 109.0):
        world.step(session, price)
    assert [trade.reason for trade in session.book.trades] == ["entry", "entry", "trailing_exit"]
    assert session.book.position("ETH").quantity > 0
    assert caplog.messages.count("signal cannot be read") == 1


def test_a_halted_pair_is_not_traded() -> None:
    world = World()
    world.venue.pairs["BTCUSDT"] = Instrument("BTCUSDT", "BTC", tradable=False)
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert verdict(report) == "not_tradable"


def test_an_empty_list_of_pairs_is_no_answer_and_stops_no_exit() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    pairs, world.venue.pairs = world.venue.pairs, {}
    assert world.step(world.session(), 109.9).skipped == "no_pairs"
    world.step(session, 109.8, seconds=timedelta(hours=2).total_seconds())
    world.venue.pairs = pairs
    world.step(session, 109.0)
    assert [trade.reason for trade in session.book.trades] == ["entry", "trailing_exit"]


def test_pairs_are_asked_for_once_an_hour_and_kept_when_the_venue_is_silent() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_instruments"}
    report = world.step(session, 100.0, seconds=timedelta(hours=2).total_seconds())
    assert report.skipped is None
    assert world.venue.calls.count("get_instruments") == 2
    assert world.step(world.session(), 100.0).skipped == "no_pairs"


@pytest.mark.parametrize("question", ["get_instruments", "get_account"])
def test_a_question_that_is_refused_is_one_without_an_answer(question: str) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.raising = {question: PairRefused("HTTP 404")}
    report = world.step(session, 109.0, seconds=7200)
    if question == "get_instruments":
        assert world.venue.placed[-1].reason == "trailing_exit"
    else:
        assert report.skipped == "no_account"


def test_a_clock_that_is_set_back_keeps_no_old_rules_of_pairs_in_force() -> None:
    world = World()
    session = bought(world)
    world.set_back(7200.0)
    world.venue.calls.clear()
    world.step(session, 100.0)
    world.step(session, 100.0)
    assert world.venue.calls.count("get_instruments") == 1
