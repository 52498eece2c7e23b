"""A venue of our own for sessions under test: exact money, scripted answers, and stops at any call."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import OrderUnknown, Rejected, RetryLater
from powertrader.core.ledger import MemoryLedger
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.journal import JournalEvent
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import Compat
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.session import Session, StepReport

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
BUY_SIGNAL: Final = SignalView(3, 0)
NO_BUY: Final = SignalView(0, 0)
RULES: Final = TradingRules(("BTC", "ETH"), start_allocation_pct=1.0)
_SHARES: Final = {"half": Decimal("0.5"), "sliver of a ghost": Decimal("0.002")}


class Stopped(BaseException):
    """The process dies here."""


class Fuse:
    """Stops the process at the n-th place where it could die, or only counts them."""

    def __init__(self) -> None:
        self.burnt = 0
        self.length: int | None = None

    def burn(self) -> None:
        self.burnt += 1
        if self.burnt == self.length:
            raise Stopped


class Venue:
    """Fills at the present quote unless a script says otherwise; takes only what a real venue would."""

    def __init__(self, free: Mapping[str, str] | None = None, fee_fraction: str = "0") -> None:
        self.free = {asset: Decimal(text) for asset, text in (free or {"USDT": "10000"}).items()}
        self.locked: dict[str, Decimal] = {}
        self.fee_fraction = Decimal(fee_fraction)
        self.quotes: dict[str, Quote] = {}
        self.pairs = {f"{coin}USDT": pair(coin) for coin in ("BTC", "ETH")}
        self.scripts: list[str] = []
        self.failing: set[str] = set()
        self.raising: dict[str, Exception] = {}
        self.fee_asset: str | None = None
        self.orders: dict[str, OrderReport] = {}
        self.placed: list[OrderIntent] = []
        self.refused: list[str] = []
        self.calls: list[str] = []
        self.fuse = Fuse()
        self.clock: ManualClock | None = None
        self.takes_s = 0.0

    def price(self, coin: str, price: float, spread: float = 0.0) -> None:
        self.quotes[coin] = Quote(price - spread / 2, price + spread / 2)

    def get_account(self) -> Account:
        self._called("get_account")
        assets = {**self.free, **self.locked}
        return Account(
            tuple(
                Balance(asset, self.free.get(asset, Decimal(0)), self.locked.get(asset, Decimal(0)))
                for asset in assets
            )
        )

    def get_instruments(self) -> Mapping[str, Instrument]:
        self._called("get_instruments")
        return dict(self.pairs)

    def get_instrument(self, symbol: str) -> Instrument | None:
        self._called("get_instrument")
        return self.pairs.get(symbol)

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        self._called("get_quotes")
        return {coin: self.quotes[coin] for coin in coins if coin in self.quotes}

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        self._called("get_order_history")
        return tuple(order for order in self.orders.values() if order.symbol == symbol)

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        self._called("get_order")
        found = self.orders.get(client_order_id)
        return found if found is not None and found.symbol == symbol else None

    def place_order(self, intent: OrderIntent) -> OrderReport:
        self._called("place_order")
        if self.clock is not None:
            self.clock.sleep(self.takes_s)
        self.placed.append(intent)
        script = self.scripts.pop(0) if self.scripts else "fill"
        if script == "reject":
            raise Rejected(script)
        if script == "lost":
            raise OrderUnknown(script)
        self._check(intent)
        report = self._report(intent, script)
        self.orders[intent.client_order_id] = report
        self.fuse.burn()
        if script in {"ghost", "sliver of a ghost"}:
            del self.orders[intent.client_order_id]
        if script in {"unanswered", "ghost", "sliver of a ghost"}:
            raise OrderUnknown(script)
        return (
            replace(report, executed_quantity=Decimal(0), quote_quantity=Decimal(0))
            if script == "blank"
            else report
        )

    def finish(self, client_order_id: str, state: OrderState = OrderState.FILLED) -> None:
        """End a pending order; filled means all of it."""
        order = self.orders[client_order_id]
        executed = order.ordered_quantity if state is OrderState.FILLED else Decimal(0)
        self.orders[client_order_id] = self._settled(replace(order, state=state), executed)

    def _report(self, intent: OrderIntent, script: str) -> OrderReport:
        report = OrderReport(
            str(len(self.orders) + 1),
            intent.client_order_id,
            intent.symbol,
            intent.side,
            OrderState.PENDING,
            intent.quantity,
            Decimal(0),
            Decimal(0),
            str(1_700_000_000_000 + len(self.orders)),
        )
        if script == "pending":
            return report
        if script == "canceled":
            return replace(report, state=OrderState.CANCELED)
        share = _SHARES.get(script, Decimal(1))
        state = OrderState.CANCELED if script in _SHARES else OrderState.FILLED
        return self._settled(replace(report, state=state), intent.quantity * share)

    def _settled(self, report: OrderReport, executed: Decimal) -> OrderReport:
        coin = report.symbol.removesuffix("USDT")
        buys, quote = report.side is Side.BUY, self.quotes[coin]
        value = executed * Decimal(repr(quote.ask if buys else quote.bid))
        asset = self.fee_asset or (coin if buys else "USDT")
        fee = (executed if asset == coin else value) * self.fee_fraction
        if asset not in (coin, "USDT"):
            fee /= Decimal(repr(self.quotes[asset].bid))
        self._move("USDT", -value if buys else value)
        self._move(coin, executed if buys else -executed)
        self._move(asset, -fee)
        return replace(report, executed_quantity=executed, quote_quantity=value, fees=((asset, fee),))

    def _move(self, asset: str, amount: Decimal) -> None:
        self.free[asset] = self.free.get(asset, Decimal(0)) + amount
        assert self.free[asset] >= 0

    def _check(self, intent: OrderIntent) -> None:
        rules, quote = self.pairs[intent.symbol], self.quotes[intent.coin]
        price = Decimal(repr(quote.ask if intent.side is Side.BUY else quote.bid))
        quantity, value = intent.quantity, intent.quantity * price
        needed, asset = (value, "USDT") if intent.side is Side.BUY else (quantity, intent.coin)
        problems = {
            "exponent": "e" in intent.quantity_text.lower(),
            "text": Decimal(intent.quantity_text) != quantity,
            "lot": quantity < rules.min_quantity or bool(quantity % rules.lot_step),
            "notional": value < rules.min_notional,
            "funds": needed > self.free.get(asset, Decimal(0)),
            "twice": intent.client_order_id in self.orders,
        }
        wrong = [name for name, found in problems.items() if found]
        if wrong:
            self.refused += wrong
            raise Rejected(", ".join(wrong))

    def _called(self, name: str) -> None:
        self.fuse.burn()
        self.calls.append(name)
        if name in self.raising:
            raise self.raising[name]
        if name in self.failing:
            msg = f"{name} does not answer"
            raise RetryLater(msg)


class StoppingLedger(MemoryLedger):
    """A ledger in memory; the fuse burns before and after an event is stored."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse
        store = self.append

        def append(event: JournalEvent) -> None:
            fuse.burn()
            store(event)
            fuse.burn()

        self.append = append

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store all or none; the process dies before or after, never within."""
        self._fuse.burn()
        super().append_all(events)
        self._fuse.burn()


class World:
    """A venue, a ledger and a clock that outlive the sessions on them."""

    def __init__(self, venue: Venue | None = None, rules: TradingRules = RULES) -> None:
        self.venue = venue or Venue()
        self.rules = rules
        self.signals: dict[str, SignalView] = {}
        self.clock = ManualClock(START)
        self.ledger = StoppingLedger(self.venue.fuse)

    def session(self, compat: Compat = "safe", patience: Patience | None = None) -> Session:
        """Start a program on this world."""
        ports = Ports(self.venue, self.venue, self.signals.get, self.ledger, self.clock)
        return Session(ports, compat, patience or Patience(pause_s=0.0, unseen_s=60.0))

    def set_back(self, seconds: float) -> None:
        """Set the clock of this world back, as a time server may."""
        behind = ManualClock(self.clock.now() - timedelta(seconds=seconds))
        vars(self.clock).update(vars(behind))

    def step(
        self, session: Session, bitcoin: float, signal: SignalView = NO_BUY, seconds: float = 60
    ) -> StepReport:
        """Let time pass, then make one step with bitcoin at this price."""
        self.clock.sleep(seconds)
        self.venue.price("BTC", bitcoin)
        self.signals["BTC"] = signal
        return session.step(self.rules)


def pair(coin: str, step: str = "0.00001", notional: str = "5") -> Instrument:
    return Instrument(f"{coin}USDT", coin, Decimal(step), Decimal(step), min_notional=Decimal(notional))


def verdict(report: StepReport, coin: str = "BTC") -> str:
    return {record.coin: record.verdict for record in report.records}[coin]


def bought(world: World, price: float = 100.0) -> Session:
    """Start a program that buys bitcoin in its first step."""
    session = world.session()
    world.step(session, price, BUY_SIGNAL)
    assert session.book.position("BTC").quantity > 0
    return session
