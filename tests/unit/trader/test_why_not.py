"""Why not: in every step every coin that is listed or held has a reason, with gates that say it in words."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from powertrader.core.exceptions import AccessRefused, InsufficientFundsError, RateLimitError, RetryLater
from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON, words_for
from powertrader.models.instrument import Instrument
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.records import LEFT_OVER, NOT_REACHED
from powertrader.trader.session import Session, StepReport
from tests.unit.trader.venue import BUY_SIGNAL, World, bought, pair

pytestmark = pytest.mark.money

COINS = ("BTC", "ETH", "SOL")
RULES_KEPT_S = 3600.0


def world() -> World:
    made = World(rules=TradingRules(COINS, start_allocation_pct=1.0))
    for coin in ("ETH", "SOL"):
        made.venue.pairs[f"{coin}USDT"] = pair(coin)
        made.venue.price(coin, 50.0)
    return made


def no_account(made: World) -> None:
    made.venue.failing.add("get_account")


def no_pairs(made: World) -> None:
    made.venue.failing.add("get_instruments")


def pause_asked_for(made: World) -> None:
    made.venue.raising["get_account"] = RateLimitError("too many requests", 30.0)


def account_closed(made: World) -> None:
    made.venue.raising["get_account"] = AccessRefused("the key is not valid")


def no_prices(made: World) -> None:
    made.venue.failing.add("get_quotes")


def no_price_of_one(made: World) -> None:
    del made.venue.quotes["SOL"]


def pair_not_there(made: World) -> None:
    del made.venue.pairs["SOLUSDT"], made.venue.quotes["SOL"]
    made.clock.sleep(RULES_KEPT_S)


def pair_halted(made: World) -> None:
    step = Decimal("0.001")
    made.clock.sleep(RULES_KEPT_S)
    made.venue.pairs["SOLUSDT"] = Instrument("SOLUSDT", "SOL", step, step, Decimal(5), tradable=False)


def no_signals(made: World) -> None:
    made.signals.clear()


def short_signal(made: World) -> None:
    made.signals["SOL"] = SignalView(5, 1)


def slow_orders(made: World) -> None:
    made.venue.clock, made.venue.takes_s = made.clock, 30.0
    made.signals |= {"ETH": BUY_SIGNAL, "SOL": BUY_SIGNAL}


def lack_of_funds(made: World) -> None:
    made.signals["SOL"] = BUY_SIGNAL
    made.venue.raising["place_order"] = InsufficientFundsError("balance is insufficient")


def order_without_answer(made: World) -> None:
    made.venue.scripts = ["lost"]
    made.signals["SOL"] = BUY_SIGNAL


SCENES: list[tuple[Callable[[World], None], str, str]] = [
    (no_account, "SOL", "the account did not answer: nothing is decided without balances"),
    (pause_asked_for, "SOL", "the venue asked for a pause until"),
    (no_prices, "SOL", "no price in this step"),
    (no_price_of_one, "SOL", "no price in this step"),
    (pair_not_there, "SOL", "the venue does not list the pair or does not trade it now"),
    (pair_halted, "SOL", "the venue does not list the pair or does not trade it now"),
    (no_signals, "SOL", "no fresh signal"),
    (short_signal, "SOL", "a timeframe says short"),
    (slow_orders, "SOL", "the step had to wait, so its prices are old: the rest waits for the next step"),
    (lack_of_funds, "SOL", "balance is insufficient"),
    (order_without_answer, "SOL", "an order was sent and no answer came"),
]


def step(made: World, session: Session) -> StepReport:
    made.clock.sleep(60.0)
    return session.step(made.rules)


@pytest.mark.parametrize("spoil, coin, told", SCENES, ids=[scene[0].__name__ for scene in SCENES])
def test_whatever_keeps_a_coin_from_being_traded_every_coin_has_its_reason(
    spoil: Callable[[World], None], coin: str, told: str
) -> None:
    made = world()
    session = bought(made)
    spoil(made)
    report = step(made, session)
    assert set(report.verdicts) == set(COINS)
    assert all(report.verdicts.values())
    assert told in words_for(report.verdicts[coin])
    for one in COINS:
        gates = session.why(one)
        assert gates
        assert all(gate.text for gate in gates)


def test_a_venue_that_never_told_its_rules_is_the_reason_of_every_coin() -> None:
    made = world()
    no_pairs(made)
    made.venue.price("BTC", 100.0)
    assert step(made, made.session()).verdicts == dict.fromkeys(COINS, "no_pairs")


def test_a_closed_account_is_the_reason_of_every_coin(expected_errors: list[str]) -> None:
    made = world()
    session = bought(made)
    account_closed(made)
    report = step(made, session)
    assert {words_for(one) for one in report.verdicts.values()} == {report.skipped}
    assert "everything is paused" in str(report.skipped)
    assert len(expected_errors) == 1


def test_a_coin_that_is_paused_or_cools_down_says_so() -> None:
    made = world()
    session = bought(made)
    lack_of_funds(made)
    step(made, session)
    session.pause("ETH", "news")
    made.signals["ETH"] = BUY_SIGNAL
    report = step(made, session)
    assert (report.verdicts["SOL"], report.verdicts["ETH"]) == ("cooling_down", "news")


def test_a_coin_that_is_held_and_no_longer_listed_has_a_reason() -> None:
    made = world()
    session = bought(made)
    made.rules = TradingRules(("ETH",))
    report = step(made, session)
    assert report.verdicts["BTC"] == "dca_not_reached"
    no_account(made)
    assert step(made, session).verdicts["BTC"] == "no_account"


def test_what_is_too_little_to_be_sold_is_named_when_nobody_lists_it() -> None:
    made = world()
    session = bought(made)
    made.venue.pairs["BTCUSDT"] = pair("BTC", step="10")
    made.rules = TradingRules(("ETH",))
    made.clock.sleep(RULES_KEPT_S)
    assert step(made, session).verdicts["BTC"] == LEFT_OVER


def test_the_original_names_what_it_did_not_come_to() -> None:
    made = world()
    session = made.session("original")
    no_pairs(made)
    made.venue.price("BTC", 100.0)
    report = step(made, session)
    assert set(report.verdicts) == set(COINS)
    assert report.verdicts["SOL"] in (NOT_REACHED, "no_signal")


def test_a_step_that_is_not_made_is_one_record_for_all_coins_and_so_is_the_next_that_is() -> None:
    made = world()
    session = bought(made)
    step(made, session)
    no_account(made)
    first, again = step(made, session), step(made, session)
    assert [(one.coin, one.verdict) for one in first.records] == [(EVERY_COIN, "no_account")]
    assert first.records[0].gates[0].text == words_for("no_account")
    assert again.records == ()
    made.venue.failing.clear()
    assert [(one.coin, one.verdict) for one in step(made, session).records] == [(EVERY_COIN, STEPS_GO_ON)]
    assert step(made, session).records == ()


def test_a_venue_that_answers_again_has_one_reason_less() -> None:
    made = world()
    session = bought(made)
    made.venue.raising["get_quotes"] = RetryLater("no route")
    assert step(made, session).verdicts["ETH"] == "no_price"
    made.venue.raising.clear()
    assert step(made, session).verdicts["ETH"] == "no_signal"
