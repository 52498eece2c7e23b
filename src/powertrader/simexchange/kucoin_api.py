"""KuCoin's public market endpoints: seconds, newest first, the close before the high, all numbers text."""

from collections.abc import Mapping, Sequence
from typing import Final

from powertrader.market.resample import Weekday
from powertrader.models.candle import Candle
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.endpoints import Call, Endpoint, Request
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.markets import Window
from powertrader.simexchange.parameters import Parameters, pairs_of
from powertrader.simexchange.replies import ApiError, Reply, json_reply

_TYPES_S: Final[Mapping[str, int]] = {
    "1min": 60,
    "3min": 180,
    "5min": 300,
    "15min": 900,
    "30min": 1_800,
    "1hour": 3_600,
    "2hour": 7_200,
    "4hour": 14_400,
    "6hour": 21_600,
    "8hour": 28_800,
    "12hour": 43_200,
    "1day": 86_400,
    "1week": 604_800,
}
_MOST_ROWS: Final = 1_500
_LONGEST_TIME: Final = 12
_RECENT_ROWS: Final = 100
_GOOD: Final = "200000"
_BAD_PARAMETER: Final = 400100
_OVERLOADED: Final = "429000"


def answer(exchange: LocalExchange, endpoint: Endpoint, request: Request) -> Reply:
    """Give the reply to a request in KuCoin's envelope."""
    now_ms = exchange.wall_ms()
    values = dict(pairs_of(request.query, request.body))
    verdict = exchange.kucoin_meter.take(endpoint.cost(values), now_ms)
    limit = exchange.kucoin_meter.terms.weight
    headers = {
        "gw-ratelimit-limit": str(limit),
        "gw-ratelimit-remaining": str(limit - verdict.used),
        "gw-ratelimit-reset": str(verdict.reset_ms),
    }
    if verdict.status != 200:  # noqa: PLR2004  the HTTP status of a request that passes
        return json_reply({"code": _OVERLOADED, "msg": "Too many requests"}, 429, headers)
    try:
        content = endpoint.answer(exchange, Call(Parameters(values), now_ms))
    except ApiError as error:
        return json_reply({"code": str(error.code), "msg": error.message}, error.status, headers)
    return json_reply({"code": _GOOD, "data": content}, headers=headers)


def candles(exchange: LocalExchange, call: Call) -> object:
    """Give at most 1500 candles, newest first; without times the recent ones, the running one in row 0."""
    given = call.parameters
    coin = _coin_of(exchange, given)
    interval_s = _TYPES_S.get(given.text("type"))
    if interval_s is None:
        raise ApiError(_BAD_PARAMETER, "Incorrect candlestick type.", 200)
    since_s, until_s = _time(given, "startAt"), _time(given, "endAt")
    now_s = exchange.clock.now().timestamp()
    rows = _MOST_ROWS
    if not since_s:
        rows = _MOST_ROWS if until_s else _RECENT_ROWS
        since_s = (until_s or now_s) - rows * interval_s
    # what begins at endAt itself is not given
    window = Window(interval_s, Weekday.THURSDAY, since_s, (until_s or now_s + 1) - 1)
    found = exchange.market.candles(coin, window)
    return [_row(candle) for candle in reversed(found[-rows:])]


def level1(exchange: LocalExchange, call: Call) -> object:
    """Give last price, best bid and best ask of one pair; None while nobody trades it."""
    coin = _coin_of(exchange, call.parameters)
    quote = exchange.market.quote(coin)
    if quote is None:
        return None
    best = exchange.best(coin + exchange.quote_asset)
    return {
        "time": exchange.market_ms(),
        "sequence": str(exchange.market_ms()),
        "price": _text(exchange.last_price(coin)),
        "size": best.bid_quantity,
        "bestBid": best.bid_price,
        "bestBidSize": best.bid_quantity,
        "bestAsk": best.ask_price,
        "bestAskSize": best.ask_quantity,
    }


def stats(exchange: LocalExchange, call: Call) -> object:
    """Give the prices of one pair and what happened to it within 24 hours; None while nobody trades it."""
    coin = _coin_of(exchange, call.parameters)
    row = _ticker(exchange, coin + exchange.quote_asset, coin)
    return None if row is None else {**row, "time": exchange.market_ms()}


def all_tickers(exchange: LocalExchange, _call: Call) -> object:
    """Give the prices of every pair that is traded."""
    rows = [_ticker(exchange, symbol, coin) for symbol, coin in exchange.pairs.items()]
    return {"time": exchange.market_ms(), "ticker": [row for row in rows if row is not None]}


def timestamp(_exchange: LocalExchange, call: Call) -> object:
    """Give the wall time in milliseconds."""
    return call.now_ms


def status(_exchange: LocalExchange, _call: Call) -> object:
    """Say that the venue is open."""
    return {"status": "open", "msg": ""}


def contracts(_exchange: LocalExchange, _call: Call) -> object:
    """Give no futures contract at all, which general clients ask for."""
    return []


def symbols(exchange: LocalExchange, _call: Call) -> object:
    """Give the order rules of every pair."""
    return [_symbol(exchange, symbol, coin) for symbol, coin in exchange.pairs.items()]


def currencies(exchange: LocalExchange, _call: Call) -> object:
    """Give every asset, each on a chain of its own name."""
    return [_currency(asset) for asset in (*exchange.pairs.values(), exchange.quote_asset)]


def _coin_of(exchange: LocalExchange, given: Parameters) -> CoinSymbol:
    coin, _, quote = given.text("symbol").partition("-")
    if quote != exchange.quote_asset or coin + quote not in exchange.pairs:
        raise ApiError(_BAD_PARAMETER, "Unsupported trading pair.", 200)
    return coin


def _time(given: Parameters, name: str) -> float:
    text = given.text(name, "0")
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_TIME:
        raise ApiError(_BAD_PARAMETER, f"The parameter {name} is invalid.", 200)
    return float(text)


def _row(candle: Candle) -> list[str]:
    return [
        str(candle.open_time_s),
        _text(candle.open),
        _text(candle.close),
        _text(candle.high),
        _text(candle.low),
        _text(candle.volume),
        _text(candle.volume * candle.close),
    ]


def _text(value: float) -> str:
    """Give the shortest text of a number without an exponent."""
    short = f"{value:.10f}".rstrip("0")
    return short.removesuffix(".")


def _ticker(exchange: LocalExchange, symbol: str, coin: CoinSymbol) -> dict[str, object] | None:
    if exchange.market.quote(coin) is None:
        return None
    best = exchange.best(symbol)
    last = exchange.last_price(coin)
    day = exchange.market.day(coin) or Candle(0, last, last, last, last)
    name = f"{coin}-{exchange.quote_asset}"
    return {
        "symbol": name,
        "symbolName": name,
        "buy": best.bid_price,
        "bestBidSize": best.bid_quantity,
        "sell": best.ask_price,
        "bestAskSize": best.ask_quantity,
        "changeRate": _text(last / day.open - 1 if day.open else 0.0),
        "changePrice": _text(last - day.open),
        "high": _text(day.high),
        "low": _text(day.low),
        "vol": _text(day.volume),
        "volValue": _text(day.volume * last),
        "last": _text(last),
        "averagePrice": _text(last),
        "takerFeeRate": "0.001",
        "makerFeeRate": "0.001",
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }


def _symbol(exchange: LocalExchange, symbol: str, coin: CoinSymbol) -> dict[str, object]:
    rules = exchange.rules[symbol]
    name = f"{coin}-{exchange.quote_asset}"
    return {
        "symbol": name,
        "name": name,
        "baseCurrency": coin,
        "quoteCurrency": exchange.quote_asset,
        "feeCurrency": exchange.quote_asset,
        "market": exchange.quote_asset,
        "baseMinSize": f"{rules.lot.smallest:f}",
        "quoteMinSize": f"{rules.notional.smallest:f}",
        "baseMaxSize": f"{rules.lot.largest:f}",
        "quoteMaxSize": "99999999",
        "baseIncrement": f"{rules.lot.step:f}",
        "quoteIncrement": f"{rules.price.step:f}",
        "priceIncrement": f"{rules.price.step:f}",
        "priceLimitRate": "0.1",
        "minFunds": f"{rules.notional.smallest:f}",
        "isMarginEnabled": False,
        "enableTrading": not exchange.is_halted(symbol),
        "feeCategory": 1,
        "makerFeeCoefficient": "1.00",
        "takerFeeCoefficient": "1.00",
        "st": False,
    }


def _currency(asset: str) -> dict[str, object]:
    return {
        "currency": asset,
        "name": asset,
        "fullName": asset,
        "precision": 8,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": False,
        "isDebitEnabled": False,
        "chains": [],
    }


ENDPOINTS: Final[Sequence[Endpoint]] = (
    Endpoint("GET", "/api/v1/market/candles", 3, candles),
    Endpoint("GET", "/api/v1/market/orderbook/level1", 2, level1),
    Endpoint("GET", "/api/v1/market/stats", 15, stats),
    Endpoint("GET", "/api/v1/market/allTickers", 15, all_tickers),
    Endpoint("GET", "/api/v1/timestamp", 3, timestamp),
    Endpoint("GET", "/api/v1/status", 3, status),
    Endpoint("GET", "/api/v2/symbols", 4, symbols),
    Endpoint("GET", "/api/v1/symbols", 4, symbols),
    Endpoint("GET", "/api/v3/currencies", 3, currencies),
    Endpoint("GET", "/api/v1/contracts/active", 3, contracts),
)
