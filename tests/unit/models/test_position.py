"""Position and Trade: the fields the plan names, and what the engines read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from powertrader.models.order import Side
from powertrader.models.position import Buy, Holding, Position, Trail, average_price
from powertrader.models.trade import Trade, is_dca, tag_of

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def test_a_position_never_traded_is_all_zero() -> None:
    position = Position("BTC")
    assert (position.avg_cost_basis, position.dca_count, position.dca_timestamps) == (0.0, 0, ())
    assert (position.trailing_active, position.trailing_peak, position.trailing_line) == (False, 0.0, 0.0)


def test_the_engines_read_floats_and_the_average_price() -> None:
    trail = Trail(active=True, line=1.0, peak=2.0, was_above=True)
    position = Position(
        "BTC",
        quantity=Decimal(3),
        bought=Decimal(3),
        stage=2,
        trail=trail,
        dca_times=(NOW,),
        last_sale_at=NOW,
        buys=(Buy(1.0, 20.0), Buy(2.0, 5.0)),
    )
    assert position.holding() == Holding("BTC", 3.0, 10.0, 2, trail, (NOW,), NOW)
    assert (position.trailing_active, position.trailing_peak, position.trailing_line) == (True, 2.0, 1.0)


@pytest.mark.parametrize(
    "reason, tag",
    [("entry", None), ("dca_hard_3", "DCA"), ("dca_neural_5", "DCA"), ("trailing_exit", "TRAIL_SELL")],
)
def test_every_reason_has_the_tag_the_original_wrote(reason: str, tag: str | None) -> None:
    assert tag_of(reason) == tag
    assert Trade("BTC", Side.BUY, 1.0, Decimal(1), Decimal(1), reason, NOW).tag == tag
    assert is_dca(reason) == (tag == "DCA")


def test_an_average_price_takes_the_newest_purchases_until_the_holding_is_covered() -> None:
    newest_first = [(1.0, 70.0), (2.0, 80.0), (4.0, 90.0)]
    assert average_price(newest_first, 2.0) == 75.0
    assert average_price(newest_first, 14.0) == (70.0 + 160.0 + 360.0) / 14.0
    assert average_price(newest_first, 0.0) == 0.0


def test_an_adopted_basis_is_kept_to_the_last_bit() -> None:
    position = Position("BTC", bought=Decimal("0.1"), buys=(Buy(0.1, 0.7, adopted=True),))
    assert position.avg_cost_basis == 0.7
