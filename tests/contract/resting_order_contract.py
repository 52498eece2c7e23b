"""What every RestingOrderClient must do besides trading at the market.

A test class inherits from RestingOrderContract and gives a `resting` fixture. A client whose market the
test can move inherits from MovingMarketContract as well.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from powertrader.core.exceptions import OrderUnknown, PostOnlyRejected, Rejected
from powertrader.core.trading_client import RestingOrderClient
from powertrader.models.money import decimal_of
from powertrader.models.order import OrderIntent, OrderReport, OrderState, OrderTerms, OrderType, Side
from tests.contract.trading_client_contract import Ground, new_id

pytestmark = pytest.mark.money


@dataclass(frozen=True, slots=True)
class RestingGround:
    """A client with resting orders, on the same ground as for trading at the market.

    move brings the coin's price to so many percent of what it was at first; None when it cannot be moved.
    """

    client: RestingOrderClient
    ground: Ground
    move: Callable[[float], None] | None = None

    def price(self, percent: float) -> Decimal:
        """So many percent of the present price, on the tick."""
        tick = self.ground.instrument.price_tick or Decimal("0.01")
        return decimal_of(self.ground.ask() * percent / 100) // tick * tick

    def limit(self, side: Side, percent: float, value: float = 100) -> OrderIntent:
        """A limit order at a distance from the market."""
        terms = OrderTerms(OrderType.LIMIT, price=self.price(percent))
        return self.ground.intent(side, self.ground.lots(value), terms)

    def stop(self, side: Side, percent: float, quantity: Decimal) -> OrderIntent:
        """A stop order at a distance from the market."""
        terms = OrderTerms(OrderType.STOP_LOSS, stop_price=self.price(percent))
        return self.ground.intent(side, quantity, terms)

    def pair(self, above_percent: float = 120, below_percent: float = 80) -> tuple[OrderIntent, OrderIntent]:
        """Two legs that sell the same coins, one above and one below the market."""
        quantity = self.ground.lots(100)
        above = OrderTerms(OrderType.LIMIT_MAKER, price=self.price(above_percent))
        return self.ground.intent(Side.SELL, quantity, above), self.stop(Side.SELL, below_percent, quantity)

    def look(self, report: OrderReport) -> OrderReport:
        """The order as it stands now."""
        found = self.client.get_order(report.symbol, report.client_order_id)
        assert found is not None
        return found

    def open_ids(self) -> set[str]:
        """The client ids of what waits in the book."""
        return {report.client_order_id for report in self.client.get_open_orders(self.ground.symbol)}

    def locked(self, asset: str) -> Decimal:
        """How much of an asset is bound."""
        balances = self.client.get_account().balances
        return next((one.locked for one in balances if one.asset == asset), Decimal(0))


class RestingOrderContract(ABC):
    """The laws that hold whether or not the market moves."""

    @pytest.fixture
    @abstractmethod
    def resting(self) -> RestingGround:
        """A client as described above."""

    def test_a_limit_far_from_the_market_waits_and_binds_what_it_needs(self, resting: RestingGround) -> None:
        quote = resting.ground.quote_asset
        bound_before, (free_before, _) = resting.locked(quote), resting.ground.free()
        order = resting.limit(Side.BUY, 80)
        placed = resting.client.place_order(order)
        assert (placed.state, placed.executed_quantity) == (OrderState.PENDING, Decimal(0))
        assert order.client_order_id in resting.open_ids()
        bound = resting.locked(quote) - bound_before
        assert order.terms.price is not None
        assert bound == order.quantity * order.terms.price
        assert free_before - resting.ground.free()[0] == bound
        resting.client.cancel_order(order.symbol, order.client_order_id)

    def test_a_canceled_order_is_over_and_gives_back_what_it_bound(self, resting: RestingGround) -> None:
        before = resting.ground.free()
        order = resting.limit(Side.BUY, 80)
        resting.client.place_order(order)
        canceled = resting.client.cancel_order(order.symbol, order.client_order_id)
        assert (canceled.state, canceled.executed_quantity) == (OrderState.CANCELED, Decimal(0))
        assert resting.look(canceled).state is OrderState.CANCELED
        assert order.client_order_id not in resting.open_ids()
        assert resting.ground.free() == before

    def test_canceling_what_is_over_gives_it_as_it_is(self, resting: RestingGround) -> None:
        bought = resting.ground.traded(Side.BUY, resting.ground.lots(50))
        again = resting.client.cancel_order(bought.symbol, bought.client_order_id)
        assert (again.state, again.executed_quantity) == (OrderState.FILLED, bought.executed_quantity)

    def test_canceling_what_never_was_is_rejected(self, resting: RestingGround) -> None:
        with pytest.raises(Rejected):
            resting.client.cancel_order(resting.ground.symbol, new_id())

    def test_a_limit_that_reaches_the_market_is_executed_at_once_and_no_worse(
        self, resting: RestingGround
    ) -> None:
        order = resting.limit(Side.BUY, 105)
        report = resting.ground.settled(resting.client.place_order(order))
        assert (report.state, report.executed_quantity) == (OrderState.FILLED, order.quantity)
        assert order.terms.price is not None
        assert report.quote_quantity <= order.quantity * order.terms.price

    def test_a_post_only_order_that_would_take_is_refused_as_such(self, resting: RestingGround) -> None:
        before = resting.ground.free()
        terms = OrderTerms(OrderType.LIMIT_MAKER, price=resting.price(105))
        order = resting.ground.intent(Side.BUY, resting.ground.lots(50), terms)
        with pytest.raises(PostOnlyRejected):
            resting.client.place_order(order)
        assert resting.ground.free() == before
        assert order.client_order_id not in resting.open_ids()

    def test_a_stop_that_would_trigger_at_once_is_rejected(self, resting: RestingGround) -> None:
        resting.ground.traded(Side.BUY, resting.ground.lots(60))
        with pytest.raises(Rejected):
            resting.client.place_order(resting.stop(Side.SELL, 110, resting.ground.lots(50)))

    def test_the_id_of_an_order_that_waits_cannot_be_used_again(self, resting: RestingGround) -> None:
        order = resting.limit(Side.BUY, 80, value=50)
        resting.client.place_order(order)
        free = resting.ground.free()
        with pytest.raises(OrderUnknown):
            resting.client.place_order(order)
        assert resting.ground.free() == free
        resting.client.cancel_order(order.symbol, order.client_order_id)

    def test_the_legs_of_a_pair_bind_the_coins_once_and_are_canceled_together(
        self, resting: RestingGround
    ) -> None:
        resting.ground.traded(Side.BUY, resting.ground.lots(110))
        bound_before = resting.locked(resting.ground.coin)
        above, below = resting.pair()
        placed = resting.client.place_oco(above, below)
        assert [report.state for report in placed] == [OrderState.PENDING] * 2
        assert {above.client_order_id, below.client_order_id} <= resting.open_ids()
        assert resting.locked(resting.ground.coin) - bound_before == above.quantity
        resting.client.cancel_order(above.symbol, above.client_order_id)
        assert not {above.client_order_id, below.client_order_id} & resting.open_ids()
        assert resting.locked(resting.ground.coin) == bound_before

    def test_a_pair_with_its_legs_the_wrong_way_round_is_rejected_whole(self, resting: RestingGround) -> None:
        resting.ground.traded(Side.BUY, resting.ground.lots(110))
        before = resting.ground.free()
        with pytest.raises(Rejected):
            resting.client.place_oco(*resting.pair(above_percent=80, below_percent=120))
        assert resting.ground.free() == before


class MovingMarketContract(ABC):
    """The laws of what happens to waiting orders when the market moves."""

    @pytest.fixture
    @abstractmethod
    def resting(self) -> RestingGround:
        """A client as described above, whose market can be moved."""

    def test_a_limit_is_executed_at_its_price_once_the_market_has_crossed_it(
        self, resting: RestingGround
    ) -> None:
        order = resting.limit(Side.BUY, 90)
        placed = resting.client.place_order(order)
        moved(resting, 85)
        report = resting.look(placed)
        assert (report.state, report.executed_quantity) == (OrderState.FILLED, order.quantity)
        assert order.terms.price is not None
        assert report.quote_quantity == order.quantity * order.terms.price
        assert order.client_order_id not in resting.open_ids()
        assert resting.locked(resting.ground.quote_asset) == 0

    def test_a_stop_sells_below_its_price_when_the_market_has_fallen_past_it(
        self, resting: RestingGround
    ) -> None:
        bought = resting.ground.traded(Side.BUY, resting.ground.lots(110))
        order = resting.stop(Side.SELL, 90, resting.ground.lots(100))
        placed = resting.client.place_order(order)
        moved(resting, 95)
        assert resting.look(placed).state is OrderState.PENDING
        moved(resting, 80)
        report = resting.look(placed)
        assert (report.state, report.executed_quantity) == (OrderState.FILLED, order.quantity)
        assert order.terms.stop_price is not None
        assert report.average_price < float(order.terms.stop_price)
        assert report.average_price < bought.average_price

    @pytest.mark.parametrize("percent,executed", [(130, 0), (70, 1)])
    def test_of_a_pair_the_leg_that_is_reached_counts_and_the_other_is_canceled(
        self, resting: RestingGround, percent: float, executed: int
    ) -> None:
        resting.ground.traded(Side.BUY, resting.ground.lots(110))
        placed = resting.client.place_oco(*resting.pair())
        moved(resting, percent)
        reports = [resting.look(one) for one in placed]
        assert reports[executed].executed_quantity == reports[executed].ordered_quantity
        assert reports[1 - executed].executed_quantity == 0
        assert reports[1 - executed].state in (OrderState.CANCELED, OrderState.EXPIRED)
        assert resting.locked(resting.ground.coin) == 0

    def test_money_moves_by_the_numbers_of_the_reports(self, resting: RestingGround) -> None:
        before = resting.ground.free()
        placed = resting.client.place_order(resting.limit(Side.BUY, 90))
        moved(resting, 80)
        report = resting.look(placed)
        fees = dict(report.fees or ())
        after = resting.ground.free()
        coin, quote = resting.ground.coin, resting.ground.quote_asset
        assert after[1] - before[1] == report.executed_quantity - fees.get(coin, 0)
        assert before[0] - after[0] == report.quote_quantity + fees.get(quote, 0)


def moved(resting: RestingGround, percent: float) -> None:
    """Bring the market somewhere else."""
    assert resting.move is not None
    resting.move(percent)
