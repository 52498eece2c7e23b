"""The trader, its ledger on the disk and a venue, in any order of accidents: no money is lost or invented."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from powertrader.core.clock import ManualClock
from powertrader.core.config_sections import TraderSection
from powertrader.core.exceptions import ExchangeError
from powertrader.core.storage import FileStore
from powertrader.core.trading_client import TradingClient
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_wire_rules import rules_of
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.exchanges.paper_file import PaperFile
from powertrader.models.costs import CostModel
from powertrader.models.journal import JournalEvent
from powertrader.models.money import ZERO, fixed_text, floor_to_step
from powertrader.models.order import Side
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.persistence.ledger_file import LedgerFile
from powertrader.simexchange.accounts import BNB, FeeAsset
from powertrader.simexchange.order_requests import request_of
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.sim_market import VenueTerms
from powertrader.simexchange.state import VenueState
from powertrader.simexchange.symbol_rules import document
from powertrader.simexchange.venue import Venue
from powertrader.trader.balances import held_of
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.session import Session, StepReport
from tests.property.money_laws import (
    OUR_PREFIX,
    MortalLedger,
    WitnessedClient,
    check_book,
    check_conserved,
    check_equity,
    check_orders,
    check_profit,
)
from tests.property.venue_line import (
    ACCOUNT,
    GHOST,
    HALF_SPREAD,
    ORDER_TROUBLES,
    PRICES,
    QUOTE_ASSET,
    READS,
    MovingMarket,
    Trouble,
    VenueLine,
)
from tests.unit.trader.venue import START, Fuse, Stopped

pytestmark = [pytest.mark.property, pytest.mark.money]

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "15"))
STEPS: Final = 50
RULES: Final = TradingRules(
    tuple(PRICES), start_allocation_pct=15.0, pm_start_pct_no_dca=2.0, pm_start_pct_with_dca=1.0
)
LIVE: Final = replace(Patience.of(TraderSection(), real=True), fee_looks=100)
"""As at a real venue, but no fee is given up: the accidents may hold one back for longer than usual."""
COSTS: Final = CostModel()
OPENING: Final = Decimal(10_000)
ENTRIES_IN_A_SEGMENT: Final = 60
CALM_STEPS: Final = 5
LONGEST_PAUSE_S: Final = 400.0

COIN: Final = st.sampled_from(tuple(PRICES))
ONE_OR_ALL: Final = st.sampled_from((*PRICES, None))
MOVE_PCT: Final = st.one_of(st.floats(-9.0, 9.0), st.sampled_from((-3.0, 3.0, -0.7)))
SHARE: Final = st.sampled_from(tuple(map(Decimal, ("0.01", "0.3", "0.5", "0.99", "1"))))
LEVEL: Final = st.sampled_from((0, 3, 5, 7))
PAUSE_S: Final = st.sampled_from((1.0, 6.0, 61.0, 7_200.0))


class TraderMachine(RuleBasedStateMachine):
    """A trader whose process may end at any moment; what trades, and what else happens, is added below."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.store = FileStore()
        self.clock = ManualClock(START)
        self.market = MovingMarket(self.clock)
        self.signals = {coin: SignalView(7, 0) for coin in PRICES}
        self.fuse = Fuse()
        self.sent: list[str] = []
        self.events: list[JournalEvent] = []
        self.just_looked = False
        self.begin()

    def begin(self) -> None:
        """Start the program on what the disk has."""
        self.fuse.length = None
        ledger = LedgerFile(Path(self.home.name) / "ledger", self.store, ENTRIES_IN_A_SEGMENT)
        ledger.recover()
        stored = list(ledger.events())
        assert stored == self.events, "what was stored is not what the disk has"
        self.ledger = MortalLedger(ledger, self.fuse, self.events)
        client = WitnessedClient(self.client(), ledger, self.fuse, ledger.book(), self.sent)
        ports = Ports(client, self.market, self.signals.get, self.ledger, self.clock)
        self.session = Session(ports, patience=self.patience())
        client.book = self.session.book
        check_book(stored, self.session.book)
        self.just_looked = False

    def client(self) -> TradingClient:
        """Give the account as a new program finds it."""
        raise NotImplementedError

    def patience(self) -> Patience:
        """Give how long orders are waited for."""
        raise NotImplementedError

    def attempt(self, action: Callable[[], object]) -> object:
        """Let the program do something; when it dies of it, another one starts."""
        self.just_looked = False
        try:
            with suppress(ExchangeError):
                return action()
        except Stopped:
            self.begin()
        return None

    def step(self) -> None:
        report = self.attempt(lambda: self.session.step(RULES))
        self.just_looked = isinstance(report, StepReport) and report.view is not None
        check_book(self.events, self.session.book)
        check_profit(self.events, self.session.book)
        if self.just_looked:
            for coin in (*PRICES, None):
                if coin in self.session.book.freezes:
                    assert all(gate.text for gate in self.session.why(coin or "BTC"))

    def sell(self, coin: CoinSymbol) -> None:
        self.attempt(lambda: self.session.sell(coin, RULES))

    @property
    def is_quiet(self) -> bool:
        """Tell whether the ledger must agree with the account: just compared, and nothing is in flight."""
        book = self.session.book
        return self.just_looked and not book.open_orders and not book.freezes

    @rule(coin=COIN, percent=MOVE_PCT)
    def a_price_moves(self, coin: CoinSymbol, percent: float) -> None:
        self.just_looked = False
        self.market.move(coin, percent)
        self.step()

    @rule(percents=st.tuples(MOVE_PCT, MOVE_PCT, MOVE_PCT))
    def the_market_moves(self, percents: tuple[float, float, float]) -> None:
        self.just_looked = False
        for coin, percent in zip(PRICES, percents, strict=True):
            self.market.move(coin, percent)
        self.step()

    @rule(coin=COIN, long=LEVEL)
    def a_signal_changes(self, coin: CoinSymbol, long: int) -> None:
        self.signals[coin] = SignalView(long, 0)
        self.step()

    @rule(seconds=PAUSE_S)
    def time_passes(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        self.step()

    @rule(coins=st.sampled_from((1_000.0, 20.0, 0.5)))
    def the_market_gets_thinner_or_busier(self, coins: float) -> None:
        self.market.coins_traded = coins

    @rule()
    def the_program_is_restarted(self) -> None:
        self.begin()

    @rule(length=st.integers(1, 16), coin=COIN, percent=MOVE_PCT)
    def the_program_dies_in_a_step(self, length: int, coin: CoinSymbol, percent: float) -> None:
        self.market.move(coin, percent)
        self.fuse.length = self.fuse.burnt + length
        self.step()
        self.fuse.length = None

    @rule(coin=ONE_OR_ALL, pauses=st.booleans())
    def the_user_pauses_or_resumes(self, coin: CoinSymbol | None, pauses: bool) -> None:
        act = self.session.pause if pauses else self.session.resume
        self.attempt(lambda: act(coin))
        self.step()

    @rule(coin=COIN, adopts=st.booleans())
    def the_user_adopts_or_sells(self, coin: CoinSymbol, adopts: bool) -> None:
        if adopts:
            self.attempt(lambda: self.session.adopt(coin))
        else:
            self.sell(coin)
        self.step()

    def calm(self) -> None:
        """Let the trader finish what is open, with a venue that answers and a user who does as he is told."""
        self.fuse.length = None
        self.attempt(lambda: self.session.resume(None))
        self.let_steps_pass()
        for coin in (*self.session.book.freezes,):
            assert coin is not None
            assert f"powertrader adopt {coin}" in self.session.book.freezes[coin].reason
            self.attempt(partial(self.session.adopt, coin))
        self.let_steps_pass()
        assert self.just_looked, "a step that is never made"
        assert not self.session.book.open_orders, "an order that never ends"
        assert not self.session.book.freezes, "a coin that stays frozen"
        self.begin()

    def let_steps_pass(self) -> None:
        """Make steps for longer than any pause lasts."""
        for _ in range(CALM_STEPS):
            self.clock.sleep(LONGEST_PAUSE_S)
            self.step()

    def teardown(self) -> None:
        try:
            self.calm()
        finally:
            self.home.cleanup()


class VenueMachine(TraderMachine):
    """The trader at the local exchange, with a line that has trouble and a user who trades beside it."""

    def __init__(self) -> None:
        self.trouble = Trouble()
        self.venue: Venue | None = None
        self.touched: set[CoinSymbol] = set()
        self.doubted: set[CoinSymbol] = set()
        super().__init__()

    def client(self) -> TradingClient:
        if self.venue is None:
            self.venue = Venue(self.market, self.clock, VenueTerms(COSTS), VenueState())
            self.venue.deposit(ACCOUNT, QUOTE_ASSET, OPENING)
        self.doubted = set(PRICES)
        line = VenueLine(self.venue, self.market.symbols(), self.clock, self.trouble)
        return BinanceTradingClient(line, QUOTE_ASSET)

    def patience(self) -> Patience:
        return LIVE

    def sell(self, coin: CoinSymbol) -> None:
        super().sell(coin)
        # It compared the account as well, before anybody could look.
        self.doubted.clear()

    @property
    def there(self) -> Venue:
        """The venue, once there is one."""
        assert self.venue is not None
        return self.venue

    @rule(trouble=st.sampled_from(ORDER_TROUBLES), coin=COIN, sells=st.booleans())
    def an_order_meets_trouble(self, trouble: str, coin: CoinSymbol, sells: bool) -> None:
        self.trouble.orders = [trouble]
        if sells:
            self.sell(coin)
        else:
            self.signals[coin] = SignalView(7, 0)
            self.market.move(coin, -3.0)
        self.step()

    @rule(method=st.sampled_from(READS), times=st.integers(1, 3))
    def questions_get_no_answer(self, method: str, times: int) -> None:
        if method == "quotes":
            self.market.silent = times
        self.trouble.silent[method] = times
        self.step()

    @rule(times=st.integers(1, 2))
    def fees_are_told_late(self, times: int) -> None:
        self.trouble.bare = times

    @rule(fee_asset=st.sampled_from(FeeAsset))
    def fees_come_from_another_asset(self, fee_asset: FeeAsset) -> None:
        self.there.set_fee_asset(ACCOUNT, fee_asset)

    @rule(amount=st.sampled_from(("0.00000001", "17.5", "4000")))
    @precondition(lambda self: not self.has_ghost)
    def the_user_deposits(self, amount: str) -> None:
        self.beside(lambda: self.there.deposit(ACCOUNT, QUOTE_ASSET, Decimal(amount)))

    @rule(share=SHARE)
    @precondition(lambda self: not self.has_ghost)
    def the_user_withdraws(self, share: Decimal) -> None:
        amount = floor_to_step(self.free(QUOTE_ASSET) * share, Decimal("1e-8"))
        if amount:
            self.beside(lambda: self.there.withdraw(ACCOUNT, QUOTE_ASSET, amount))

    @rule(coin=COIN, amount=st.sampled_from(("0.00000001", "0.7", "30")))
    @precondition(lambda self: not self.has_ghost)
    def the_user_brings_coins(self, coin: CoinSymbol, amount: str) -> None:
        self.beside(lambda: self.there.deposit(ACCOUNT, coin, Decimal(amount)))

    @rule(coin=COIN, share=SHARE)
    @precondition(lambda self: not self.has_ghost)
    def the_user_takes_coins(self, coin: CoinSymbol, share: Decimal) -> None:
        amount = floor_to_step(self.free(coin) * share, Decimal("1e-8"))
        if amount:
            self.touched.add(coin)
            self.beside(lambda: self.there.withdraw(ACCOUNT, coin, amount))

    @rule(coin=COIN, side=st.sampled_from(("BUY", "SELL")), share=SHARE)
    @precondition(lambda self: not self.has_ghost)
    def the_user_trades(self, coin: CoinSymbol, side: str, share: Decimal) -> None:
        self.user_order(coin, side, share, {"type": "MARKET"})

    @rule(coin=COIN, side=st.sampled_from(("BUY", "SELL")), share=SHARE, away_pct=st.floats(1.0, 8.0))
    @precondition(lambda self: not self.has_ghost)
    def the_user_leaves_an_order(self, coin: CoinSymbol, side: str, share: Decimal, away_pct: float) -> None:
        factor = 1 - away_pct / 100 if side == "BUY" else 1 + away_pct / 100
        price = floor_to_step(
            Decimal(repr(self.market.prices[coin] * factor)),
            self.market.symbols()[coin + QUOTE_ASSET].price.step,
        )
        self.user_order(
            coin, side, share, {"type": "LIMIT", "timeInForce": "GTC", "price": fixed_text(price)}
        )

    def step(self) -> None:
        open_before = self.open_coins()
        super().step()
        check_conserved(self.there)
        check_orders(self.there, self.events, self.session.book)
        if self.just_looked:
            open_now = self.open_coins()
            compared = self.doubted - (open_before & open_now)
            self.check_coins(compared - open_now)
            self.doubted -= compared
            self.touched -= compared - open_now - self.session.book.freezes.keys() - self.at_stake()
        if self.is_quiet:
            assert self.session.book.cash.get(QUOTE_ASSET, ZERO) == self.held(QUOTE_ASSET)
            self.check_coins(PRICES.keys() - self.touched)

    def calm(self) -> None:
        self.trouble.silent.clear()
        self.trouble.denied.clear()
        self.trouble.orders.clear()
        self.trouble.bare = self.market.silent = 0
        super().calm()

    @property
    def has_ghost(self) -> bool:
        """Tell whether the venue denies an order, so that only the account shows its effect."""
        return bool(self.trouble.denied) or GHOST in self.trouble.orders

    def check_coins(self, coins: AbstractSet[CoinSymbol]) -> None:
        """Check that the account holds what the bot owns but for dust and fees, or is frozen."""
        book = self.session.book
        for coin in coins - book.freezes.keys():
            fees = -min(book.cash.get(coin, ZERO), ZERO)
            missing = book.position(coin).quantity - self.held(coin) - fees
            assert missing < self.market.symbols()[coin + QUOTE_ASSET].step, f"{missing} {coin} are missing"

    def held(self, asset: str) -> Decimal:
        """Give all that the account holds of an asset."""
        return held_of({one.asset: one for one in self.there.balances(ACCOUNT)}, asset)

    def free(self, asset: str) -> Decimal:
        """Give what the account can use of an asset."""
        return sum((one.free for one in self.there.balances(ACCOUNT) if one.asset == asset), ZERO)

    def open_coins(self) -> frozenset[CoinSymbol]:
        """Give the coins whose orders the ledger does not know the end of."""
        return frozenset([order.intent.coin for order in self.session.book.open_orders.values()])

    def at_stake(self) -> set[CoinSymbol]:
        """Give the coins that orders of the user may take."""
        orders = [
            one for one in self.there.open_orders(ACCOUNT) if not one.client_order_id.startswith(OUR_PREFIX)
        ]
        sold = {one.symbol.removesuffix(QUOTE_ASSET) for one in orders if one.side is Side.SELL}
        return sold | {BNB} if orders else sold

    def beside(self, action: Callable[[], object]) -> None:
        """Let the user do something that the trader is not told of."""
        self.just_looked = False
        with suppress(ApiError):
            action()

    def user_order(self, coin: CoinSymbol, side: str, share: Decimal, terms: Mapping[str, str]) -> None:
        """Let the user spend a share of what is free, or sell a share of the coin."""
        step = self.market.symbols()[coin + QUOTE_ASSET].step
        price = Decimal(terms.get("price") or repr(self.market.prices[coin] * (1 + 2 * HALF_SPREAD)))
        most = self.free(QUOTE_ASSET) / price if side == "BUY" else self.free(coin)
        quantity = floor_to_step(most * share, step)
        if not quantity:
            return
        self.touched |= {BNB} if side == "BUY" else {BNB, coin}
        asked = {"symbol": coin + QUOTE_ASSET, "side": side, "quantity": fixed_text(quantity), **terms}
        self.beside(lambda: self.there.place(ACCOUNT, request_of(asked)))


class PaperMachine(TraderMachine):
    """The trader on a paper account, which survives its process in a file."""

    def client(self) -> TradingClient:
        rules = rules_of({"symbols": [document(one) for one in self.market.symbols().values()]}, QUOTE_ASSET)
        terms = PaperTerms(rules.instruments, COSTS, QUOTE_ASSET, lambda _coin: self.market.coins_traded)
        file = PaperFile(Path(self.home.name) / "paper.json", self.store)
        self.account = PaperTradingClient(self.market, terms, self.clock, {QUOTE_ASSET: OPENING}, file)
        return self.account

    def patience(self) -> Patience:
        return Patience.of(TraderSection(), real=False)

    @rule(times=st.integers(1, 3))
    def there_are_no_prices(self, times: int) -> None:
        self.market.silent = times

    def step(self) -> None:
        super().step()
        balances = {one.asset: one for one in self.account.get_account().balances}
        self.check_history({asset: held_of(balances, asset) for asset in (*PRICES, QUOTE_ASSET)})
        if self.is_quiet:
            book = self.session.book
            assert book.cash.get(QUOTE_ASSET, ZERO) == held_of(balances, QUOTE_ASSET)
            for coin in PRICES:
                assert book.position(coin).quantity == held_of(balances, coin)

    def check_history(self, held: Mapping[str, Decimal]) -> None:
        """Check that the account is what its orders made of the opening balance."""
        expected = dict.fromkeys(held, ZERO) | {QUOTE_ASSET: OPENING}
        for coin in PRICES:
            for order in self.account.get_order_history(coin + QUOTE_ASSET):
                sign = 1 if order.side is Side.BUY else -1
                expected[coin] += sign * order.executed_quantity
                expected[QUOTE_ASSET] -= sign * order.quote_quantity
                for asset, fee in order.fees or ():
                    expected[asset] -= fee
        assert held == expected

    def calm(self) -> None:
        self.market.silent = 0
        super().calm()
        check_equity(self.events, self.account.get_account(), self.market.prices)


@pytest.fixture
def quiet_log(expected_errors: list[str]) -> Iterator[None]:
    """Let errors be logged that the arranged accidents deserve, without a word of them on the screen."""
    assert not expected_errors
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("quiet_log")
@pytest.mark.parametrize("machine", [VenueMachine, PaperMachine])
def test_no_money_is_lost_or_invented_in_any_order_of_accidents(machine: type[TraderMachine]) -> None:
    # An example may take a second: to shorten one that failed would take longer than a test may.
    phases = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
    rounds = settings(max_examples=ROUNDS, stateful_step_count=STEPS, deadline=None, phases=phases)
    run_state_machine_as_test(machine, settings=rounds)
