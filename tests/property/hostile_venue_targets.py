"""The readers of what venues send to us, and of what clients send to the local exchange."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.core.exceptions import PowerTraderError
from powertrader.exchanges import (
    binance_wire,
    binance_wire_market,
    binance_wire_rights,
    binance_wire_rules,
    ccxt_wire,
    kucoin_wire,
    local_clock,
)
from powertrader.exchanges.binance_client import BinanceHost, spot_client
from powertrader.exchanges.binance_errors import CallKind, address_pause_s, error_of, refusal_of
from powertrader.exchanges.binance_wire_stream import message_of
from powertrader.exchanges.ccxt_errors import Stage, error_for, failure_of
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.simexchange import order_requests, parameters, stream_requests
from powertrader.simexchange.endpoints import Request
from powertrader.simexchange.keys import FIRST_ACCOUNT, KeyRing
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.rights import Rights
from powertrader.simexchange.routes import BINANCE, KUCOIN, respond
from powertrader.simexchange.signing import public_key, split_signature
from tests.contract.trading_client_contract import intent_of
from tests.integration.secret_scenes import PASSPHRASE, new_pem
from tests.property.hostile_target import Target, of_file, of_json
from tests.unit.exchanges.test_ccxt_wire import MARKET, ORDER
from tests.unit.simexchange.cases import Case

NOW: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)


def binance_targets(case: Case) -> Iterator[Target]:
    """Give the readers of Binance's replies, with those of the local exchange as samples."""
    placed = case.signed(
        "POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
    )
    orders = case.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT")
    trades = case.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    refused = case.signed("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="none")
    rules = case.get("/api/v3/exchangeInfo")
    intent = intent_of(Side.BUY, "0.01", placed["clientOrderId"])
    answer = binance_wire.order_of(orders[0])
    canceled = {**orders[0], "origClientOrderId": "pt-1", "status": "CANCELED"}
    yield of_json("account", binance_wire.account_of, case.signed("GET", "/api/v3/account"))
    yield of_json("trading account", binance_wire_rights.may_trade, case.signed("GET", "/api/v3/account"))
    case.exchange.rights[FIRST_ACCOUNT] = Rights(ends_at=NOW)
    restrictions = case.signed("GET", "/sapi/v1/account/apiRestrictions")
    yield of_json("key rights", partial(binance_wire_rights.rights_of, account_trades=True), restrictions)
    yield of_json("order", binance_wire.order_of, placed, orders[0])
    yield of_json("orders", binance_wire.orders_of, orders)
    yield of_json("placed", lambda content: binance_wire.placed_order(content, intent), placed)
    yield of_json("canceled", lambda content: binance_wire.canceled_order(content, "pt-1"), canceled)
    yield of_json("order list", binance_wire.listed_orders, {"orderReports": orders})
    yield of_json(
        "executions",
        lambda content: binance_wire.with_executions(answer, binance_wire.executions_of(content)),
        trades,
    )
    yield of_json("rules", lambda content: binance_wire_rules.rules_of(content, "USDT"), rules)
    yield of_json("rules of a pair", binance_wire_rules.instrument_of, rules["symbols"][0])
    yield of_json("time", binance_wire_market.server_time_s, case.get("/api/v3/time"))
    ticker = case.get("/api/v3/ticker/bookTicker")
    yield of_json("quotes", binance_wire_market.quotes_of, ticker, ticker[0])
    klines = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", limit=3)
    yield of_json(
        "candles",
        lambda content: (
            binance_wire_market.candle_rows(content, 2e9, 3600),
            binance_wire_market.next_open_ms(content),
        ),
        klines,
    )
    yield Target(
        "refusal", _refusal, (orjson.dumps(refused), b'{"code":-1003,"msg":"banned until 1700000000000"}')
    )
    stream = (
        b'{"subscriptionId":0,"event":{"e":"executionReport"}}',
        b'{"id":1,"status":400,"error":{"code":-1}}',
    )
    yield Target("stream message", lambda raw, _: message_of(raw), stream)
    numbers = (KeyError, TypeError, ValueError, OverflowError)
    yield of_json("clock", local_clock.clock_reading, case.get("/local/clock"), may_raise=numbers)


def _refusal(raw: bytes, _folder: Path) -> object:
    headers = {"Retry-After": raw[:8].decode("latin-1")}
    for status in (200, 302, 400, 401, 403, 409, 418, 429, 451, 503):
        refusal = refusal_of(status, raw, headers)
        for kind in CallKind:
            address_pause_s(error_of(refusal, kind, "order", NOW), refusal)
    return None


def kucoin_targets(case: Case) -> Iterator[Target]:
    """Give the readers of KuCoin's replies."""
    span = range(0, 2_000_000_000, 3600)
    candles = case.get("/api/v1/market/candles", symbol="BTC-USDT", type="1hour")
    level1 = case.reply("GET", "/api/v1/market/orderbook/level1", symbol="BTC-USDT").body
    readers: tuple[tuple[str, Callable[[Any], object], bytes], ...] = (
        ("candles", lambda content: kucoin_wire.candle_rows(content, span, 2e9, 3600), orjson.dumps(candles)),
        ("quote", kucoin_wire.quote_of, level1),
        ("quotes", kucoin_wire.quotes_of, case.reply("GET", "/api/v1/market/allTickers").body),
    )
    for name, read, sample in readers:

        def replied(raw: bytes, _folder: Path, read: Callable[[Any], object] = read) -> object:
            return read(kucoin_wire.content_of(kucoin_wire.Reply(200 + len(raw) % 4 * 100, raw), "BTC"))

        yield Target(f"kucoin {name}", replied, (sample,))


def ccxt_targets() -> Iterator[Target]:
    """Give the readers of what ccxt makes of replies."""
    report = OrderReport(
        "1", "pt-1", "BTCUSDT", Side.BUY, OrderState.FILLED, Decimal("0.1"), Decimal("0.1"), Decimal(1), ""
    )
    part = {"BTC": "1.5", "USDT": None}
    balance = {"info": {"balances": []}, "free": part, "used": {"BTC": "0.5"}, "total": part}
    trade = {"amount": "0.1", "cost": "1000", "fee": {"currency": "BTC", "cost": "0.001"}}
    for mode in (ccxt_wire.TICK_SIZE, ccxt_wire.DECIMAL_PLACES):
        yield of_json(f"ccxt market {mode}", partial(ccxt_wire.instrument_of, precision_mode=mode), MARKET)
    yield of_json("ccxt account", ccxt_wire.account_of, balance)
    yield of_json("ccxt order", lambda found: ccxt_wire.report_of(found, "BTCUSDT", "pt-1", Side.BUY), ORDER)
    yield of_json("ccxt order of anybody", lambda found: ccxt_wire.report_of(found, "BTCUSDT", "pt-1"), ORDER)
    yield of_json(
        "ccxt trades",
        lambda found: ccxt_wire.with_trades(report, found if isinstance(found, list) else []),
        [trade, trade],
    )
    rows = [[1_700_000_000_000, 1.0, 2.0, 0.5, 1.5, 10.0]]
    span = range(0, 2_000_000_000, 3600)
    yield of_json("ccxt candles", lambda found: ccxt_wire.candle_rows(found, span, 2e9, 3600), rows)
    yield of_json("ccxt quote", ccxt_wire.quote_of, {"bid": 1.5, "ask": "1.6"})
    yield of_json("ccxt id", ccxt_wire.client_id_of, ORDER)
    yield Target("ccxt error", _ccxt_failure, (b'binance {"code":-2010,"msg":"Account has"}',))


def _ccxt_failure(raw: bytes, _folder: Path) -> object:
    failure = failure_of(ValueError(raw.decode("utf-8", "replace")), raw[0] if raw else None)
    return [error_for(failure, stage, "order") for stage in Stage]


def exchange_targets(case: Case) -> Iterator[Target]:
    """Give the readers of what clients send to the local exchange, and of its own files."""
    query = b"symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.1&price=1.5&timeInForce=GTC&signature=ab%2F"
    api = (PowerTraderError, ApiError)

    place = BINANCE["POST", "/api/v3/order"]

    def ordered(raw: bytes, _folder: Path) -> object:
        text = raw.decode("latin-1")
        split_signature(text, text)
        given = parameters.checked(parameters.pairs_of(text, ""), place.required, place.accepted)
        return order_requests.request_of(given.values)

    yield Target("order request", ordered, (query,), api)
    places = sorted({*BINANCE, *KUCOIN})

    def asked(raw: bytes, _folder: Path) -> object:
        method, path = places[len(raw) % len(places)]
        text = raw.decode("latin-1")
        key = case.exchange.keys.first("main").api_key if len(raw) % 2 else text[:9]
        case.exchange.binance_meter.forgive()
        case.exchange.kucoin_meter.forgive()
        reply = respond(case.exchange, Request(method, path, text, text[5:], key), 0)
        assert reply.status < 500
        return reply

    yield Target("http request", asked, (query, b"symbol=BTC-USDT&type=1hour&startAt=1"))
    session = stream_requests.StreamSession()
    wish = b'{"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":"a","timestamp":1}}'
    yield Target(
        "stream request",
        lambda raw, _: stream_requests.answer(case.exchange, session, raw.decode("utf-8", "replace")),
        (wish, b'{"id":2,"method":"ping"}'),
    )
    pem = new_pem()
    keys = [{"api_key": "k" * 64, "account": "main", "kind": "HMAC", "proof": "s" * 64}]
    yield of_file("keys of the exchange", "keys.json", KeyRing, orjson.dumps(keys))
    text = pem.public.encode()
    yield Target(
        "public key", lambda raw, _: public_key("k", "main", raw.decode("utf-8", "replace")), (text,)
    )
    yield Target("private key", _private_key, (pem.text.encode(), pem.locked.encode()))


def _private_key(raw: bytes, _folder: Path) -> object:
    given = raw.decode("utf-8", "replace")
    keys = BinanceCredentials(Secret("key"), None, Secret(given), Secret(PASSPHRASE))
    return spot_client(BinanceHost("live", ExchangeSection()), keys)


def venue_targets(case: Case) -> tuple[Target, ...]:
    """Give all of them; what the local exchange answers is their sample."""
    return (*binance_targets(case), *kucoin_targets(case), *ccxt_targets(), *exchange_targets(case))
