"""Binance's order rules and public prices, as recorded and as nobody should send them."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire_rules import instrument_of, rules_of

LOT = {"filterType": "LOT_SIZE", "minQty": "0.00001000", "maxQty": "9000.00000000", "stepSize": "0.00001000"}
MARKET_LOT = {
    "filterType": "MARKET_LOT_SIZE",
    "minQty": "0.00000000",
    "maxQty": "107.50829206",
    "stepSize": "0.00000000",
}
PRICE = {
    "filterType": "PRICE_FILTER",
    "minPrice": "0.01000000",
    "maxPrice": "1000000.0",
    "tickSize": "0.01000000",
}
NOTIONAL = {
    "filterType": "NOTIONAL",
    "minNotional": "5.00000000",
    "applyMinToMarket": True,
    "maxNotional": "9000000.00000000",
    "applyMaxToMarket": False,
    "avgPriceMins": 5,
}
OLD_NOTIONAL = {
    "filterType": "MIN_NOTIONAL",
    "minNotional": "10.0",
    "applyToMarket": True,
    "avgPriceMins": 5,
}
OTHERS = [
    {"filterType": "ICEBERG_PARTS", "limit": 10},
    {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
    {
        "filterType": "PERCENT_PRICE_BY_SIDE",
        "bidMultiplierUp": "5",
        "bidMultiplierDown": "0.2",
        "avgPriceMins": 5,
    },
]


def pair(*filters: Mapping[str, object], **change: object) -> dict[str, object]:
    return {
        "symbol": "BTCUSDT",
        "status": "TRADING",
        "baseAsset": "BTC",
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
        "isSpotTradingAllowed": True,
        "filters": list(filters),
        **change,
    }


def test_a_pair_as_recorded_has_its_rules() -> None:
    found = instrument_of(pair(PRICE, LOT, MARKET_LOT, NOTIONAL, *OTHERS))
    assert (found.symbol, found.coin, found.tradable, found.status) == ("BTCUSDT", "BTC", True, "TRADING")
    assert found.lot_step == Decimal("0.00001")
    assert found.min_quantity == Decimal("0.00001")
    assert found.max_quantity == Decimal("107.50829206")
    assert (found.min_notional, found.max_notional) == (Decimal(5), None)
    assert found.price_tick == Decimal("0.01")
    assert found.max_position is None
    assert "MARKET" in found.order_types


@pytest.mark.parametrize(
    "lot, market, common",
    [
        ("0.00100000", "0.00000000", "0.001"),
        ("0.00000000", "0.01000000", "0.01"),
        ("0.001", "0.01", "0.01"),
        ("0.5", "0.2", "1"),
        ("1", "10", "10"),
    ],
)
def test_a_quantity_must_lie_on_both_steps_unless_one_is_off(lot: str, market: str, common: str) -> None:
    found = instrument_of(pair({**LOT, "stepSize": lot}, {**MARKET_LOT, "stepSize": market}))
    assert found.lot_step == Decimal(common)


def test_without_any_step_the_precision_of_the_coin_is_the_step() -> None:
    assert instrument_of(pair(MARKET_LOT, baseAssetPrecision=5)).lot_step == Decimal("0.00001")
    assert instrument_of(pair()).min_quantity == 0


@pytest.mark.parametrize(
    "filters, least, most",
    [
        ([NOTIONAL], 5, None),
        ([{**NOTIONAL, "applyMinToMarket": False}], 0, None),
        ([{**NOTIONAL, "applyMaxToMarket": True}], 5, 9_000_000),
        ([{**NOTIONAL, "applyMaxToMarket": True, "maxNotional": "0.0"}], 5, None),
        ([OLD_NOTIONAL], 10, None),
        ([{**OLD_NOTIONAL, "applyToMarket": False}], 0, None),
        ([NOTIONAL, OLD_NOTIONAL], 10, None),
        ([], 0, None),
    ],
)
def test_the_worth_of_a_market_order_is_limited_where_binance_says_so(
    filters: list[Mapping[str, object]], least: int, most: int | None
) -> None:
    found = instrument_of(pair(LOT, *filters))
    assert found.min_notional == least
    assert found.max_notional == most


def test_the_largest_position_is_known() -> None:
    limit = {"filterType": "MAX_POSITION", "maxPosition": "10.00000000"}
    assert instrument_of(pair(LOT, limit)).max_position == Decimal(10)


@pytest.mark.parametrize("change", [{"status": "BREAK"}, {"status": "HALT"}, {"isSpotTradingAllowed": False}])
def test_a_pair_that_is_not_traded_is_told_as_such(change: dict[str, object]) -> None:
    assert not instrument_of(pair(LOT, **change)).tradable


def test_only_pairs_of_the_quote_asset_count_and_one_bad_pair_takes_none_with_it() -> None:
    content = {
        "symbols": [
            pair(LOT),
            pair(LOT, symbol="ETHBTC", baseAsset="ETH", quoteAsset="BTC"),
            pair({**LOT, "stepSize": "-1"}, symbol="BADUSDT", baseAsset="BAD"),
            pair(LOT, symbol="币安人生USDT", baseAsset="币安人生"),
            7,
        ]
    }
    rules = rules_of(content, "USDT")
    assert set(rules.instruments) == {"BTCUSDT"}
    assert len(rules.unreadable) == 1
    assert "BADUSDT" in rules.unreadable[0]
    assert "stepSize" in rules.unreadable[0]


@pytest.mark.parametrize(
    "change, named",
    [
        ({"status": None}, "status"),
        ({"isSpotTradingAllowed": "yes"}, "isSpotTradingAllowed"),
        ({"filters": None}, "filters"),
        ({"filters": [{"minQty": "1"}]}, "filterType"),
        ({"filters": [{**LOT, "minQty": "tiny"}]}, "minQty"),
        ({"filters": [{**NOTIONAL, "applyMinToMarket": 1}]}, "applyMinToMarket"),
        ({"filters": [], "baseAssetPrecision": 400}, "baseAssetPrecision"),
        ({"orderTypes": "MARKET"}, "orderTypes"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(BadData, match=named):
        instrument_of(pair(**{"filters": [LOT], **change}))


def test_a_reply_without_pairs_is_bad() -> None:
    contents: tuple[object, ...] = ({}, [], {"symbols": {}}, None)
    for content in contents:
        with pytest.raises(BadData):
            rules_of(content, "USDT")
