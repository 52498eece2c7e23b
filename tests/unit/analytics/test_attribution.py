"""Round trips and what the profit came from."""

from datetime import timedelta
from decimal import Decimal

import pytest

from powertrader.analytics.attribution import GroupBy, Share, attribution
from powertrader.analytics.round_trips import round_trips
from tests.unit.analytics.ledgers import Trader, trades_of

pytestmark = pytest.mark.money


def traded() -> Trader:
    """BTC with a DCA buy, sold with a gain; ETH sold at a loss in the next month, and bought again."""
    trader = Trader("1000")
    trader.buy("BTC", "1.001", "100")
    trader.buy("BTC", "1", "80", reason="dca_hard_1")
    trader.sell("BTC", "2", "95")
    trader.buy("ETH", "1", "20")
    trader.now += timedelta(days=31)
    trader.sell("ETH", "1", "15", reason="manual_exit")
    trader.buy("ETH", "1", "16")
    return trader


def test_a_trip_ends_with_the_sale_that_leaves_a_rest_at_most() -> None:
    btc, eth, again = round_trips(trades_of(traded().events))
    assert (btc.coin, btc.dca_buys, btc.sales, btc.exit_reason) == ("BTC", 1, 1, "trailing_exit")
    assert btc.lasted == timedelta(hours=2)
    assert (eth.profit, eth.exit_reason) == (Decimal(-5), "manual_exit")
    assert (again.coin, again.closed_at, again.lasted) == ("ETH", None, None)


def test_a_sale_that_was_cut_short_leaves_the_trip_open() -> None:
    trader = Trader("1000")
    trader.buy("BTC", "2", "100")
    trader.sell("BTC", "1", "110")
    (trip,) = round_trips(trades_of(trader.events))
    assert (trip.closed_at, trip.sales, trip.profit) == (None, 1, Decimal(10))
    trader.sell("BTC", "1", "120")
    (trip,) = round_trips(trades_of(trader.events))
    assert (trip.sales, trip.profit, len(trip.orders)) == (2, Decimal(30), 3)
    assert trip.closed_at == trader.now


def test_profit_is_attributed_to_coins_the_largest_first() -> None:
    btc, eth = attribution(trades_of(traded().events), GroupBy.COIN)
    # 1.001 x 100 + 80 for 2.001 coins, of which 2 were sold for 190
    assert (btc.name, btc.buys, btc.sells, btc.wins) == ("BTC", 2, 1, 1)
    assert float(btc.profit) == pytest.approx(190 - 180.1 * 2 / 2.001)
    assert eth == Share("ETH", 2, 1, 0, Decimal(-5))
    assert (btc.win_rate_pct, eth.win_rate_pct) == (100.0, 0.0)


def test_profit_is_attributed_to_reasons_months_and_numbers_of_dca_buys() -> None:
    trades = trades_of(traded().events)
    reasons = {share.name: share for share in attribution(trades, GroupBy.REASON)}
    assert reasons["manual_exit"].profit == Decimal(-5)
    assert (reasons["entry"].buys, reasons["entry"].win_rate_pct) == (3, None)
    months = attribution(trades, GroupBy.MONTH)
    assert [(share.name, share.sells) for share in months] == [("2024-01", 1), ("2024-02", 1)]
    stages = attribution(trades, GroupBy.STAGE)
    assert [(share.name, share.buys, share.sells) for share in stages] == [("0", 2, 1), ("1", 2, 1)]


def test_nothing_traded_is_attributed_to_nothing() -> None:
    assert attribution((), GroupBy.STAGE) == ()
