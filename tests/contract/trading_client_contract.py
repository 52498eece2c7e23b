"""What every TradingClient must do, whatever is behind it.

A test class of an implementation inherits from TradingClientContract and gives a `venue` fixture:
a client with 1,000 USDT and nothing else, which trades BTCUSDT in steps of 0.001 from 0.001 and
10 USDT up, at about 100 USDT, and knows the halted pair OFFUSDT.
"""

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.core.exceptions import InsufficientFundsError, Rejected
from powertrader.core.trading_client import TradingClient
from powertrader.models.order import OrderIntent, OrderState, Side

pytestmark = pytest.mark.money


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


class TradingClientContract(ABC):
    """The laws of the port."""

    @pytest.fixture
    @abstractmethod
    def venue(self) -> TradingClient:
        """A client as described above."""

    def test_a_new_account_has_its_quote_asset_and_nothing_else(self, venue: TradingClient) -> None:
        account = venue.get_account()
        assert account.free("USDT") == 1000
        assert account.free("BTC") == 0

    def test_a_pair_has_its_rules_and_an_unknown_one_is_none(self, venue: TradingClient) -> None:
        instrument = venue.get_instrument("BTCUSDT")
        assert instrument is not None
        assert (instrument.coin, instrument.lot_step) == ("BTC", Decimal("0.001"))
        assert venue.get_instruments()["BTCUSDT"] == instrument
        assert venue.get_instrument("NOPEUSDT") is None
        assert not venue.get_instruments()["OFFUSDT"].tradable

    def test_a_purchase_turns_quote_into_coins(self, venue: TradingClient) -> None:
        report = venue.place_order(intent_of(Side.BUY, "2.0"))
        assert report.state is OrderState.FILLED
        assert report.executed_quantity == 2
        account = venue.get_account()
        fees = dict(report.fees or ())
        assert sum(fees.values()) > 0
        assert account.free("BTC") == 2 - fees.get("BTC", 0)
        paid = report.quote_quantity + fees.get("USDT", 0)
        assert account.free("USDT") == 1000 - paid

    def test_buying_and_selling_at_the_same_price_loses_money(self, venue: TradingClient) -> None:
        venue.place_order(intent_of(Side.BUY, "2.0"))
        venue.place_order(intent_of(Side.SELL, "1.9", "pt-2"))
        venue_quote = venue.get_account().free("USDT")
        assert 700 < venue_quote < 1000 - Decimal("0.1") * 100

    def test_an_order_is_found_by_the_id_we_gave_it(self, venue: TradingClient) -> None:
        placed = venue.place_order(intent_of(Side.BUY, "1.0"))
        assert venue.get_order("BTCUSDT", "pt-1") == placed
        assert venue.get_order("BTCUSDT", "pt-unknown") is None

    def test_the_history_has_the_orders_as_they_were_made(self, venue: TradingClient) -> None:
        venue.place_order(intent_of(Side.BUY, "1.0", "pt-1"))
        venue.place_order(intent_of(Side.SELL, "0.5", "pt-2"))
        history = venue.get_order_history("BTCUSDT")
        assert [report.client_order_id for report in history] == ["pt-1", "pt-2"]
        assert len({report.order_id for report in history}) == 2
        assert venue.get_order_history("OFFUSDT") == ()

    @pytest.mark.parametrize("text", ["1e-2", "4E-05", "-1.0", "", "1.", ".5", "1,0", "NaN", "0.0", " 1.0"])
    def test_a_quantity_that_is_no_plain_number_above_zero_is_rejected(
        self, venue: TradingClient, text: str
    ) -> None:
        self.rejected(venue, intent_of(Side.BUY, text))

    @pytest.mark.parametrize("text", ["1.0005", "0.0001", "0.05"])
    def test_a_quantity_off_the_step_or_below_a_minimum_is_rejected(
        self, venue: TradingClient, text: str
    ) -> None:
        self.rejected(venue, intent_of(Side.BUY, text))

    @pytest.mark.parametrize("coin", ["OFF", "NOPE"])
    def test_a_pair_that_is_halted_or_unknown_is_rejected(self, venue: TradingClient, coin: str) -> None:
        self.rejected(venue, intent_of(Side.BUY, "1.0", coin=coin))

    @pytest.mark.parametrize("side,text", [(Side.BUY, "11.0"), (Side.SELL, "0.5")])
    def test_more_than_the_account_holds_is_refused_as_such(
        self, venue: TradingClient, side: Side, text: str
    ) -> None:
        with pytest.raises(InsufficientFundsError):
            venue.place_order(intent_of(side, text))
        self.unchanged(venue)

    def rejected(self, venue: TradingClient, intent: OrderIntent) -> None:
        """Place an order that must be refused and leave no trace."""
        with pytest.raises(Rejected):
            venue.place_order(intent)
        self.unchanged(venue)

    def unchanged(self, venue: TradingClient) -> None:
        """See that nothing happened to the account."""
        assert venue.get_account().free("USDT") == 1000
        assert venue.get_order("BTCUSDT", "pt-1") is None
        assert venue.get_order_history("BTCUSDT") == ()
