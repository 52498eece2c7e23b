"""What the local exchange allows for a pair: every filter of Binance, and its document."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.instrument import FINEST_STEP, USUAL_LOT_STEPS, USUAL_MIN_NOTIONAL
from powertrader.models.money import ZERO, floor_to_step
from powertrader.models.order import OrderType
from powertrader.models.types import CoinSymbol

_PLACES: Final = 8
_AVERAGE_MINUTES: Final = 5
_LARGEST_TICK: Final = Decimal("0.01")
_DIGITS_OF_PRICE: Final = 4
_MOST_STEPS: Final = 900_000_000
_MARKET_SHARE: Final = 100


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """Smallest and largest quantity and the step between; step 0 means any, largest 0 no limit."""

    smallest: Decimal = ZERO
    largest: Decimal = ZERO
    step: Decimal = ZERO

    def allows(self, quantity: Decimal) -> bool:
        """Tell whether a quantity keeps the rule."""
        if quantity < self.smallest or (self.largest and quantity > self.largest):
            return False
        return floor_to_step(quantity - self.smallest, self.step) == quantity - self.smallest


@dataclass(frozen=True, slots=True)
class NotionalRule:
    """Smallest and largest value of an order in the quote asset, and whether market orders are held to it.

    largest 0 means no limit. old: told under the old name MIN_NOTIONAL, which knows no largest value.
    """

    smallest: Decimal = USUAL_MIN_NOTIONAL
    largest: Decimal = Decimal(9_000_000)
    smallest_at_market: bool = True
    largest_at_market: bool = False
    old: bool = False


@dataclass(frozen=True, slots=True)
class PercentRule:
    """How far a price may be off the average: purchases between the bid factors, sales the ask factors.

    by_side False: told as PERCENT_PRICE, which knows the bid factors alone, for both sides.
    """

    bid_up: Decimal = Decimal(5)
    bid_down: Decimal = Decimal("0.2")
    ask_up: Decimal = Decimal(5)
    ask_down: Decimal = Decimal("0.2")
    by_side: bool = True


@dataclass(frozen=True, slots=True)
class SymbolRules:
    """The rules of one pair. price: smallest, largest and tick of a price.

    max_position is the most of the coin an account may have after a purchase, None without limit.
    """

    symbol: str
    coin: CoinSymbol
    quote_asset: str
    price: QuantityRule
    lot: QuantityRule
    market: QuantityRule
    notional: NotionalRule = NotionalRule()
    percent: PercentRule = PercentRule()
    max_orders: int = 200
    max_trigger_orders: int = 5
    max_position: Decimal | None = None
    status: str = "TRADING"
    order_types: tuple[OrderType, ...] = tuple(OrderType)
    quote_quantity_allowed: bool = True

    @property
    def step(self) -> Decimal:
        """Give the step of quantities."""
        return self.lot.step


def usual_rules(coin: CoinSymbol, quote_asset: str, price: float) -> SymbolRules:
    """Give the rules a pair of this coin usually has at about this price."""
    step = USUAL_LOT_STEPS.get(coin) or _step(price)
    tick = _tick(price)
    return SymbolRules(
        symbol=f"{coin}{quote_asset}",
        coin=coin,
        quote_asset=quote_asset,
        price=QuantityRule(tick, tick * _MOST_STEPS, tick),
        lot=QuantityRule(step, step * _MOST_STEPS, step),
        market=QuantityRule(ZERO, step * _MOST_STEPS / _MARKET_SHARE, ZERO),
    )


def document(rules: SymbolRules, *, halted: bool = False) -> dict[str, object]:
    """Give what exchangeInfo says of a pair."""
    return {
        "symbol": rules.symbol,
        "status": "HALT" if halted else rules.status,
        "baseAsset": rules.coin,
        "baseAssetPrecision": _PLACES,
        "quoteAsset": rules.quote_asset,
        "quotePrecision": _PLACES,
        "quoteAssetPrecision": _PLACES,
        "baseCommissionPrecision": _PLACES,
        "quoteCommissionPrecision": _PLACES,
        "orderTypes": [one.value for one in rules.order_types],
        "icebergAllowed": False,
        "ocoAllowed": True,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": rules.quote_quantity_allowed,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": list(filters(rules)),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_MAKER"],
    }


def filters(rules: SymbolRules) -> Sequence[Mapping[str, object]]:
    """Give the filters of a pair as exchangeInfo tells them."""
    told: list[Mapping[str, object]] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": text_of(rules.price.smallest),
            "maxPrice": text_of(rules.price.largest),
            "tickSize": text_of(rules.price.step),
        },
        _quantity_filter("LOT_SIZE", rules.lot),
        {"filterType": "ICEBERG_PARTS", "limit": 10},
        _quantity_filter("MARKET_LOT_SIZE", rules.market),
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10,
            "maxTrailingAboveDelta": 2_000,
            "minTrailingBelowDelta": 10,
            "maxTrailingBelowDelta": 2_000,
        },
        _percent_filter(rules.percent),
        _notional_filter(rules.notional),
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": rules.max_orders},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": rules.max_trigger_orders},
    ]
    if rules.max_position is not None:
        told.append({"filterType": "MAX_POSITION", "maxPosition": text_of(rules.max_position)})
    return told


def text_of(amount: Decimal) -> str:
    """Give an amount with eight places, as Binance writes every amount."""
    return f"{amount:.8f}"


def _quantity_filter(name: str, rule: QuantityRule) -> Mapping[str, object]:
    return {
        "filterType": name,
        "minQty": text_of(rule.smallest),
        "maxQty": text_of(rule.largest),
        "stepSize": text_of(rule.step),
    }


def _percent_filter(rule: PercentRule) -> Mapping[str, object]:
    if not rule.by_side:
        return {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": str(rule.bid_up),
            "multiplierDown": str(rule.bid_down),
            "avgPriceMins": _AVERAGE_MINUTES,
        }
    return {
        "filterType": "PERCENT_PRICE_BY_SIDE",
        "bidMultiplierUp": str(rule.bid_up),
        "bidMultiplierDown": str(rule.bid_down),
        "askMultiplierUp": str(rule.ask_up),
        "askMultiplierDown": str(rule.ask_down),
        "avgPriceMins": _AVERAGE_MINUTES,
    }


def _notional_filter(rule: NotionalRule) -> Mapping[str, object]:
    if rule.old:
        return {
            "filterType": "MIN_NOTIONAL",
            "minNotional": text_of(rule.smallest),
            "applyToMarket": rule.smallest_at_market,
            "avgPriceMins": _AVERAGE_MINUTES,
        }
    return {
        "filterType": "NOTIONAL",
        "minNotional": text_of(rule.smallest),
        "applyMinToMarket": rule.smallest_at_market,
        "maxNotional": text_of(rule.largest),
        "applyMaxToMarket": rule.largest_at_market,
        "avgPriceMins": _AVERAGE_MINUTES,
    }


def _tick(price: float) -> Decimal:
    """Give a price step that leaves five digits of the price, as Binance's steps do."""
    exponent = math.floor(math.log10(price)) - _DIGITS_OF_PRICE
    return min(max(Decimal(1).scaleb(exponent), FINEST_STEP), _LARGEST_TICK)


def _step(price: float) -> Decimal:
    """Give a quantity step worth at most a cent or so, at most one coin."""
    exponent = min(-math.floor(math.log10(price)) - 2, 0)
    return max(Decimal(1).scaleb(exponent), FINEST_STEP)
