"""Binance's market streams: best prices and running candles as they change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

import orjson

from powertrader.market.resample import Weekday
from powertrader.simexchange.binance_market import INTERVALS_S
from powertrader.simexchange.local_exchange import LocalExchange, price_text
from powertrader.simexchange.markets import Window
from powertrader.simexchange.replies import ApiError

_NAME: Final = re.compile(
    r"(?P<symbol>[a-z0-9]{2,20})@(?P<kind>bookTicker|kline)(?:_(?P<interval>[0-9]+[a-z]))?"
)


@dataclass(frozen=True, slots=True)
class StreamName:
    """One stream such as btcusdt@bookTicker or btcusdt@kline_1h; interval is empty without candles."""

    text: str
    symbol: str
    interval: str


@dataclass(frozen=True, slots=True)
class StreamNames:
    """The streams of one connection; those of /stream are wrapped with their names."""

    streams: tuple[StreamName, ...]
    combined: bool

    def wrapped(self, name: StreamName, content: Mapping[str, object]) -> bytes:
        """Give a message as it is sent on this connection."""
        return orjson.dumps({"stream": name.text, "data": content} if self.combined else content)


def names_of(path: str, query: bytes) -> StreamNames:
    """Give the streams that a path asks for, none when it is not understood."""
    if path.startswith("/ws/"):
        return StreamNames(_parsed(path.removeprefix("/ws/")), combined=False)
    if path == "/stream":
        wanted = parse_qs(query.decode("latin-1")).get("streams", [""])[0]
        return StreamNames(_parsed(wanted), combined=True)
    return StreamNames((), combined=False)


def content_of(exchange: LocalExchange, name: StreamName) -> dict[str, object] | None:
    """Give what a stream says now without a time stamp of its own, None for an unknown pair."""
    try:
        coin = exchange.coin_of(name.symbol)
    except ApiError:
        return None
    if name.interval:
        return _kline(exchange, name, coin)
    best = exchange.best(name.symbol)
    return {
        "u": 0,
        "s": name.symbol,
        "b": best.bid_price,
        "B": best.bid_quantity,
        "a": best.ask_price,
        "A": best.ask_quantity,
    }


def _kline(exchange: LocalExchange, name: StreamName, coin: str) -> dict[str, object] | None:
    interval_s = INTERVALS_S[name.interval]
    now_s = exchange.clock.now().timestamp()
    window = Window(interval_s, Weekday.MONDAY, now_s - interval_s, now_s)
    found = exchange.market.candles(coin, window)
    if not found:
        return None
    candle = found[-1]
    return {
        "e": "kline",
        "E": exchange.market_ms(),
        "s": name.symbol,
        "k": {
            "t": candle.open_time_s * 1000,
            "T": (candle.open_time_s + interval_s) * 1000 - 1,
            "s": name.symbol,
            "i": name.interval,
            "f": 0,
            "L": 0,
            "o": price_text(candle.open),
            "c": price_text(candle.close),
            "h": price_text(candle.high),
            "l": price_text(candle.low),
            "v": price_text(candle.volume),
            "n": 0,
            "x": False,
            "q": price_text(candle.volume * candle.close),
            "V": "0.00000000",
            "Q": "0.00000000",
            "B": "0",
        },
    }


def _parsed(text: str) -> tuple[StreamName, ...]:
    found = [_NAME.fullmatch(name) for name in text.split("/")]
    streams = [match for match in found if match is not None]
    if len(streams) < len(found) or any((one["interval"] or "1h") not in INTERVALS_S for one in streams):
        return ()
    return tuple(StreamName(one.string, one["symbol"].upper(), one["interval"] or "") for one in streams)
