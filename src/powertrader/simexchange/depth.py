"""The order book of a pair, made from its quote, what is traded in an hour, and what depth costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final
from zlib import crc32

from powertrader.core.fills import market_price
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.money import ZERO, decimal_of, floor_to_step, product, rounded_down
from powertrader.models.order import Side
from powertrader.simexchange.symbol_rules import SymbolRules

_WHOLE_PCT: Final = Decimal(100)
# how the orders nearest to the market share what is there at the best price; the last gets the rest
_NEAREST: Final = (16, 8, 4, 2)
_JITTER: Final = 64


@dataclass(frozen=True, slots=True)
class Level:
    """A price and how many coins are offered or wanted at it."""

    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class OrderBook:
    """Both sides of a book, the best price first."""

    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class BookTerms:
    """What a book is made of: rules and costs of the pair, the coins of its newest candle, and a seed."""

    rules: SymbolRules
    costs: CostModel
    volume: float
    seed: int


def book(quote: Quote, terms: BookTerms) -> OrderBook:
    """Give both sides of the book, orders at one price taken together."""
    bids, asks = (tuple(_merged(offers(side, quote, terms))) for side in (Side.SELL, Side.BUY))
    return OrderBook(bids, asks)


def offers(side: Side, quote: Quote, terms: BookTerms) -> Iterator[Level]:
    """Give the orders that a purchase or sale meets, the best first; the same ones for the same quote.

    The further prices are those that the cost model gives orders of that share of the volume.
    """
    best = decimal_of(quote.ask if side is Side.BUY else quote.bid)
    total = decimal_of(terms.volume)
    tiers = terms.costs.slippage_tiers
    largest = terms.costs.largest_share_pct
    limits = [0.0, *(min(tier.limit, largest) for tier in tiers), largest]
    extras = [0.0, *(tier.extra_pct for tier in tiers)]
    for number, ((start, end), extra) in enumerate(zip(pairwise(limits), extras, strict=True)):
        price = outward(side, _beyond(side, best, extra), terms.rules.price.step)
        quantity = rounded_down(product(total, decimal_of(end - start) / _WHOLE_PCT))
        if number:
            yield from _some(price, floor_to_step(quantity, terms.rules.step))
        else:
            yield from _split(price, quantity, terms)


def outward(side: Side, price: Decimal, tick: Decimal) -> Decimal:
    """Give a price on the tick, never better for the one who trades."""
    below = floor_to_step(price, tick)
    return below + tick if side is Side.BUY and below < price else below


def traded_price(side: Side, level: Decimal, costs: CostModel, tick: Decimal) -> Decimal:
    """Give what a market order pays or gets at a level: worse by the slippage, because the book moves."""
    return outward(side, market_price(side, level, costs), tick)


def _beyond(side: Side, best: Decimal, extra_pct: float) -> Decimal:
    extra = decimal_of(extra_pct) / _WHOLE_PCT
    return product(best, 1 + extra if side is Side.BUY else 1 - extra)


def _split(price: Decimal, quantity: Decimal, terms: BookTerms) -> Iterator[Level]:
    """Divide what is there at the best price among several orders, by the seed."""
    noise = crc32(f"{terms.seed}:{terms.rules.symbol}:{price}".encode())
    left = quantity
    for number, divisor in enumerate(_NEAREST):
        share = _JITTER + (noise >> 8 * number) % _JITTER
        part = floor_to_step(quantity * share / (2 * _JITTER * divisor), terms.rules.step)
        part = min(part, left)
        yield from _some(price, part)
        left -= part
    yield from _some(price, floor_to_step(left, terms.rules.step))


def _some(price: Decimal, quantity: Decimal) -> Iterator[Level]:
    if quantity > ZERO and price > ZERO:
        yield Level(price, quantity)


def _merged(levels: Iterator[Level]) -> Iterator[Level]:
    for price, same in groupby(levels, key=lambda level: level.price):
        yield Level(price, sum((level.quantity for level in same), ZERO))
