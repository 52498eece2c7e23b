"""The exchange of a recorded trader case in Binance's wire format.

What it does as no real one does: an order that is older than the case has its number for a client id, as
recordings hold no other, and a number that needs more than Binance's eight decimals has more.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from powertrader.core.clock import SystemClock
from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.core.exceptions import OrderUnknown, Rejected, RetryLater
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.parity.recorded_exchange import ProgramStopped, RecordedExchange
from tests.unit.exchanges.stub_venue import CUT, Answer, Asked, json_answer

KEYS: Final = BinanceCredentials(Secret("recorded-key"), Secret("recorded-secret"))
EPOCH: Final = datetime.fromtimestamp(0, UTC)
DIGITS: Final = Decimal("0.00000001")
STATUSES: Final[Mapping[OrderState, str]] = {
    OrderState.PENDING: "NEW",
    OrderState.FILLED: "FILLED",
    OrderState.CANCELED: "CANCELED",
    OrderState.REJECTED: "REJECTED",
    OrderState.EXPIRED: "EXPIRED",
}
REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "rejected:-1013": (-1013, "Filter failure: LOT_SIZE"),
    "rejected:-1121": (-1121, "Invalid symbol."),
    "rejected:-2010": (-2010, "Account has insufficient balance for requested action."),
    "error:api": (-2010, "Order book liquidity is less than LOT_SIZE filter minimum quantity."),
    "error:order": (-2010, "Order book liquidity is less than LOT_SIZE filter minimum quantity."),
}
"""How Binance says what the recording says; its log names the exception that the original saw."""
Fields = Mapping[str, str]


class RecordedVenue:
    """Answers requests for the case that is in force."""

    def __init__(self) -> None:
        self._begun: tuple[RecordedExchange, Sequence[str]] | None = None
        self._reports: dict[str, OrderReport] = {}
        self._sent: set[str] = set()
        self.stopped: ProgramStopped | None = None

    def begin(self, exchange: RecordedExchange, symbols: Iterable[str]) -> None:
        """Answer for this exchange from now on; symbols are those that have a price."""
        if self._begun is None or self._begun[0] is not exchange:
            self._reports.clear()
            self._sent.clear()
        self._begun = exchange, tuple(symbols)
        self.stopped = None

    def answer(self, asked: Asked) -> Answer:
        """Give Binance's reply to a request."""
        url = urlsplit(asked.target)
        told = asked.body.decode() or url.query
        endpoint = ENDPOINTS[f"{asked.method} {url.path.removeprefix('/api/v3/')}"]
        if endpoint in SIGNED and not _is_signed(told):
            return _refusal(400, -1022, "Signature for this request is not valid.")
        try:
            return endpoint(self, dict(parse_qsl(told)))
        except RetryLater:
            return Answer(b"<html>503 Service Unavailable</html>", 503)
        except ProgramStopped as stopped:
            self.stopped = stopped
            return CUT

    @property
    def _exchange(self) -> RecordedExchange:
        assert self._begun is not None
        return self._begun[0]

    def time(self, fields: Fields) -> Answer:
        """GET /api/v3/time."""
        return json_answer({"serverTime": int(SystemClock().now().timestamp() * 1000)})

    def exchange_info(self, fields: Fields) -> Answer:
        """GET /api/v3/exchangeInfo."""
        return json_answer({"symbols": [_symbol(one) for one in self._exchange.get_instruments().values()]})

    def account(self, fields: Fields) -> Answer:
        """GET /api/v3/account."""
        balances = self._exchange.get_account().balances
        rows = [
            {"asset": one.asset, "free": _text(one.free), "locked": _text(one.locked)} for one in balances
        ]
        return json_answer({"canTrade": True, "accountType": "SPOT", "balances": rows})

    def book_ticker(self, fields: Fields) -> Answer:
        """GET /api/v3/ticker/bookTicker, of one pair or of all that have a price."""
        assert self._begun is not None
        exchange, symbols = self._begun
        wanted = [fields["symbol"]] if "symbol" in fields else symbols
        quotes = exchange.get_quotes(symbol.removesuffix(QUOTE_ASSET) for symbol in wanted)
        rows = [
            {"symbol": coin + QUOTE_ASSET, "bidPrice": _price(quote.bid), "askPrice": _price(quote.ask)}
            for coin, quote in quotes.items()
        ]
        if "symbol" not in fields:
            return json_answer(rows)
        return json_answer(rows[0]) if rows else _refusal(400, -1121, "Invalid symbol.")

    def new_order(self, fields: Fields) -> Answer:
        """POST /api/v3/order."""
        symbol, text = fields["symbol"], fields["quantity"]
        coin, side = symbol.removesuffix(QUOTE_ASSET), Side(fields["side"])
        ours = fields["newClientOrderId"]
        assert (fields["type"], fields["newOrderRespType"]) == ("MARKET", "FULL")
        if ours in self._sent:
            return _refusal(400, -2010, "Duplicate order sent.")
        self._sent.add(ours)
        intent = OrderIntent(ours, coin, symbol, side, Decimal(text), text, "", 0.0, None, None, "", EPOCH)
        try:
            report = self._exchange.place_order(intent)
        except OrderUnknown:
            return CUT
        except Rejected:
            return _refusal(400, *REFUSALS[self._exchange.log[-1]["result"]])
        fills = [_fill(report)] if report.executed_quantity else []
        return json_answer({**self._order(report, "transactTime"), "fills": fills})

    def get_order(self, fields: Fields) -> Answer:
        """GET /api/v3/order, by client id."""
        report = self._exchange.get_order(fields["symbol"], fields["origClientOrderId"])
        if report is None:
            return _refusal(400, -2013, "Order does not exist.")
        return json_answer(self._order(report, "time"))

    def all_orders(self, fields: Fields) -> Answer:
        """GET /api/v3/allOrders."""
        reports = self._exchange.get_order_history(fields["symbol"])
        return json_answer([self._order(report, "time") for report in reports])

    def my_trades(self, fields: Fields) -> Answer:
        """GET /api/v3/myTrades of one order."""
        report = self._reports[fields["orderId"]]
        return json_answer([_fill(report) | {"id": 1, "quoteQty": _text(report.quote_quantity)}])

    def _order(self, report: OrderReport, time_name: str) -> dict[str, Any]:
        self._reports[report.order_id] = report
        return {
            "symbol": report.symbol,
            "orderId": int(report.order_id),
            "orderListId": -1,
            "clientOrderId": report.client_order_id or report.order_id,
            time_name: int(report.time_text),
            "price": "0.00000000",
            "origQty": _text(report.ordered_quantity),
            "executedQty": _text(report.executed_quantity),
            "cummulativeQuoteQty": _text(report.quote_quantity),
            "status": STATUSES[report.state],
            "timeInForce": "GTC",
            "type": "MARKET",
            "side": report.side.value,
        }


ENDPOINTS: Final[Mapping[str, Callable[[RecordedVenue, Fields], Answer]]] = {
    "GET time": RecordedVenue.time,
    "GET exchangeInfo": RecordedVenue.exchange_info,
    "GET ticker/bookTicker": RecordedVenue.book_ticker,
    "GET account": RecordedVenue.account,
    "POST order": RecordedVenue.new_order,
    "GET order": RecordedVenue.get_order,
    "GET allOrders": RecordedVenue.all_orders,
    "GET myTrades": RecordedVenue.my_trades,
}
SIGNED: Final = frozenset(
    {
        RecordedVenue.account,
        RecordedVenue.new_order,
        RecordedVenue.get_order,
        RecordedVenue.all_orders,
        RecordedVenue.my_trades,
    }
)


def _is_signed(told: str) -> bool:
    payload, _, signature = told.rpartition("&signature=")
    assert KEYS.api_secret is not None
    expected = hmac.new(KEYS.api_secret.reveal().encode(), payload.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature, expected)


def _refusal(status: int, code: int, message: str) -> Answer:
    return json_answer({"code": code, "msg": message}, status)


def _symbol(pair: Instrument) -> dict[str, Any]:
    lot = {"filterType": "LOT_SIZE", "minQty": _text(pair.min_quantity), "maxQty": "9000000.00000000"}
    filters: list[dict[str, Any]] = [lot | {"stepSize": _text(pair.lot_step)}]
    if pair.min_notional:
        minimum = {"filterType": "NOTIONAL", "minNotional": _text(pair.min_notional)}
        filters.append(minimum | {"applyMinToMarket": True, "applyMaxToMarket": False})
    return {
        "symbol": pair.symbol,
        "status": "TRADING",
        "baseAsset": pair.coin,
        "baseAssetPrecision": 8,
        "quoteAsset": QUOTE_ASSET,
        "isSpotTradingAllowed": True,
        "orderTypes": ["MARKET"],
        "filters": filters,
    }


def _fill(report: OrderReport) -> dict[str, Any]:
    assert report.fees is not None
    (asset, fee) = report.fees[0]
    price = report.quote_quantity / report.executed_quantity
    filled = {"tradeId": 1, "price": _text(price), "qty": _text(report.executed_quantity)}
    return filled | {"commission": _text(fee), "commissionAsset": asset}


def _price(price: float) -> str:
    return _text(Decimal(repr(price)))


def _text(number: Decimal) -> str:
    """Eight decimals as Binance writes them; a recording that needs more has more."""
    return f"{number:.8f}" if number == number.quantize(DIGITS) else f"{number:f}"
