"""A paper account: orders are checked as a venue would and filled at the present quote, with costs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import InsufficientFundsError, Rejected
from powertrader.core.fills import Fill, market_fill
from powertrader.core.market_client import QuoteSource
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.money import ZERO, decimal_of, floor_to_step, product
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.types import CoinSymbol

SMALLEST_NOTIONAL: Final = Decimal(5)
"""Binance's usual minimum of an order in USDT."""

LOT_STEPS: Final[Mapping[CoinSymbol, str]] = {
    "BTC": "0.00001",
    "ETH": "0.0001",
    "BNB": "0.001",
    "SOL": "0.001",
    "LTC": "0.001",
    "XRP": "0.1",
    "ADA": "0.1",
    "DOGE": "1",
}
"""Usual order steps on Binance, for markets that no venue describes; other coins take 8 decimals."""

_QUANTITY_TEXT: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """What a paper account trades by: rules of the pairs, costs, and the asset that prices are in."""

    instruments: Mapping[str, Instrument]
    costs: CostModel
    quote_asset: str


class PaperTradingClient:
    """A TradingClient whose money is not real. Market orders fill whole and at once, or are refused."""

    def __init__(
        self, quotes: QuoteSource, terms: PaperTerms, clock: Clock, balances: Mapping[str, Decimal]
    ) -> None:
        """Open an account with these free balances."""
        self._quotes = quotes
        self._terms = terms
        self._clock = clock
        self._balances = dict(balances)
        self._orders: dict[str, OrderReport] = {}
        self._account: Account | None = None

    def get_account(self) -> Account:
        """Give all balances, in the order in which the account first held them."""
        if self._account is None:
            self._account = Account(tuple(Balance(asset, free) for asset, free in self._balances.items()))
        return self._account

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair by symbol."""
        return self._terms.instruments

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair, None when there is no such pair."""
        return self._terms.instruments.get(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Fill an order at the present quote; an id that was used before gives that order again.

        Raises Rejected, also InsufficientFundsError, with the numbers; then nothing happened.
        """
        known = self._orders.get(intent.client_order_id)
        if known is not None:
            return known
        quote = self._quotes.get_quotes((intent.coin,)).get(intent.coin)
        fill = market_fill(intent.side, intent.quantity, self._check(intent, quote), self._terms.costs)
        self._settle(intent, fill)
        report = self._report(intent, fill)
        self._orders[intent.client_order_id] = report
        return report

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, None when it was never placed."""
        found = self._orders.get(client_order_id)
        return found if found is not None and found.symbol == symbol else None

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair in order of creation."""
        return tuple(report for report in self._orders.values() if report.symbol == symbol)

    def _check(self, intent: OrderIntent, quote: Quote | None) -> Quote:
        """Give the quote when the order keeps every rule of its pair."""
        instrument = self.get_instrument(intent.symbol)
        problem = None
        if instrument is None or not instrument.tradable:
            problem = f"{intent.symbol} is not traded"
        elif quote is None:
            problem = f"{intent.symbol} has no price"
        elif not _QUANTITY_TEXT.fullmatch(intent.quantity_text):
            problem = f"quantity {intent.quantity_text!r} must be digits with at most one point"
        else:
            problem = _size_problem(intent, instrument, quote)
        if problem or quote is None:
            raise Rejected(problem or "")
        return quote

    def _settle(self, intent: OrderIntent, fill: Fill) -> None:
        quote_asset = self._terms.quote_asset
        if intent.side is Side.BUY:
            moves = (quote_asset, -fill.quote_quantity), (intent.coin, fill.quantity - fill.fee)
        else:
            moves = (intent.coin, -fill.quantity), (quote_asset, fill.quote_quantity - fill.fee)
        # both sides are known to be possible before either moves
        self._balances.update([(asset, self._after(asset, amount)) for asset, amount in moves])
        self._account = None

    def _after(self, asset: str, amount: Decimal) -> Decimal:
        held = self._balances.get(asset, ZERO)
        if held + amount < 0:
            msg = f"{asset} {held} is less than the {-amount} that the order needs"
            raise InsufficientFundsError(msg)
        return held + amount

    def _report(self, intent: OrderIntent, fill: Fill) -> OrderReport:
        return OrderReport(
            order_id=str(len(self._orders) + 1),
            client_order_id=intent.client_order_id,
            symbol=intent.symbol,
            side=intent.side,
            state=OrderState.FILLED,
            ordered_quantity=intent.quantity,
            executed_quantity=fill.quantity,
            quote_quantity=fill.quote_quantity,
            time_text=str(int(self._clock.now().timestamp() * _MS_PER_S)),
            fees=((intent.coin if intent.side is Side.BUY else self._terms.quote_asset, fill.fee),),
        )


def default_instruments(coins: tuple[CoinSymbol, ...], quote_asset: str) -> dict[str, Instrument]:
    """Give the order rules that a market without a venue is traded by, as Binance usually has them."""
    steps = {coin: Decimal(LOT_STEPS[coin]) if coin in LOT_STEPS else FINEST_STEP for coin in coins}
    return {
        coin + quote_asset: Instrument(coin + quote_asset, coin, step, step, min_notional=SMALLEST_NOTIONAL)
        for coin, step in steps.items()
    }


def _size_problem(intent: OrderIntent, instrument: Instrument, quote: Quote) -> str | None:
    quantity = Decimal(intent.quantity_text)
    price = decimal_of(quote.ask if intent.side is Side.BUY else quote.bid)
    notional = product(quantity, price)
    if quantity != intent.quantity:
        return f"quantity {intent.quantity_text!r} of {intent.symbol} is not the {intent.quantity} meant"
    if quantity <= 0 or quantity < instrument.min_quantity:
        return f"quantity {quantity} of {intent.symbol} is below the minimum of {instrument.min_quantity}"
    if instrument.max_quantity is not None and quantity > instrument.max_quantity:
        return f"quantity {quantity} of {intent.symbol} is above the maximum of {instrument.max_quantity}"
    if floor_to_step(quantity, instrument.lot_step) != quantity:
        return f"quantity {quantity} of {intent.symbol} is no multiple of {instrument.lot_step}"
    if notional < instrument.min_notional:
        return f"value {notional} of {intent.symbol} is below the minimum of {instrument.min_notional}"
    return None
