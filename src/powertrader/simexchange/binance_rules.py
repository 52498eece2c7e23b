"""Binance's public endpoints about the venue itself: the rules of every pair, its book and last trades."""

from collections.abc import Sequence
from typing import Final

from powertrader.simexchange.binance_market import wanted_symbols
from powertrader.simexchange.depth import Level
from powertrader.simexchange.endpoints import Call, Endpoint
from powertrader.simexchange.limits import ORDER_LIMITS
from powertrader.simexchange.local_exchange import LocalExchange, price_text
from powertrader.simexchange.symbol_rules import document, text_of

_USUAL_LEVELS: Final = 100
_MOST_LEVELS: Final = 5_000
_MINUTE_MS: Final = 60_000


def exchange_info(exchange: LocalExchange, call: Call) -> object:
    """Give the limits of the venue and the rules of one pair, of some, or of all."""
    symbol = call.parameters.text("symbol")
    names = (symbol,) if symbol else wanted_symbols(exchange, call.parameters)
    for name in names:
        exchange.coin_of(name)
    limit = exchange.binance_meter.terms
    return {
        "timezone": "UTC",
        "serverTime": call.now_ms,
        "rateLimits": [
            {
                "rateLimitType": "REQUEST_WEIGHT",
                "interval": "MINUTE",
                "intervalNum": limit.window_ms // _MINUTE_MS,
                "limit": limit.weight,
            },
            *(one.content for one in ORDER_LIMITS),
        ],
        "exchangeFilters": [],
        "symbols": [document(exchange.rules[name], halted=exchange.is_halted(name)) for name in names],
    }


def depth(exchange: LocalExchange, call: Call) -> object:
    """Give the order book, best prices first."""
    symbol = call.parameters.text("symbol")
    exchange.coin_of(symbol)
    limit = call.parameters.limit(_USUAL_LEVELS, _MOST_LEVELS)
    book = exchange.venue.depth(symbol)
    return {
        "lastUpdateId": exchange.market_ms(),
        "bids": [_level(one) for one in book.bids[:limit]],
        "asks": [_level(one) for one in book.asks[:limit]],
    }


def last_trades(exchange: LocalExchange, call: Call) -> object:
    """Give the last trade of the market: the close of its newest candle."""
    symbol = call.parameters.text("symbol")
    coin = exchange.coin_of(symbol)
    price = price_text(exchange.last_price(coin))
    return [
        {
            "id": 1,
            "price": price,
            "qty": "1.00000000",
            "quoteQty": price,
            "time": exchange.market_ms(),
            "isBuyerMaker": False,
            "isBestMatch": True,
        }
    ]


def joined_trades(exchange: LocalExchange, call: Call) -> object:
    """Give the last trade of the market in the short words of aggregated trades."""
    symbol = call.parameters.text("symbol")
    price = price_text(exchange.last_price(exchange.coin_of(symbol)))
    moment = exchange.market_ms()
    return [{"a": 1, "p": price, "q": "1.00000000", "f": 1, "l": 1, "T": moment, "m": False, "M": True}]


def _level(level: Level) -> list[str]:
    return [text_of(level.price), text_of(level.quantity)]


_SYMBOL: Final = frozenset({"symbol"})

ENDPOINTS: Final[Sequence[Endpoint]] = (
    Endpoint(
        "GET",
        "/api/v3/exchangeInfo",
        20,
        exchange_info,
        optional=frozenset({"symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus"}),
    ),
    Endpoint("GET", "/api/v3/depth", 5, depth, _SYMBOL, frozenset({"limit"})),
    Endpoint("GET", "/api/v3/trades", 25, last_trades, _SYMBOL, frozenset({"limit"})),
    Endpoint(
        "GET",
        "/api/v3/aggTrades",
        4,
        joined_trades,
        _SYMBOL,
        frozenset({"limit", "fromId", "startTime", "endTime"}),
    ),
)
