"""A strategy's targets traded one candle at a time on a paper account: slow, and without compiled code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from powertrader.backtest.mock_exchange import MockExchange
from powertrader.backtest.target_runs import TargetMarket, TargetTerms
from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import Rejected
from powertrader.exchanges.paper import PaperTerms
from powertrader.market.replay import ReplayMarket
from powertrader.models.account import Quote
from powertrader.models.moment import utc_of
from powertrader.models.money import decimal_of, floor_to_step
from powertrader.models.order import AT_MARKET, OrderIntent, OrderReport, OrderTerms, OrderType, Side
from powertrader.models.types import TargetArray
from powertrader.trader.sizing import Refusal, Sized, size_purchase, size_sale

QUOTE: Final = "USDT"
NOTHING: Final = Decimal(0)


@dataclass
class OracleRun:
    """Every execution as time, side, quantity, value, fee; the account after each candle."""

    fills: list[tuple[int, str, Decimal, Decimal, Decimal]] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    cash: Decimal = NOTHING


class TargetOracle:
    """One account that follows targets."""

    def __init__(self, market: TargetMarket, terms: TargetTerms) -> None:
        self.market = market
        self.terms = terms
        self.coin = market.instrument.coin
        first = int(market.candles.open_time_s[0])
        clock = ManualClock(utc_of(first))
        costs = market.costs
        past = ReplayMarket(
            {self.coin: market.candles},
            clock,
            spread_pct=costs.spread_pct,
            spread_tiers=costs.spread_tiers,
        )
        paper = PaperTerms({self.coin + QUOTE: market.instrument}, costs, QUOTE)
        self.client = MockExchange(past, clock, paper, {QUOTE: decimal_of(terms.start_quote)})
        self.run = OracleRun()
        self.sent: list[str] = []
        self.known: dict[str, OrderReport] = {}

    def follow(self, targets: TargetArray) -> OracleRun:
        """Walk all candles."""
        before = 0
        closes = self.market.candles.open_time_s + self.market.candles.interval_s
        for close_s, target in zip(closes.tolist(), targets.tolist(), strict=True):
            self.client.advance(utc_of(close_s))
            self._note_fills(close_s)
            if target != before:
                self._take_back()
                self._order(close_s, target)
                self._note_fills(close_s)
            before = target
            self.run.equity.append(self._value())
        self.run.cash = self._total(QUOTE)
        return self.run

    def _total(self, asset: str) -> Decimal:
        balances = self.client.get_account().balances
        return sum((one.free + one.locked for one in balances if one.asset == asset), NOTHING)

    @property
    def quote(self) -> Quote:
        """Bid and ask of the present step."""
        return self.client.quotes.quotes[self.coin]

    def _value(self) -> float:
        return float(self._total(QUOTE)) + float(self._total(self.coin)) * self.quote.bid

    def _take_back(self) -> None:
        for report in self.client.get_open_orders(self.coin + QUOTE):
            self.client.cancel_order(self.coin + QUOTE, report.client_order_id)

    def _order(self, close_s: int, target: int) -> None:
        bid, ask = self.quote.bid, self.quote.ask
        offset = self.terms.limit_offset_pct
        price = ask if target else bid
        if offset is not None:
            price = bid * (1 - offset / 100) if target else ask * (1 + offset / 100)
        sized = self._purchase(price) if target else self._sale(price)
        if not isinstance(sized, Sized):
            return
        order_terms = AT_MARKET
        if offset is not None:
            lives_s = self.terms.lives_s
            order_terms = OrderTerms(OrderType.LIMIT_MAKER, decimal_of(price), time_to_live_s=lives_s)
        intent = OrderIntent(
            f"o{close_s}",
            self.coin,
            self.coin + QUOTE,
            Side.BUY if target else Side.SELL,
            sized.order.quantity,
            sized.order.text,
            "target",
            price,
            None,
            None,
            "",
            self.client.clock.now(),
            order_terms,
        )
        try:
            self.client.place_order(intent)
        except Rejected:
            return
        self.sent.append(intent.client_order_id)

    def _purchase(self, price: float) -> Sized | Refusal | None:
        rules = self.market.instrument
        if self._total(self.coin) >= max(rules.lot_step, rules.min_quantity):
            return None
        cash = float(self._total(QUOTE))
        amount = cash * (self.terms.share_pct / 100)
        if self.terms.quantity is not None:
            amount = float(self.terms.quantity) * price
            sized = size_purchase(amount * 1.0000001, price, rules, cash)
            exact = floor_to_step(self.terms.quantity, rules.lot_step)
            assert not isinstance(sized, Sized) or sized.order.quantity == exact
            return sized
        return size_purchase(amount, price, rules, cash)

    def _sale(self, price: float) -> Sized | Refusal:
        held = self._total(self.coin)
        return size_sale(held, held, price, self.market.instrument)

    def _note_fills(self, close_s: int) -> None:
        for name in self.sent:
            report = self.client.get_order(self.coin + QUOTE, name)
            assert report is not None
            self.run.fills += self._new(close_s, self.known.get(name), report)
            self.known[name] = report
        self.sent = [
            name for name in self.sent if name not in self.known or not self.known[name].state.is_final
        ]

    @staticmethod
    def _new(
        close_s: int, before: OrderReport | None, report: OrderReport
    ) -> Iterator[tuple[int, str, Decimal, Decimal, Decimal]]:
        quantity = report.executed_quantity - (before.executed_quantity if before else NOTHING)
        value = report.quote_quantity - (before.quote_quantity if before else NOTHING)
        fee = _fees(report) - (_fees(before) if before else NOTHING)
        if quantity:
            yield close_s, report.side.value, quantity, value, fee


def _fees(report: OrderReport) -> Decimal:
    return sum((fee for _, fee in report.fees or ()), NOTHING)
