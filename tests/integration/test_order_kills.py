"""A trader killed anywhere on the path of its orders loses no fill and sends no order twice.

Real processes, the real python-binance over HTTP, a real ledger, SIGKILL. PT_SOAK_ROUNDS raises the
number of rounds at each point; scripts/soak.py sets it.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import pytest

from powertrader.models.book import book_of
from powertrader.models.journal import OrderFilled, OrderIntended
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration.order_audit import Audit, differences
from tests.integration.order_killer import POINTS
from tests.integration.order_life import (
    Life,
    OrderKiller,
    Strike,
    faults_of,
    new_life,
    order_killer,
)

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "2"))
SECONDS_A_ROUND: Final = 15
COINS: Final = ("BTC", "ETH", "XRP")
STEPS: Final = 40
TRIES: Final = 6
"""Runs in which a point has to be met; not every run of some steps needs to follow an order up."""
ORDER_WINDOW_S: Final = 10
"""For so long the venue counts orders."""
VENUE_FAILED: Final = 4
"""Exit code of a run whose last step, or start, got no answer."""
KILLED: Final = -9

ORDER: Final = "POST /api/v3/order"
LOOK: Final = "GET /api/v3/order"
UNANSWERED: Final[tuple[Mapping[str, object], ...]] = (
    {"on": ORDER, "then": "lose_reply"},
    {"on": ORDER, "then": {"delay_s": 0.4}},
    {"on": ORDER, "then": {"truncate": 90}},
    {"on": ORDER, "then": {"status": 503}, "accepted": True},
    {"on": ORDER, "then": {"error": -1007}, "accepted": True},
    {"on": ORDER, "then": {"non_json": 200}, "accepted": True},
    {"on": ORDER, "then": {"status": 500}},
    {"on": ORDER, "then": {"error": -1006}},
    {"on": ORDER, "then": "refuse"},
)
"""Replies that leave an order unknown: it was taken in the first six cases, and in the others not."""
TROUBLE: Final[tuple[Mapping[str, object], ...]] = (
    *UNANSWERED,
    {"on": ORDER, "then": {"error": -1021}},
    {"on": ORDER, "then": {"error": -1015}},
    {"on": ORDER, "then": {"error": -2010}},
    {"on": ORDER, "then": {"status": 429}, "retry_after_s": 1},
    {"on": ORDER, "then": {"partial_then_expired": 0.4}},
    {"on": ORDER, "then": {"partial_then_expired": 0}},
    {"on": ORDER, "symbol": "ETHUSDT", "then": {"dust": 0.00001}},
    {"on": LOOK, "then": "lose_reply"},
    {"on": LOOK, "then": {"delay_s": 0.4}},
    {"on": LOOK, "then": {"status": 502}},
    {"on": LOOK, "then": {"error": -2013}},
    {"on": LOOK, "then": {"error": -1021}},
    {"on": "GET /api/v3/myTrades", "then": {"truncate": 40}},
    {"on": "GET /api/v3/account", "then": {"status": 503}},
    {"on": "GET /api/v3/account", "then": {"error": -1021}},
    {"on": "GET /api/v3/ticker/bookTicker", "then": "lose_reply"},
)
FOLLOW_UPS: Final = frozenset({"before an order is followed up", "after an order is followed up"})

pytestmark = [
    pytest.mark.load,
    pytest.mark.money,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed by signals"),
]


@pytest.fixture(scope="module")
def killer() -> Iterator[OrderKiller]:
    with order_killer() as program:
        yield program


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    state = tmp_path_factory.mktemp("exchange")
    with exchange_server(state, coins=",".join(COINS), speed=36_000) as exchange:
        yield exchange


@pytest.fixture
def life(
    server: ExchangeServer, killer: OrderKiller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Life]:
    home = (
        tmp_path_factory.mktemp("life", numbered=True)
        / f"account-{len(server.admin.ask('GET', 'accounts')['accounts'])}"
    )
    server.admin.clear_faults()
    server.admin.clear_counters()
    yield new_life(home, server, killer, COINS)
    server.admin.clear_faults()


@dataclass
class Campaign:
    """Rounds of trouble at one point, and what they came to."""

    life: Life
    point: str
    chance: random.Random
    figures: Counter[str] = field(default_factory=Counter)

    def round(self) -> None:
        """Kill the trader at the point under random trouble, let it recover, and look at everything."""
        admin = self.life.server.admin
        admin.clear_counters()
        self._let_the_user_act()
        rules = [self._add_trouble() for _ in range(self.chance.choice((0, 1, 1, 2)))]
        self._kill()
        if self.chance.random() < 0.3:
            self.figures["kills"] += self.life.run(STEPS, self._anywhere()) == KILLED
        if rules:
            assert self.life.run(3) in {0, VENUE_FAILED}, self.life.told()
        self._end_trouble()
        self.life.recover()
        wrong = faults_of(self.life)
        assert not wrong, (self.point, rules, wrong, self.life.told())

    def _kill(self) -> None:
        for _ in range(TRIES):
            if self.point in FOLLOW_UPS:
                self.life.server.admin.add_fault(**self.chance.choice(UNANSWERED), nth=1)
            nth = 1 if self.point in FOLLOW_UPS else self.chance.choice((1, 1, 2, 3))
            code = self.life.run(STEPS, Strike(self.point, nth))
            if code == KILLED:
                self.figures["kills"] += 1
                return
            assert code in {0, VENUE_FAILED}, (code, self.life.told())
            if "Too many new orders" in self.life.told():
                time.sleep(ORDER_WINDOW_S)
            # no money left, and a price that is no reason to sell: both pass
            self.life.deposit("USDT", "3000")
            self.life.server.admin.advance(86_400)
        pytest.fail(f"{self.point}: not met in {TRIES} runs\n{self.life.told()}")

    def _anywhere(self) -> Strike:
        return Strike(self.chance.choice(tuple(POINTS)), 1)

    def _add_trouble(self) -> Mapping[str, object]:
        rule = {**self.chance.choice(TROUBLE), "nth": self.chance.choice((1, 1, 2, 3))}
        self.life.server.admin.add_fault(**rule)
        return rule

    def _end_trouble(self) -> None:
        """Take the rules out of force; what they left as dust is the user's."""
        admin = self.life.server.admin
        for rule in admin.faults():
            self.figures["faults"] += rule["struck"]
            if rule["fault"] == "dust":
                coin = rule["symbol"].removesuffix("USDT")
                left = Decimal(str(rule["value"])) * rule["struck"]
                self.life.own[coin] = self.life.own.get(coin, Decimal(0)) + left
        admin.clear_faults()

    def _let_the_user_act(self) -> None:
        """Move money and coins as a user does, and change how fees are taken."""
        admin, account = self.life.server.admin, self.life.account
        chosen = self.chance.randrange(6)
        if chosen == 0:
            self.life.deposit("USDT", "123.456789")
        elif chosen == 1 and admin.balances(account)["USDT"][0] > 100:
            self.life.withdraw("USDT", "17.5")
        elif chosen == 2:
            self.life.deposit(self.chance.choice(COINS), "0.00012345")
        elif chosen == 3:
            self.life.deposit("BNB", "0.5")
            admin.ask("POST", f"accounts/{account}/fees", {"fee_asset": "bnb"})
        elif chosen == 4:
            fee_asset = self.chance.choice(("received", "quote"))
            admin.ask("POST", f"accounts/{account}/fees", {"fee_asset": fee_asset})
        else:
            symbol = f"{self.chance.choice(COINS)}USDT"
            admin.ask("POST", f"symbols/{symbol}", {"slow_orders": 3, "slow_next_s": 5_000})


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.timeout(60 + ROUNDS * SECONDS_A_ROUND)
def test_a_killed_trader_loses_no_fill_and_sends_no_order_twice(
    point: str, life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = Campaign(life, point, random.Random(f"{point}/{ROUNDS}"))
    for _ in range(ROUNDS):
        campaign.round()
    life.verify()
    admin = life.server.admin
    campaign.figures.update(orders=len(admin.orders(life.account)), trades=len(admin.trades(life.account)))
    assert campaign.figures["kills"] >= ROUNDS
    assert campaign.figures["orders"]
    if ROUNDS > 10:
        with capsys.disabled():
            sys.stdout.write(
                f"\n{point}: {ROUNDS} rounds, {dict(campaign.figures)}, {len(life.events())} events\n"
            )


@pytest.fixture(scope="module")
def quiet_life(server: ExchangeServer, killer: OrderKiller, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """A life in which nothing went wrong."""
    life = new_life(tmp_path_factory.mktemp("quiet") / "account-quiet", server, killer, COINS)
    life.recover()
    assert faults_of(life) == []
    return life


def audit_of(life: Life) -> Audit:
    admin = life.server.admin
    return Audit(life.events(), admin.orders(life.account), admin.trades(life.account))


def test_the_audit_finds_an_order_that_was_sent_twice(quiet_life: Life) -> None:
    audit = audit_of(quiet_life)
    first = audit.orders[0]
    again = replace(audit, orders=[*audit.orders, {**first, "orderId": 10**9}])
    assert again.duplicates() == [f"{first['clientOrderId']} is 2 times at the exchange"]
    stray = replace(audit, orders=[*audit.orders, {**first, "clientOrderId": "somebody"}])
    assert stray.duplicates() == ["somebody has no intent"]


def test_the_audit_finds_a_decision_that_was_made_again_before_its_order_was_over(quiet_life: Life) -> None:
    audit = audit_of(quiet_life)
    intended = next(event for event in audit.events if isinstance(event, OrderIntended))
    other = replace(intended, intent=replace(intended.intent, client_order_id="pt-again"))
    place = list(audit.events).index(intended) + 1
    events = [*audit.events[:place], other, *audit.events[place:]]
    coin = intended.intent.coin
    assert (
        f"pt-again was decided before the end of the last order of {coin}"
        in replace(audit, events=events).duplicates()
    )


def test_the_audit_finds_a_fill_that_is_missing_or_there_twice_and_a_fee_that_is_not_booked(
    quiet_life: Life,
) -> None:
    audit = audit_of(quiet_life)
    fill = next(event for event in audit.events if isinstance(event, OrderFilled))
    name = fill.client_order_id
    others = [event for event in audit.events if event is not fill]
    for events in (others, [*audit.events, fill], [*others, replace(fill, fee=Decimal(0))]):
        found = replace(audit, events=events).lost_fills()
        assert found
        assert all(name in text for text in found)


def test_the_audit_finds_the_smallest_difference_between_book_and_account(quiet_life: Life) -> None:
    balances = quiet_life.server.admin.balances(quiet_life.account)
    book = book_of(quiet_life.events())
    assert differences(book, balances, quiet_life.own) == []
    assert len(differences(book, balances, {"USDT": Decimal("9999.99999999")})) == 1
    for asset, (free, locked) in balances.items():
        wrong = {**balances, asset: (free, locked + Decimal("0.00000001"))}
        assert len(differences(book, wrong, quiet_life.own)) == 1
