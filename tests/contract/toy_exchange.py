"""A whole venue in one small class, as a newcomer would write it: two coins, steady prices, a clock.

It shows that the ports ask for no more than they say: nothing here knows a class of another client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import numpy as np

from powertrader.core.clock import Clock
from powertrader.core.exceptions import (
    BadData,
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    PairRefused,
    PostOnlyRejected,
    Rejected,
)
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.candle import Candle, CandleHistory, Candles
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, OrderState, OrderType, Side
from powertrader.models.timeframe import Timeframe

STEP: Final = Decimal("0.01")
FEE_PCT: Final = Decimal("0.2")
FIRST_PRICES: Final[Mapping[str, float]] = {"RED": 50.0, "BLUE": 8.0}
PLAIN: Final = frozenset("0123456789.")
CANDLES: Final = 5


@dataclass
class ToyExchange:
    """Trades RED and BLUE against USDT; GREY is halted. Fees are always taken in the quote asset."""

    clock: Clock
    percent: float = 100.0
    totals: dict[str, Decimal] = field(default_factory=lambda: {"USDT": Decimal(5000)})
    sent: dict[str, OrderIntent] = field(default_factory=dict)
    said: dict[str, OrderReport] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)

    def move(self, percent: float) -> None:
        """Bring every price to so many percent of what it was at first."""
        self.percent = percent

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        """Give the same price for both sides."""
        known = {coin: FIRST_PRICES[coin] * self.percent / 100 for coin in coins if coin in FIRST_PRICES}
        return {coin: Quote(price, price) for coin, price in known.items()}

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        """Give a few flat candles up to now."""
        if coin not in FIRST_PRICES:
            msg = f"{coin} is not known here"
            raise BadData(msg)
        end = int(self.clock.now().timestamp()) // timeframe.seconds * timeframe.seconds
        opens = np.arange(end - CANDLES * timeframe.seconds, end, timeframe.seconds, dtype=np.int64)
        flat = np.full(CANDLES, FIRST_PRICES[coin])
        return CandleHistory.of(Candles(opens, flat, flat, flat, flat, flat, timeframe.seconds))

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        """Give the last of them."""
        return self.history(coin, timeframe).candles.at(-1)

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give the rules of all three pairs."""
        return {
            f"{coin}USDT": Instrument(
                f"{coin}USDT", coin, STEP, STEP, min_notional=Decimal(10), tradable=coin != "GREY"
            )
            for coin in (*FIRST_PRICES, "GREY")
        }

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the rules of one."""
        return self.get_instruments().get(symbol)

    def get_account(self) -> Account:
        """Give all balances."""
        self._match()
        locked = {asset: self._locked(asset) for asset in self.totals}
        return Account(
            tuple(
                Balance(asset, total - locked[asset], locked[asset]) for asset, total in self.totals.items()
            )
        )

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Take an order."""
        self._match()
        self._check(intent)
        price = self._price(intent.coin)
        if intent.terms.stop_price is not None and intent.terms.stop_price >= price:
            msg = "the stop price has been reached already"
            raise Rejected(msg)
        self._take(intent)
        if intent.terms.order_type in (OrderType.MARKET, OrderType.LIMIT):
            self._match(price if intent.terms.order_type is OrderType.MARKET else None)
        return self.said[intent.client_order_id]

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up."""
        self._match()
        report = self.said.get(client_order_id)
        return report if report is not None and report.symbol == symbol else None

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give every order."""
        self._match()
        return tuple(report for report in self.said.values() if report.symbol == symbol)

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give those that wait."""
        return tuple(report for report in self.get_order_history(symbol) if not report.state.is_final)

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out, with its other leg."""
        report = self.get_order(symbol, client_order_id)
        if report is None:
            msg = f"no order {client_order_id}"
            raise Rejected(msg)
        for name in (client_order_id, self.pairs.get(client_order_id, "")):
            if name in self.said and not self.said[name].state.is_final:
                self.said[name] = replace(self.said[name], state=OrderState.CANCELED)
        return self.said[client_order_id]

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Take two orders of which one cancels the other."""
        price = self._price(above.coin)
        top, bottom = above.terms.price, below.terms.stop_price
        if top is None or bottom is None or not bottom < price < top:
            msg = f"{top} must be above and {bottom} below {price}"
            raise Rejected(msg)
        self._check(above)
        self.pairs |= {
            above.client_order_id: below.client_order_id,
            below.client_order_id: above.client_order_id,
        }
        self._take(above)
        self._take(below)
        return self.said[above.client_order_id], self.said[below.client_order_id]

    def _price(self, coin: str) -> Decimal:
        return Decimal(repr(self.get_quotes((coin,))[coin].ask))

    def _check(self, intent: OrderIntent) -> None:
        rules = self.get_instrument(intent.symbol)
        if rules is None:
            msg = f"{intent.symbol} is not known here"
            raise PairRefused(msg)
        if intent.client_order_id in self.sent:
            msg = f"{intent.client_order_id} was there before"
            raise OrderUnknown(msg)
        text = intent.quantity_text
        if not rules.tradable or not text or set(text) - PLAIN or text[0] == "." or text[-1] == ".":
            msg = f"{text!r} of {intent.symbol} cannot be traded"
            raise Rejected(msg)
        price = self._price(intent.coin)
        if intent.quantity % STEP or intent.quantity * price < rules.min_notional:
            msg = f"{text} of {intent.symbol} is off the step of {STEP} or worth less than 10"
            raise FilterRejected(msg)
        limit = intent.terms.price
        takes = limit is not None and intent.side is Side.BUY and limit >= price
        if takes and intent.terms.order_type is OrderType.LIMIT_MAKER:
            msg = f"{limit} is not below {price}"
            raise PostOnlyRejected(msg)

    def _take(self, intent: OrderIntent) -> None:
        asset, need = self._need(intent, intent.terms.price or self._price(intent.coin))
        bound = Decimal(0) if self.pairs.get(intent.client_order_id) in self.said else need
        if self.totals.get(asset, Decimal(0)) - self._locked(asset) < bound:
            msg = f"there is less than {need} of {asset}"
            raise InsufficientFundsError(msg)
        self.sent[intent.client_order_id] = intent
        self.said[intent.client_order_id] = OrderReport(
            f"toy-{len(self.sent)}",
            intent.client_order_id,
            intent.symbol,
            intent.side,
            OrderState.PENDING,
            intent.quantity,
            Decimal(0),
            Decimal(0),
            fees=(),
        )

    def _need(self, intent: OrderIntent, price: Decimal) -> tuple[str, Decimal]:
        if intent.side is Side.SELL:
            return intent.coin, intent.quantity
        fee = FEE_PCT / 100 if intent.terms.order_type is OrderType.MARKET else Decimal(0)
        return "USDT", intent.quantity * price * (1 + fee)

    def _locked(self, asset: str) -> Decimal:
        total = Decimal(0)
        for name, report in self.said.items():
            first_leg = self.pairs.get(name, name) >= name
            if not report.state.is_final and first_leg:
                bound, need = self._need(self.sent[name], self.sent[name].terms.price or Decimal(0))
                total += need if bound == asset else Decimal(0)
        return total

    def _match(self, market_price: Decimal | None = None) -> None:
        for name, report in list(self.said.items()):
            if self.said[name].state is OrderState.PENDING:
                price = market_price or self._reached(self.sent[name])
                if price is not None:
                    self._execute(self.sent[name], report, price)

    def _reached(self, intent: OrderIntent) -> Decimal | None:
        """Give the price at which the market executes a waiting order, None while it does not."""
        price, terms = self._price(intent.coin), intent.terms
        if terms.stop_price is not None:
            return price if price <= terms.stop_price else None
        if terms.price is None:
            return price
        crossed = price < terms.price if intent.side is Side.BUY else price > terms.price
        return terms.price if crossed else None

    def _execute(self, intent: OrderIntent, report: OrderReport, price: Decimal) -> None:
        value = intent.quantity * price
        fee = value * FEE_PCT / 100
        sign = 1 if intent.side is Side.BUY else -1
        self.totals[intent.coin] = self.totals.get(intent.coin, Decimal(0)) + sign * intent.quantity
        self.totals["USDT"] -= sign * value + fee
        self.said[intent.client_order_id] = replace(
            report,
            state=OrderState.FILLED,
            executed_quantity=intent.quantity,
            quote_quantity=value,
            fees=(("USDT", fee),),
        )
        other = self.pairs.get(intent.client_order_id)
        if other is not None:
            self.said[other] = replace(self.said[other], state=OrderState.CANCELED)
