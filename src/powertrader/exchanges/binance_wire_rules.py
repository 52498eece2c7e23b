"""What Binance allows to be ordered, out of exchangeInfo. Source: design/EXCHANGE.md section 3."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire_fields import Fields, amount, fields_of, rows_of, switch, text, whole
from powertrader.models.instrument import Instrument

_TRADING: Final = "TRADING"
_NO_RULE: Final = Decimal(0)
_FINEST_DIGITS: Final = 30
_NAME: Final = re.compile(r"[A-Z0-9]{1,20}")
"""Other names, such as Chinese ones, cannot name a folder on every system."""


@dataclass(frozen=True, slots=True)
class PairRules:
    """The pairs of one quote asset by symbol, and what was wrong with those that could not be read."""

    instruments: Mapping[str, Instrument]
    unreadable: tuple[str, ...] = ()


def rules_of(content: object, quote_asset: str) -> PairRules:
    """Give the pairs that are traded against quote_asset. Raises BadData when the reply is no exchangeInfo.

    One pair that makes no sense does not take the others away.
    """
    found: dict[str, Instrument] = {}
    unreadable: list[str] = []
    for row in rows_of(fields_of(content, "exchangeInfo").get("symbols"), "symbols"):
        if not isinstance(row, dict) or row.get("quoteAsset") != quote_asset:
            continue
        if not _NAME.fullmatch(str(row.get("baseAsset"))):
            continue
        try:
            instrument = instrument_of(row)
        except BadData as error:
            unreadable.append(f"{str(row.get('symbol'))[:40]}: {error}")
            continue
        found[instrument.symbol] = instrument
    return PairRules(found, tuple(unreadable))


def instrument_of(content: object) -> Instrument:
    """Give the rules of one pair; where two rules say the same, the stricter. Raises BadData."""
    fields = fields_of(content, "symbol")
    filters = _filters(fields)
    lots = [filters[name] for name in ("LOT_SIZE", "MARKET_LOT_SIZE") if name in filters]
    most = [value for value in (amount(lot, "maxQty") for lot in lots) if value]
    steps = [value for value in (amount(lot, "stepSize") for lot in lots) if value]
    status = text(fields, "status")
    return Instrument(
        symbol=text(fields, "symbol"),
        coin=text(fields, "baseAsset"),
        lot_step=_common_step(steps) if steps else _finest(fields),
        min_quantity=max((amount(lot, "minQty") for lot in lots), default=_NO_RULE),
        max_quantity=min(most, default=None),
        min_notional=_min_notional(filters),
        tradable=status == _TRADING and switch(fields, "isSpotTradingAllowed"),
        max_notional=_max_notional(filters),
        max_position=_max_position(filters),
        price_tick=amount(filters["PRICE_FILTER"], "tickSize") if "PRICE_FILTER" in filters else _NO_RULE,
        order_types=_order_types(fields),
        status=status,
    )


def _filters(fields: Fields) -> Mapping[str, Fields]:
    rows = [fields_of(row, "filter") for row in rows_of(fields.get("filters"), "filters")]
    return {text(row, "filterType"): row for row in rows}


def _finest(fields: Fields) -> Decimal:
    digits = whole(fields, "baseAssetPrecision")
    if digits > _FINEST_DIGITS:
        msg = f"Binance's baseAssetPrecision was {digits}, must be at most {_FINEST_DIGITS}"
        raise BadData(msg)
    return Decimal(1).scaleb(-digits)


def _common_step(steps: list[Decimal]) -> Decimal:
    """Give the smallest step that is a multiple of every step; a quantity on it is on all of them."""
    exponents = [step.normalize().as_tuple().exponent for step in steps]
    unit = Decimal(1).scaleb(min(int(exponent) for exponent in exponents))
    return math.lcm(*(int(step / unit) for step in steps)) * unit


def _min_notional(filters: Mapping[str, Fields]) -> Decimal:
    """Give the smallest worth of a market order, whose worth Binance takes from an average price."""
    found = [_NO_RULE]
    if "NOTIONAL" in filters and switch(filters["NOTIONAL"], "applyMinToMarket"):
        found.append(amount(filters["NOTIONAL"], "minNotional"))
    if "MIN_NOTIONAL" in filters and switch(filters["MIN_NOTIONAL"], "applyToMarket"):
        found.append(amount(filters["MIN_NOTIONAL"], "minNotional"))
    return max(found)


def _max_notional(filters: Mapping[str, Fields]) -> Decimal | None:
    rule = filters.get("NOTIONAL")
    if rule is None or not switch(rule, "applyMaxToMarket"):
        return None
    return amount(rule, "maxNotional") or None


def _max_position(filters: Mapping[str, Fields]) -> Decimal | None:
    return amount(filters["MAX_POSITION"], "maxPosition") if "MAX_POSITION" in filters else None


def _order_types(fields: Fields) -> tuple[str, ...]:
    names = rows_of(fields.get("orderTypes"), "orderTypes")
    return tuple(name for name in names if isinstance(name, str))
