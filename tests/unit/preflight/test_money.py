"""What an account can pay, checked by hand and against the settings screen's own reckoning."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists

from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import RetryLater
from powertrader.core.preflight import Check, CheckState, Means
from powertrader.hub.settings_money import ladder
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.rules import TradingRules
from powertrader.preflight.facts import Facts, HomeFacts, LedgerFacts, MarketFacts
from powertrader.preflight.money import further_buys, means_of, money_checks
from tests.unit.snapshots import NOW, snapshot

STEP = Decimal("0.001")
PAIRS = {
    f"{coin}USDT": Instrument(f"{coin}USDT", coin, STEP, STEP, min_notional=Decimal(5))
    for coin in ("BTC", "ETH")
}
QUOTES = {"BTC": Quote(99.0, 100.0), "ETH": Quote(9.9, 10.0)}


def facts(
    free: float, *, pct: float = 1.0, held: float = 0.0, levels: tuple[float, ...] = (-10.0, -20.0)
) -> Facts:
    """An account with so much free and so many BTC of the bot's own."""
    config = TradingConfig.model_validate(
        {
            "trading": {"coins": ("BTC", "ETH")},
            "entry": {"start_allocation_pct": pct},
            "dca": {"levels": levels, "multiplier": 2.0},
        }
    )
    ledger = LedgerFacts("paper-default", 1, held={"BTC": Decimal(str(held))} if held else {})
    home = HomeFacts(snapshot(), {}, ledger, rival=False)
    account = Account((Balance("USDT", Decimal(str(free))),))
    return Facts(config, NOW, None, account, MarketFacts(PAIRS, QUOTES, frozenset(QUOTES)), home)


def means(found: Facts) -> Means:
    made = means_of(found)
    assert made is not None
    return made


def judged(found: Facts) -> dict[str, Check]:
    return {one.name: one for one in money_checks(found, means_of(found))}


def test_the_further_buys_are_as_reckoned_by_hand() -> None:
    # 100 at 1.00 each; at 0.90 (-10 %) twice the value of 90 is bought, 200 more for 180; the basis is then
    # 280 / 300, and 20 % below that the 300 are worth 224, of which twice is bought
    rules = TradingRules(("BTC",), dca_levels=(-10.0, -20.0), dca_multiplier=2.0)
    assert further_buys(rules, 100.0) == pytest.approx((180.0, 448.0))


@given(lists(floats(-60.0, 0.0), min_size=1, max_size=7), floats(0.0, 3.0), floats(0.5, 1e5))
def test_the_settings_screen_reckons_the_same(levels: list[float], multiplier: float, entry: float) -> None:
    rules = TradingRules(("BTC",), dca_levels=tuple(levels), dca_multiplier=multiplier)
    assert further_buys(rules, entry) == pytest.approx(
        [rung.spent for rung in ladder(entry, levels, multiplier)], rel=1e-9
    )


def test_what_the_bot_holds_counts_for_the_size_but_cannot_be_spent() -> None:
    found = means(facts(1_000.0, held=10.0))
    assert (found.free, found.value) == (1_000.0, 1_990.0)
    assert found.entry == pytest.approx(19.9)


def test_stages_are_counted_for_one_coin_and_for_all_together() -> None:
    # an entry of 10 needs 10, 28 and 72.8 in all, with two coins half of what is free for each
    whole = means(facts(1_000.0))
    assert whole.entry == pytest.approx(10.0)
    assert whole.whole == pytest.approx(72.8)
    assert (whole.paid_one, whole.paid_all) == (2, 2)
    # an entry of 10 % has 100, 280 and 728 to pay
    found = means(facts(1_000.0, pct=10.0))
    assert (found.paid_one, found.paid_all) == (2, 1)
    found = means(facts(1_000.0, pct=50.0))
    assert (found.paid_one, found.paid_all) == (0, 0)
    check = judged(facts(1_000.0, pct=50.0))["stages"]
    assert check.state is CheckState.WARNING
    assert "1,000.00 USDT pay 0 of 2 further buys of one coin, which would take 3,640.00" in check.found


@given(floats(10.0, 1e6), floats(0.01, 50.0))
def test_more_money_never_pays_for_less(free: float, pct: float) -> None:
    found = [means(facts(amount, pct=pct)) for amount in (free, free * 2)]
    for less, more in pairwise(found):
        # the entry grows with the account: one stage may be lost to rounding
        assert less.paid_one <= more.paid_one + 1
        assert less.paid_all <= less.paid_one


def test_a_size_below_the_least_names_a_size_that_is_enough() -> None:
    small = facts(1_000.0, pct=0.05)
    check = judged(small)["sizes"]
    assert check.state is CheckState.FAILED
    assert "A first buy of 0.50 USDT is too small for 2 of 2 coins, which need up to 5.00" in check.found
    enough = float(check.fix.partition("at least ")[2].partition(" ")[0])
    assert judged(facts(1_000.0, pct=enough))["sizes"].state is CheckState.OK
    assert enough < 1.0


def test_an_account_that_is_too_small_for_the_venue_is_told_so() -> None:
    check = judged(facts(4.0, pct=100.0))["sizes"]
    assert check.fix == "The account of 4.00 USDT is too small for these coins."


def test_an_empty_account_that_holds_coins_goes_on_selling() -> None:
    assert judged(facts(0.1, held=1.0))["funds"].state is CheckState.WARNING
    assert judged(facts(0.1))["funds"].state is CheckState.FAILED


def test_without_prices_money_is_not_judged() -> None:
    whole = facts(1_000.0)
    unknown = MarketFacts(PAIRS, RetryLater("no answer"), frozenset())
    found = Facts(whole.config, NOW, None, whole.account, unknown, whole.home)
    assert means_of(found) is None
    assert {one.state for one in money_checks(found, None)} == {CheckState.SKIPPED}
