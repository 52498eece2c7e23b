"""compat=original: what the original asks, believes and remembers, in its order of requests."""

from datetime import datetime

from powertrader.models.decision import ActionKind
from powertrader.models.journal import Adopted, TrailMoved
from powertrader.models.position import Holding
from powertrader.models.types import CoinSymbol
from powertrader.trader.adoption import basis_of, stage_of
from powertrader.trader.desk import Desk
from powertrader.trader.execution import Outcome
from powertrader.trader.original_account import OriginalAccount
from powertrader.trader.original_orders import OriginalOrders
from powertrader.trader.original_start import OriginalStart
from powertrader.trader.trailing_engine import crossing_lost
from powertrader.trader.view import AccountTotals, Engines, Progress, StepView, totals_of


class OriginalPractice:
    """Every quirk of the recorded scripts; for comparison, shadow and paper, never for live."""

    def __init__(self, desk: Desk) -> None:
        """Work on this desk; nothing is asked yet."""
        self._desk = desk
        self._account = OriginalAccount(desk)
        self._complete: AccountTotals | None = None
        self.orders = OriginalOrders(desk, self._account)

    def start(self, now: datetime) -> None:
        """Forget what the original forgets and rebuild the rest from the order history."""
        learnt = self._learn()
        start = OriginalStart(self._desk, self._account)
        if start.has_pending():
            # The wait for an order can last for ever; what is known by then is what the orders say.
            start.forget(now)
            self._adopt_anew(learnt, now)
        start.run(now)
        self._adopt_anew(learnt, now)

    def _adopt_anew(
        self, learnt: tuple[dict[CoinSymbol, float], dict[CoinSymbol, int | None]], now: datetime
    ) -> None:
        """Take basis and stage of every coin from the order history alone."""
        for coin in self._desk.book.positions:
            self._desk.note(Adopted(coin, None, None, 0, now))
        self._adopt(learnt, now)

    def look(self, now: datetime, engines: Engines) -> StepView | str:
        """Give what the step sees; a failed request looks like an empty answer."""
        account = self._account
        free = account.free_quote()
        holdings = account.holdings()
        has_pairs = account.has_pairs()
        listed = engines.rules.coins
        wanted = tuple(dict.fromkeys((*holdings, *listed)))
        quotes = account.quotes(wanted)
        held = tuple([self._holding(coin, amount) for coin, amount in holdings.items() if coin in quotes])
        power = 0.0 if free is None else float(free)
        buy_value = sell_value = 0.0
        for position in held:
            quote = quotes[position.coin]
            buy_value += position.quantity * quote.ask
            sell_value += position.quantity * quote.bid
        totals = self._totals(totals_of(power, sell_value, buy_value), complete=len(held) == len(holdings))
        positions, signals = self._desk.book.positions, self._desk.ports.signals
        return StepView(
            now=now,
            engines=engines,
            totals=totals,
            held=held,
            held_coins=holdings.keys(),
            listed=listed,
            quotes=quotes,
            signals={coin: signals(coin) for coin in wanted},
            frozen={},
            halted={},
            resting_stages={coin: position.stage or 0 for coin, position in positions.items()},
            funds=totals.buying_power,
            entries_allowed=has_pairs,
        )

    def after(self, progress: Progress, outcome: Outcome) -> Progress:
        """Go on after an action; the holdings are asked for again after sales and entries."""
        kind, coin = outcome.action.kind, outcome.action.coin
        if kind is ActionKind.EXIT:
            if outcome.done:
                return progress.after_exit(sold=True).with_held(self._account.holdings().keys())
            trail = self._desk.book.position(coin).trail
            if trail is not None:
                self._desk.note(TrailMoved(coin, crossing_lost(trail), self._desk.ports.clock.now()))
            return progress.after_exit(sold=False)
        if kind is ActionKind.ENTRY and outcome.done:
            return progress.with_held(self._account.holdings().keys())
        return progress

    def lift(self, coin: CoinSymbol) -> bool:  # noqa: ARG002  it remembers no refusal
        """Nothing is ever held back."""
        return False

    def stopped(self) -> str | None:
        """Give nothing: the original goes on whatever it waited for."""
        return None

    def finish(self, view: StepView, *, traded: bool) -> None:
        """Rebuild basis and stages after a step with a trade."""
        if traded:
            self._adopt(self._learn(), view.now)

    def _holding(self, coin: CoinSymbol, amount: float) -> Holding:
        position = self._desk.book.position(coin)
        return Holding(
            coin,
            amount,
            # the original shows an integer where it knows of none (golden/BEHAVIOUR.md 3.8)
            0 if position.adopted_basis is None else position.adopted_basis,
            position.stage or 0,
            position.trail,
            position.dca_times,
            position.last_sale_at,
        )

    def _totals(self, totals: AccountTotals, *, complete: bool) -> AccountTotals:
        if complete and totals.total > 0:
            self._complete = totals
            return totals
        return self._complete or totals

    def _learn(self) -> tuple[dict[CoinSymbol, float], dict[CoinSymbol, int | None]]:
        """Ask for the bases, then for the stages, each time with the account first."""
        account = self._account
        bases = {coin: basis_of(account.history(coin), amount) for coin, amount in account.holdings().items()}
        stages = {coin: stage_of(account.history(coin)) for coin in account.holdings()}
        return bases, stages

    def _adopt(
        self, learnt: tuple[dict[CoinSymbol, float], dict[CoinSymbol, int | None]], now: datetime
    ) -> None:
        bases, stages = learnt
        positions = self._desk.book.positions
        known = {coin: position.adopted_basis for coin, position in positions.items()}
        if not bases:
            bases = {coin: basis for coin, basis in known.items() if basis is not None}
        for coin in dict.fromkeys([*known, *bases, *stages]):
            basis, stage = bases.get(coin), stages.get(coin)
            if basis != known.get(coin) or stage is not None:
                self._desk.note(Adopted(coin, None, basis, stage, now))
