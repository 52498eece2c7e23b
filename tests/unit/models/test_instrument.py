"""Instrument: order rules that make sense, or none."""

from decimal import Decimal

import pytest

from powertrader.models.instrument import Instrument


def test_a_pair_nobody_described_takes_eight_decimals() -> None:
    instrument = Instrument("BTCUSDT", "BTC")
    assert instrument.lot_step == instrument.min_quantity == Decimal("0.00000001")
    assert (instrument.min_notional, instrument.max_quantity, instrument.tradable) == (Decimal(0), None, True)


@pytest.mark.parametrize("wrong", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
@pytest.mark.parametrize("name", ["lot_step", "min_quantity", "min_notional"])
def test_a_negative_or_endless_rule_is_refused_by_name(name: str, wrong: Decimal) -> None:
    with pytest.raises(ValueError, match=f"{name} of BTCUSDT was {wrong}"):
        Instrument("BTCUSDT", "BTC", **{name: wrong})  # type: ignore[arg-type]
