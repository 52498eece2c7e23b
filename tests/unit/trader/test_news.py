"""TraderNews: trades, refusals and halts of real steps, each told once."""

from powertrader.core.clock import ManualClock
from powertrader.models.events import (
    Event,
    OrderRejected,
    TradeExecuted,
    TradingHalted,
    TradingResumed,
)
from powertrader.models.order import Side
from powertrader.models.signal import Signal, SignalView
from powertrader.trader.news import HeardSignals, TraderNews
from powertrader.trader.outlets import Identity
from tests.unit.core.event_cases import AT, signal
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, World, bought


class Reporter:
    """A program on a world whose steps are told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.session = world.session()
        self.heard: list[Event] = []
        self.session.start()
        identity = Identity("paper", "default", "USDT")
        self.news = TraderNews(self.heard.append, identity, self.session.book, ManualClock(AT))

    def step(self, price: float, view: SignalView = NO_BUY) -> list[Event]:
        """Make a step and give what was told of it."""
        before = len(self.heard)
        self.news.tell(self.world.step(self.session, price, view))
        return self.heard[before:]


def test_a_purchase_and_a_sale_are_told_with_the_position_afterwards() -> None:
    reporter = Reporter(World())
    (purchase,) = reporter.step(100.0, BUY_SIGNAL)
    assert isinstance(purchase, TradeExecuted)
    assert (purchase.trade.side, purchase.trade.reason) == (Side.BUY, "entry")
    assert purchase.position == reporter.session.book.position("BTC")
    assert purchase.position.quantity > 0
    assert reporter.step(110.0) == []
    (sale,) = reporter.step(105.0)
    assert isinstance(sale, TradeExecuted)
    assert sale.trade.reason == "trailing_exit"
    assert not sale.position.quantity
    assert reporter.step(105.0) == []


def test_what_was_traded_before_the_start_is_no_news() -> None:
    world = World()
    bought(world)
    reporter = Reporter(world)
    assert reporter.step(100.0) == []


def test_a_refused_order_is_told_once_while_it_repeats_itself() -> None:
    world = World()
    world.venue.scripts = ["reject"] * 3
    reporter = Reporter(world)
    first = reporter.step(100.0, BUY_SIGNAL)
    again = [event for _ in range(2) for event in reporter.step(100.0, BUY_SIGNAL)]
    assert [type(event) for event in first] == [OrderRejected]
    (refused,) = first
    assert isinstance(refused, OrderRejected)
    assert (refused.coin, refused.kind, refused.reason) == ("BTC", "entry", "entry")
    assert "reject" in refused.refusal
    assert again == []


def test_an_order_without_an_answer_is_not_called_refused() -> None:
    world = World()
    world.venue.scripts = ["lost"]
    assert Reporter(world).step(100.0, BUY_SIGNAL) == []


def test_a_halt_and_its_end_are_told() -> None:
    reporter = Reporter(World())
    reporter.session.pause(None, "lunch")
    reporter.session.pause("ETH", "odd")
    stopped = reporter.step(100.0)
    reporter.session.resume(None, "back")
    resumed = reporter.step(100.0)
    assert [(event.coin, event.reason) for event in stopped if isinstance(event, TradingHalted)] == [
        (None, "lunch"),
        ("ETH", "odd"),
    ]
    assert len(stopped) == 2
    assert {event.coin for event in resumed if isinstance(event, TradingResumed)} >= {None}
    assert all(isinstance(event, TradingResumed) for event in resumed)


def test_signals_are_heard_when_they_come_and_when_their_levels_change() -> None:
    stored = {"BTC": signal()}
    heard: list[Signal] = []

    def view_of(coin: str) -> SignalView | None:
        return stored[coin].view if coin in stored else None

    signals = HeardSignals(view_of, stored.get, heard.append)
    assert signals("ETH") is None
    for _ in range(3):
        assert signals("BTC") == stored["BTC"].view
    stored["BTC"] = signal(long=5)
    signals("BTC")
    assert [one.long_level for one in heard] == [3, 5]
