"""compat=safe: what a step sees, from one account answer and the book's own positions."""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import AccessRefused, BadData, Rejected, RetryLater, StorageError
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.decision import ActionKind, CoolDown
from powertrader.models.order import Side
from powertrader.models.position import NOTHING, Holding, Position
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader import deviations
from powertrader.trader.access import Access, WatchedVenue
from powertrader.trader.balances import BalanceCheck
from powertrader.trader.desk import Desk
from powertrader.trader.execution import ORDER_OPEN, Outcome
from powertrader.trader.pairs import PairRules
from powertrader.trader.reconcile import Reconciler
from powertrader.trader.restraint import Restraint
from powertrader.trader.safe_orders import NO_PRICE, NOT_TRADABLE, SafeOrders
from powertrader.trader.view import AccountTotals, Engines, Progress, StepView, totals_of

NO_ACCOUNT: Final = "no_account"
NO_PAIRS: Final = "no_pairs"
NOT_IN_ACCOUNT: Final = "not_in_account"
STALE: Final = "prices_stale"
PRICES_FRESH_S: Final = 5.0
"""How long, by the wall clock, a step may act on what it saw at its start; one set back tells nothing."""
log = logging.getLogger(__name__)
_CASH: Final = frozenset({"USDC", "USDT"})


class SafePractice:
    """The decisions of the original without its accidents; every other turn names its deviation."""

    def __init__(self, desk: Desk) -> None:
        """Work on this desk; nothing is asked yet."""
        self._desk = desk
        self._access = Access(desk)
        venue = WatchedVenue(desk.ports.client, desk.ports.quotes, self._access)
        desk.ports = replace(desk.ports, client=venue, quotes=venue)
        self._pairs = PairRules(venue)
        self.restraint = Restraint(desk.wall, desk.patience.cooldown_s)
        self._check = BalanceCheck(desk, self._pairs)
        self._unreadable: dict[CoinSymbol, str] = {}
        self._holdings: dict[CoinSymbol, tuple[Position, Holding]] = {}
        self.orders = SafeOrders(desk, self._pairs, self.restraint, self._check)
        self._reconciler = Reconciler(desk, self.orders.store, self._check)
        self._looked_at = desk.wall.now()

    def start(self, now: datetime) -> None:  # noqa: ARG002  only the original dates what it forgets
        """Follow up what an earlier run left open."""
        for position in self._desk.book.positions.values():
            if position.trailing_active and position.quantity:
                self._desk.deviate(deviations.TRAIL_KEPT, position.coin)
        for order in self._desk.book.open_orders.values():
            self._desk.deviate(deviations.ORDER_FOLLOWED_UP, order.intent.coin)
        with suppress(AccessRefused):
            if self._access.closed() is None:
                self._reconciler.look()

    def look(self, now: datetime, engines: Engines) -> StepView | str:
        """Give what the step sees, or why there is no step."""
        seen: StepView | str | None = self._closed()
        if seen is not None:
            return seen
        try:
            seen = self._see(now, engines)
        except AccessRefused as error:
            seen = str(error)
        return self._closed() or seen

    def _closed(self) -> str | None:
        closed = self._access.closed()
        if closed is not None:
            self._desk.deviate(deviations.VENUE_CLOSED)
        return closed

    def lift(self, coin: CoinSymbol) -> bool:
        """Let a coin that the venue refused be tried again; tell whether any refusal held it back."""
        return self.restraint.lift(coin)

    def stopped(self) -> str | None:
        """Give why the rest of a step has to wait for the next one, None when it goes on."""
        closed = self._closed()
        if closed is not None:
            return closed
        age_s = (self._desk.wall.now() - self._looked_at).total_seconds()
        if not self.orders.waited and 0 <= age_s <= PRICES_FRESH_S:
            return None
        self._desk.deviate(deviations.STALE_PRICES)
        return STALE

    def _see(self, now: datetime, engines: Engines) -> StepView | str:
        desk = self._desk
        self._looked_at = desk.wall.now()
        if desk.book.open_orders:
            self._reconciler.look()
        try:
            account = desk.ports.client.get_account()
        except AccessRefused:
            raise
        except (RetryLater, Rejected):
            desk.deviate(deviations.ACCOUNT_FAILED)
            return NO_ACCOUNT
        if not self._pairs.refresh(now):
            desk.deviate(deviations.PAIR_RULES)
            return NO_PAIRS
        self.orders.begin({balance.asset: balance for balance in account.balances})
        self._check.compare(self.orders.balances, now)
        return self._view(now, engines, account)

    def _view(self, now: datetime, engines: Engines, account: Account) -> StepView:
        desk = self._desk
        held = self._held(account)
        held_coins = frozenset([position.coin for position in held])
        listed = engines.rules.coins
        wanted = [position.coin for position in held]
        wanted += [coin for coin in listed if coin not in held_coins]
        quotes = self._quotes(wanted)
        free = float(self.orders.free(desk.quote_asset))
        priced = tuple([position for position in held if position.coin in quotes])
        return StepView(
            now=now,
            engines=engines,
            totals=self._totals(free, held, quotes),
            held=priced,
            held_coins=held_coins,
            listed=listed,
            quotes=quotes,
            signals=self._signals(wanted),
            frozen=self._frozen(held, wanted, quotes),
            halted={**desk.book.halts, **self.restraint.unbuyable},
            resting_stages={},
            funds=free,
            cooling=self._cooling(),
            too_small=self._too_small(priced, quotes),
        )

    def _cooling(self) -> Mapping[tuple[CoinSymbol, Side], CoolDown]:
        cooling = self.restraint.cooling()
        for coin, _ in cooling:
            self._desk.deviate(deviations.COOL_DOWN, coin)
        return cooling

    def _too_small(
        self, held: Iterable[Holding], quotes: Mapping[CoinSymbol, Quote]
    ) -> Mapping[CoinSymbol, float]:
        """Name the positions that the venue would not let be sold at this bid."""
        pairs, suffix = self._pairs, self._desk.quote_asset
        return {
            position.coin: smallest
            for position in held
            if position.quantity * quotes[position.coin].bid
            < (smallest := pairs.smallest_order(position.coin + suffix))
        }

    def _signals(self, wanted: Iterable[CoinSymbol]) -> dict[CoinSymbol, SignalView | None]:
        """Ask for every signal; one that cannot be read costs its own coin the signal, no coin its exit."""
        source = self._desk.ports.signals
        found: dict[CoinSymbol, SignalView | None] = {}
        for coin in wanted:
            try:
                found[coin] = source(coin)
            except (BadData, StorageError) as error:
                found[coin] = None
                if self._unreadable.get(coin) != str(error):
                    self._unreadable[coin] = str(error)
                    log.warning("signal cannot be read", extra={"coin": coin, "reason": str(error)})
        return found

    def after(self, progress: Progress, outcome: Outcome) -> Progress:
        """Go on after an action: what it bound is not spent twice, what it left is not bought again."""
        coin = outcome.action.coin
        progress = progress.with_funds(progress.funds + float(outcome.cash))
        if outcome.action.kind is not ActionKind.EXIT:
            return progress.with_held(progress.held | {coin})
        if outcome.done:
            balance = self.orders.balances.get(coin)
            if balance is not None and balance.free + balance.locked > outcome.executed:
                # What is left keeps the original from entering again (Q61).
                self._desk.deviate(deviations.DUST, coin)
            return progress.after_exit(sold=True).with_held(progress.held - {coin})
        if outcome.executed or coin in self._open_coins():
            # What the step saw of the position is no longer true: no DCA on old numbers.
            return progress.after_exit(sold=True)
        self._desk.deviate(deviations.CROSSING_KEPT, coin)
        return progress.after_exit(sold=False)

    def finish(self, view: StepView, *, traded: bool) -> None:
        """Nothing is left to do: the book follows the fills."""

    def _held(self, account: Account) -> list[Holding]:
        """Give the bot's own positions in the account's order; what is not in the account comes last.

        Of a position, only what the account has counts: the rest was sold or taken out by the user.
        """
        positions = self._desk.book.positions
        held = [
            self._holding(positions[balance.asset], balance.free + balance.locked)
            for balance in account.balances
            if self._is_ours(balance, positions.get(balance.asset))
        ]
        balances = self.orders.balances
        held += [
            self._holding(position, NOTHING)
            for coin, position in positions.items()
            if position.quantity and coin not in balances and not self._is_dust(coin, position.quantity)
        ]
        return held

    def _is_ours(self, balance: Balance, position: Position | None) -> bool:
        coin = balance.asset
        if position is None or not position.quantity:
            if (balance.free or balance.locked) and coin not in _CASH and coin != self._desk.quote_asset:
                self._desk.deviate(deviations.FOREIGN_COIN, coin)
            return False
        if self._is_dust(coin, position.quantity):
            self._desk.deviate(deviations.DUST, coin)
            return False
        if balance.free + balance.locked > position.quantity:
            self._desk.deviate(deviations.FOREIGN_COIN, coin)
        return True

    def _is_dust(self, coin: CoinSymbol, quantity: Decimal) -> bool:
        return self._pairs.is_dust(self._desk.symbol(coin), quantity)

    def _holding(self, position: Position, in_account: Decimal) -> Holding:
        known = self._holdings.get(position.coin)
        if known is not None and known[0] is position:
            holding = known[1]
        else:
            holding = position.holding()
            self._holdings[position.coin] = (position, holding)
        if in_account < position.quantity:
            return replace(holding, quantity=float(in_account))
        return holding

    def _quotes(self, wanted: list[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        try:
            return self._desk.ports.quotes.get_quotes(wanted)
        except (RetryLater, Rejected) as error:
            if isinstance(error, AccessRefused):
                raise
            return {}

    def _frozen(
        self, held: Iterable[Holding], wanted: Iterable[CoinSymbol], quotes: Mapping[CoinSymbol, Quote]
    ) -> dict[CoinSymbol, str]:
        desk = self._desk
        frozen: dict[CoinSymbol, str] = {}
        for position in held:
            balance = self.orders.balances.get(position.coin)
            if balance is None or self._is_dust(position.coin, balance.free + balance.locked):
                desk.deviate(deviations.NOT_IN_ACCOUNT, position.coin)
                frozen[position.coin] = NOT_IN_ACCOUNT
        for coin in wanted:
            # a pair that is not there has no price either, and that never passes by itself
            if not self._pairs.is_tradable(desk.symbol(coin)):
                desk.deviate(deviations.PAIR_RULES, coin)
                frozen[coin] = NOT_TRADABLE
            elif coin not in quotes:
                desk.deviate(deviations.NO_PRICE, coin)
                frozen[coin] = NO_PRICE
        return {**frozen, **self._frozen_for_long()}

    def _frozen_for_long(self) -> dict[CoinSymbol, str]:
        """Name the coins that are frozen by more than this step's answers; the gravest reason counts."""
        frozen = dict(self.restraint.disabled)
        for coin in (*frozen, *self.restraint.unbuyable, *self._desk.book.freezes):
            self._desk.deviate(deviations.FROZEN, coin)
        frozen.update(dict.fromkeys(self._open_coins(), ORDER_OPEN))
        freezes = self._desk.book.freezes.items()
        frozen.update({coin: halt.reason for coin, halt in freezes if coin is not None})
        return frozen

    def _open_coins(self) -> frozenset[CoinSymbol]:
        orders = self._desk.book.open_orders
        return frozenset([order.intent.coin for order in orders.values()]) if orders else frozenset()

    def _totals(
        self, free: float, held: Iterable[Holding], quotes: Mapping[CoinSymbol, Quote]
    ) -> AccountTotals:
        """Add the account up; a position without a price counts with what it cost.

        The original takes the totals of an earlier step then (Q69), which a restart would forget.
        """
        buy_value = sell_value = 0.0
        for position in held:
            quote = quotes.get(position.coin)
            cost = 0.0 if quote else float(self._desk.book.position(position.coin).cost)
            buy_value += position.quantity * quote.ask if quote else cost
            sell_value += position.quantity * quote.bid if quote else cost
        return totals_of(free, sell_value, buy_value)
