"""What every TradingClient must do, whatever is behind it.

A test class of an implementation inherits from TradingClientContract and gives a `ground` fixture, see
Ground. The account may have a past: the laws speak of what changes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import pytest

from powertrader.core.exceptions import FilterRejected, InsufficientFundsError, PairRefused, Rejected
from powertrader.core.market_client import QuoteSource
from powertrader.core.trading_client import TradingClient
from powertrader.models.instrument import Instrument
from powertrader.models.money import decimal_of, fixed_text
from powertrader.models.order import AT_MARKET, OrderIntent, OrderReport, OrderState, OrderTerms, Side

pytestmark = pytest.mark.money

LOOKS = 200
_numbers = count(1)


def intent_of(
    side: Side, quantity_text: str, client_order_id: str = "pt-1", coin: str = "BTC", quote: str = "USDT"
) -> OrderIntent:
    """An order as the trader hands it over."""
    try:
        quantity = Decimal(quantity_text)
    except ArithmeticError:
        quantity = Decimal(1)
    return OrderIntent(
        client_order_id=client_order_id,
        coin=coin,
        symbol=coin + quote,
        side=side,
        quantity=quantity,
        quantity_text=quantity_text,
        reason="entry",
        expected_price=100.0,
        basis=None,
        gain_pct=None,
        config_hash="c0ffee",
        decided_at=datetime(2024, 1, 1, tzinfo=UTC),
    )


def new_id() -> str:
    """A client order id that no test has used."""
    return f"pt-contract-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class Ground:
    """A client under test.

    Its account holds at least 1,000 of the quote asset and trades coin, whose pair has a lot step, a
    smallest notional of at most 20 and enough depth for 300 of the quote asset; halted is a coin
    whose pair exists and is not traded at present, None when the venue cannot show one.
    """

    venue: TradingClient
    quotes: QuoteSource
    coin: str = "BTC"
    halted: str | None = "OFF"
    quote_asset: str = "USDT"

    @property
    def symbol(self) -> str:
        """The pair that is traded."""
        return self.coin + self.quote_asset

    @property
    def instrument(self) -> Instrument:
        """Its rules."""
        found = self.venue.get_instrument(self.symbol)
        assert found is not None
        return found

    def ask(self) -> float:
        """What a purchase pays at present."""
        return self.quotes.get_quotes((self.coin,))[self.coin].ask

    def lots(self, value: float) -> Decimal:
        """A quantity on the step that is worth about so much."""
        step = self.instrument.lot_step
        return decimal_of(value / self.ask()) // step * step

    def intent(self, side: Side, quantity: Decimal, terms: OrderTerms = AT_MARKET) -> OrderIntent:
        """An order of the coin with an id of its own."""
        made = intent_of(side, fixed_text(quantity), new_id(), self.coin, self.quote_asset)
        return replace(made, terms=terms)

    def free(self) -> tuple[Decimal, Decimal]:
        """What is free of the quote asset and of the coin."""
        account = self.venue.get_account()
        return account.free(self.quote_asset), account.free(self.coin)

    def settled(self, report: OrderReport) -> OrderReport:
        """The report once the order is over, with its fees."""
        for _ in range(LOOKS):
            if report.state.is_final and report.fees is not None:
                return report
            found = self.venue.get_order(report.symbol, report.client_order_id)
            report = report if found is None else found
        msg = f"{report} is not over"
        raise AssertionError(msg)

    def traded(self, side: Side, quantity: Decimal) -> OrderReport:
        """A market order that is over."""
        return self.settled(self.venue.place_order(self.intent(side, quantity)))


class TradingClientContract(ABC):
    """The laws of the port."""

    @pytest.fixture
    @abstractmethod
    def ground(self) -> Ground:
        """A client as described above."""

    def test_a_pair_has_its_rules_and_an_unknown_one_is_none(self, ground: Ground) -> None:
        instrument = ground.instrument
        assert (instrument.coin, instrument.symbol) == (ground.coin, ground.symbol)
        assert instrument.tradable
        assert instrument.lot_step > 0
        assert ground.venue.get_instruments()[ground.symbol] == instrument
        assert ground.venue.get_instrument("NOPEUSDT") is None

    def test_a_halted_pair_is_told_as_such(self, ground: Ground) -> None:
        if ground.halted is None:
            pytest.skip("this venue cannot halt a pair")
        assert not ground.venue.get_instruments()[ground.halted + ground.quote_asset].tradable

    def test_a_purchase_turns_quote_into_coins_by_the_numbers_of_its_report(self, ground: Ground) -> None:
        quote_before, coins_before = ground.free()
        quantity = ground.lots(200)
        report = ground.traded(Side.BUY, quantity)
        assert (report.state, report.executed_quantity) == (OrderState.FILLED, quantity)
        assert report.ordered_quantity == quantity
        assert 0.5 < report.average_price / ground.ask() < 2
        fees = dict(report.fees or ())
        assert sum(fees.values()) > 0
        quote_after, coins_after = ground.free()
        assert coins_after - coins_before == quantity - fees.get(ground.coin, 0)
        assert quote_before - quote_after == report.quote_quantity + fees.get(ground.quote_asset, 0)

    def test_a_sale_turns_coins_into_quote_by_the_numbers_of_its_report(self, ground: Ground) -> None:
        ground.traded(Side.BUY, ground.lots(200))
        quote_before, coins_before = ground.free()
        quantity = ground.lots(100)
        report = ground.traded(Side.SELL, quantity)
        assert (report.state, report.executed_quantity) == (OrderState.FILLED, quantity)
        fees = dict(report.fees or ())
        quote_after, coins_after = ground.free()
        assert coins_before - coins_after == quantity + fees.get(ground.coin, 0)
        assert quote_after - quote_before == report.quote_quantity - fees.get(ground.quote_asset, 0)

    def test_an_order_is_found_by_the_id_we_gave_it(self, ground: Ground) -> None:
        placed = ground.traded(Side.BUY, ground.lots(50))
        found = ground.venue.get_order(ground.symbol, placed.client_order_id)
        assert found is not None
        assert found.client_order_id == placed.client_order_id
        assert found.order_id == placed.order_id
        assert found.state is OrderState.FILLED
        assert found.side is Side.BUY
        assert found.executed_quantity == placed.executed_quantity
        assert found.quote_quantity == placed.quote_quantity
        assert found.fees in (None, placed.fees)
        assert ground.venue.get_order(ground.symbol, new_id()) is None

    def test_the_history_has_the_orders_as_they_were_made(self, ground: Ground) -> None:
        first = ground.traded(Side.BUY, ground.lots(100))
        second = ground.traded(Side.SELL, ground.lots(50))
        history = ground.venue.get_order_history(ground.symbol)
        assert [report.client_order_id for report in history[-2:]] == [
            first.client_order_id,
            second.client_order_id,
        ]
        assert len({report.order_id for report in history}) == len(history)
        assert [report.side for report in history[-2:]] == [Side.BUY, Side.SELL]

    @pytest.mark.parametrize("text", ["1e-2", "4E-05", "-1.0", "", "1.", ".5", "1,0", "NaN", "0.0", " 1.0"])
    def test_a_quantity_that_is_no_plain_number_above_zero_is_rejected(
        self, ground: Ground, text: str
    ) -> None:
        self.refused(ground, intent_of(Side.BUY, text, new_id(), ground.coin, ground.quote_asset))

    def test_a_quantity_off_the_step_is_rejected_by_the_rule(self, ground: Ground) -> None:
        self.refused(
            ground,
            ground.intent(Side.BUY, ground.lots(50) + ground.instrument.lot_step / 2),
            FilterRejected,
        )

    def test_an_order_that_is_worth_too_little_is_rejected_by_the_rule(self, ground: Ground) -> None:
        self.refused(ground, ground.intent(Side.BUY, ground.lots(1.5)), FilterRejected)

    def test_a_pair_that_nobody_knows_is_refused_as_such(self, ground: Ground) -> None:
        self.refused(ground, intent_of(Side.BUY, "1.0", new_id(), "NOPE", ground.quote_asset), PairRefused)

    def test_a_pair_that_is_halted_is_rejected(self, ground: Ground) -> None:
        if ground.halted is None:
            pytest.skip("this venue cannot halt a pair")
        self.refused(ground, intent_of(Side.BUY, "1.0", new_id(), ground.halted, ground.quote_asset))

    def test_more_than_the_account_can_pay_is_refused_as_such(self, ground: Ground) -> None:
        held = float(ground.free()[0])
        wanted = ground.intent(Side.BUY, ground.lots(held * 1.2))
        self.refused(ground, wanted, InsufficientFundsError)

    def test_more_than_the_account_holds_is_refused_as_such(self, ground: Ground) -> None:
        wanted = ground.intent(Side.SELL, ground.free()[1] + ground.lots(50))
        step = ground.instrument.lot_step
        whole = replace(wanted, quantity=wanted.quantity // step * step + step)
        self.refused(ground, replace(whole, quantity_text=fixed_text(whole.quantity)), InsufficientFundsError)

    def refused(self, ground: Ground, intent: OrderIntent, reaction: type[Rejected] = Rejected) -> None:
        """Place an order that must be refused and leave no trace."""
        before = self.standing(ground)
        with pytest.raises(reaction) as refusal:
            ground.venue.place_order(intent)
        assert str(refusal.value)
        assert self.standing(ground) == before
        known = ground.venue.get_instrument(intent.symbol) is not None
        if known and intent.client_order_id:
            assert ground.venue.get_order(intent.symbol, intent.client_order_id) is None

    def standing(self, ground: Ground) -> tuple[Mapping[str, tuple[Decimal, Decimal]], int]:
        """What the account holds and how many orders it had."""
        balances = ground.venue.get_account().balances
        held = {one.asset: (one.free, one.locked) for one in balances if one.free or one.locked}
        return held, len(ground.venue.get_order_history(ground.symbol))
