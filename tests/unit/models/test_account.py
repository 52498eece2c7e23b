"""Balances and quotes as a venue tells them."""

import math
from decimal import Decimal

import pytest

from powertrader.models.account import Account, Balance, Quote


def test_only_the_free_part_of_a_balance_can_be_traded() -> None:
    account = Account((Balance("USDT", Decimal(10), Decimal(5)), Balance("BTC", Decimal(1))))
    assert account.free("USDT") == 10
    assert account.free("BTC") == 1


def test_an_asset_the_venue_does_not_list_has_nothing_free() -> None:
    assert Account(()).free("BTC") == 0


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_a_price_that_is_not_above_zero_and_finite_makes_no_quote(wrong: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        Quote(wrong, 1.0)
    with pytest.raises(ValueError, match="must be above 0"):
        Quote(1.0, wrong)


def test_a_quote_may_have_its_sides_crossed_as_real_books_briefly_do() -> None:
    assert Quote(bid=101.0, ask=100.0).bid == 101.0
