"""Binance's public market endpoints: time, prices, candles."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import orjson

from powertrader.market.resample import Weekday
from powertrader.models.candle import Candle
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.endpoints import Call, Endpoint, Weight
from powertrader.simexchange.local_exchange import LocalExchange, price_text
from powertrader.simexchange.markets import Window
from powertrader.simexchange.parameters import Parameters
from powertrader.simexchange.replies import ApiError

INTERVALS_S: Final[Mapping[str, int]] = {
    "1s": 1,
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "4h": 14_400,
    "6h": 21_600,
    "8h": 28_800,
    "12h": 43_200,
    "1d": 86_400,
    "3d": 259_200,
    "1w": 604_800,
}
_MOST_CANDLES: Final = 1_000
_USUAL_CANDLES: Final = 500
Row: TypeAlias = Callable[[LocalExchange, str, CoinSymbol], dict[str, object]]

_DAY_MS: Final = 86_400_000
_AVERAGE_MINUTES: Final = 5


def ping(_exchange: LocalExchange, _call: Call) -> object:
    """Answer."""
    return {}


def server_time(_exchange: LocalExchange, call: Call) -> object:
    """Give the wall time that time stamps are compared with."""
    return {"serverTime": call.now_ms}


def klines(exchange: LocalExchange, call: Call) -> object:
    """Give candles, oldest first, the running one last; times are market time."""
    given = call.parameters
    coin = exchange.coin_of(given.text("symbol"))
    interval_s = INTERVALS_S.get(given.text("interval"))
    if interval_s is None:
        raise ApiError(-1120, "Invalid interval.")
    limit = given.limit(_USUAL_CANDLES, _MOST_CANDLES)
    now_s = exchange.clock.now().timestamp()
    start, end = given.whole("startTime"), given.whole("endTime")
    until_s = now_s if end is None else end / 1000
    since_s = until_s - limit * interval_s if start is None else start / 1000
    found = exchange.market.candles(coin, Window(interval_s, Weekday.MONDAY, since_s, until_s))
    rows = found[-limit:] if start is None else found[:limit]
    return [_kline(row, interval_s) for row in rows]


def price(exchange: LocalExchange, call: Call) -> object:
    """Give the last price of one pair, of some, or of all."""
    return _each(exchange, call.parameters, _price)


def book_ticker(exchange: LocalExchange, call: Call) -> object:
    """Give the best bid and ask of one pair, of some, or of all."""
    return _each(exchange, call.parameters, _book_ticker)


def day_ticker(exchange: LocalExchange, call: Call) -> object:
    """Give what happened to one pair, some, or all within 24 hours of market time."""
    return _each(exchange, call.parameters, _day_ticker)


def average_price(exchange: LocalExchange, call: Call) -> object:
    """Give the price that notional filters are measured with."""
    symbol = call.parameters.text("symbol")
    last = exchange.last_price(exchange.coin_of(symbol))
    return {"mins": _AVERAGE_MINUTES, "price": price_text(last), "closeTime": exchange.market_ms()}


def _each(exchange: LocalExchange, given: Parameters, row: Row) -> object:
    symbol = given.text("symbol")
    if symbol:
        return row(exchange, symbol, exchange.coin_of(symbol))
    wanted = wanted_symbols(exchange, given)
    return [row(exchange, name, exchange.coin_of(name)) for name in wanted]


def wanted_symbols(exchange: LocalExchange, given: Parameters) -> tuple[str, ...]:
    """Give the pairs of the parameter symbols, a JSON list, or all. Raises ApiError for an unknown one."""
    text = given.text("symbols")
    if not text:
        return exchange.symbols
    try:
        names = orjson.loads(text)
    except ValueError as error:
        raise ApiError(-1100, "Illegal characters found in parameter 'symbols'.") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ApiError(-1100, "Illegal characters found in parameter 'symbols'.")
    for name in names:
        exchange.coin_of(name)
    return tuple(names)


def _price(exchange: LocalExchange, symbol: str, coin: CoinSymbol) -> dict[str, object]:
    return {"symbol": symbol, "price": price_text(exchange.last_price(coin))}


def _book_ticker(exchange: LocalExchange, symbol: str, _coin: CoinSymbol) -> dict[str, object]:
    best = exchange.best(symbol)
    return {
        "symbol": symbol,
        "bidPrice": best.bid_price,
        "bidQty": best.bid_quantity,
        "askPrice": best.ask_price,
        "askQty": best.ask_quantity,
    }


def _day_ticker(exchange: LocalExchange, symbol: str, coin: CoinSymbol) -> dict[str, object]:
    last = exchange.last_price(coin)
    day = exchange.market.day(coin) or Candle(0, last, last, last, last)
    best = exchange.best(symbol)
    weighted = (day.high + day.low + day.close) / 3
    now_ms = exchange.market_ms()
    return {
        "symbol": symbol,
        "priceChange": price_text(last - day.open),
        "priceChangePercent": f"{(last / day.open - 1) * 100 if day.open else 0.0:.3f}",
        "weightedAvgPrice": price_text(weighted),
        "prevClosePrice": price_text(day.open),
        "lastPrice": price_text(last),
        "lastQty": "0.00000000",
        "bidPrice": best.bid_price,
        "bidQty": best.bid_quantity,
        "askPrice": best.ask_price,
        "askQty": best.ask_quantity,
        "openPrice": price_text(day.open),
        "highPrice": price_text(day.high),
        "lowPrice": price_text(day.low),
        "volume": price_text(day.volume),
        "quoteVolume": price_text(day.volume * weighted),
        "openTime": now_ms - _DAY_MS,
        "closeTime": now_ms,
        "firstId": 0,
        "lastId": 0,
        "count": 1,
    }


def _kline(candle: Candle, interval_s: int) -> list[object]:
    open_time_ms = candle.open_time_s * 1000
    half = candle.volume / 2
    return [
        open_time_ms,
        price_text(candle.open),
        price_text(candle.high),
        price_text(candle.low),
        price_text(candle.close),
        price_text(candle.volume),
        open_time_ms + interval_s * 1000 - 1,
        price_text(candle.volume * candle.close),
        1,
        price_text(half),
        price_text(half * candle.close),
        "0",
    ]


def _ticker_weight(one: int, every: int) -> Weight:
    """Give the weight of a ticker: one pair costs less than many."""
    return lambda values: one if values.get("symbol") else every


_SYMBOL: Final = frozenset({"symbol"})
_SOME_SYMBOLS: Final = frozenset({"symbol", "symbols"})

ENDPOINTS: Final[Sequence[Endpoint]] = (
    Endpoint("GET", "/api/v3/ping", 1, ping),
    Endpoint("GET", "/api/v3/time", 1, server_time),
    Endpoint(
        "GET",
        "/api/v3/klines",
        2,
        klines,
        frozenset({"symbol", "interval"}),
        frozenset({"limit", "startTime", "endTime", "timeZone"}),
    ),
    Endpoint("GET", "/api/v3/ticker/price", _ticker_weight(2, 4), price, optional=_SOME_SYMBOLS),
    Endpoint("GET", "/api/v3/ticker/bookTicker", _ticker_weight(2, 4), book_ticker, optional=_SOME_SYMBOLS),
    Endpoint(
        "GET", "/api/v3/ticker/24hr", _ticker_weight(2, 80), day_ticker, optional=_SOME_SYMBOLS | {"type"}
    ),
    Endpoint("GET", "/api/v3/avgPrice", 2, average_price, _SYMBOL),
)
