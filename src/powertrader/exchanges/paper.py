"""A paper account: orders are checked as a venue would and filled by the fill model, with costs."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import InsufficientFundsError, OrderUnknown, Rejected
from powertrader.core.market_client import QuoteSource
from powertrader.exchanges.paper_account import PaperAccount
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_matching import Look, Traded, matched, taken
from powertrader.exchanges.paper_orders import PaperOrder, new_order
from powertrader.exchanges.paper_rules import checked_order, refuse_no_pair, refuse_position
from powertrader.models.account import Account, Quote
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP, USUAL_LOT_STEPS, USUAL_MIN_NOTIONAL, Instrument
from powertrader.models.money import ZERO
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)

_MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """What a paper account trades by: rules of the pairs, costs, and the asset that prices are in.

    volume gives how many of a coin were traded in its newest candle, None when nobody says. traded gives
    what was traded of a coin between two times, see Traded; without it resting orders meet the quotes.
    """

    instruments: Mapping[str, Instrument]
    costs: CostModel
    quote_asset: str
    volume: Callable[[CoinSymbol], float | None] = lambda _coin: None
    traded: Traded | None = None


class PaperTradingClient:
    """A RestingOrderClient whose money is not real.

    Market orders fill at once, as far as there is something to be had; what rests in the book meets the
    prices whenever the account is asked for something.
    """

    def __init__(
        self,
        quotes: QuoteSource,
        terms: PaperTerms,
        clock: Clock,
        balances: Mapping[str, Decimal],
        file: PaperFile | None = None,
    ) -> None:
        """Bind an account with these free balances; with a file, the one that is saved there if any."""
        self._quotes = quotes
        self._terms = terms
        self._clock = clock
        self._opening = balances
        self._file = file

    def get_account(self) -> Account:
        """Give all balances, in the order in which the account first held them."""
        self._meet_market()
        return self._book.account()

    def get_instruments(self) -> Mapping[str, Instrument]:
        """Give every pair by symbol."""
        return self._terms.instruments

    def get_instrument(self, symbol: str) -> Instrument | None:
        """Give the order rules of one pair, None when there is no such pair."""
        return self._terms.instruments.get(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        """Execute an order at the present quote, or let it rest.

        Raises Rejected, mostly one of its subclasses, with the numbers, and StorageError when the account
        cannot be saved; then nothing happened. OrderUnknown when the id was used before.
        """
        self._refuse_used(intent)
        self._meet_market()
        quote = self._checked(intent)
        change = taken(self._new(intent), quote, self._look({}), self._terms.volume(intent.coin))
        self._book.commit(change.orders, change.moves)
        return change.orders[0].report

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        """Look an order up by the id we gave it, None when it was never placed."""
        self._meet_market()
        found = self._book.order(client_order_id)
        return found.report if found is not None and found.intent.symbol == symbol else None

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair in order of creation."""
        self._meet_market()
        return tuple([order.report for order in self._book.orders() if order.intent.symbol == symbol])

    def get_open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Give the orders of a pair that are not over, in order of creation."""
        self._meet_market()
        return tuple([order.report for order in self._book.open_orders if order.intent.symbol == symbol])

    def cancel_order(self, symbol: str, client_order_id: str) -> OrderReport:
        """Take an order out of the book, with the other leg of a pair; one that is over stays as it is.

        Raises Rejected when there never was such an order.
        """
        self._meet_market()
        found = self._book.order(client_order_id)
        if found is None or found.intent.symbol != symbol:
            msg = f"{symbol} has no order {client_order_id}"
            raise Rejected(msg)
        if not found.is_open:
            return found.report
        other = self._book.order(found.other_leg)
        legs = [leg.ended(OrderState.CANCELED) for leg in (found, other) if leg is not None]
        self._book.commit(legs)
        return legs[0].report

    def place_oco(self, above: OrderIntent, below: OrderIntent) -> tuple[OrderReport, OrderReport]:
        """Let two orders rest of which the first executed cancels the other; one lock serves both.

        Raises as place_order does; then neither was placed.
        """
        self._refuse_used(above)
        self._refuse_used(below)
        refuse_no_pair(above, below)
        self._meet_market()
        self._checked(above)
        self._checked(below)
        upper = replace(self._new(above), other_leg=below.client_order_id)
        lower = replace(self._new(below, place=1), other_leg=above.client_order_id)
        self._book.commit((upper, lower))
        return upper.report, lower.report

    @cached_property
    def _book(self) -> PaperAccount:
        return PaperAccount(self._terms.quote_asset, self._terms.costs, self._opening, self._file)

    def _meet_market(self) -> None:
        """Let what rests in the book meet the prices since the last look."""
        waiting = self._book.open_orders
        if not waiting:
            return
        quotes = self._quotes.get_quotes(sorted({order.intent.coin for order in waiting}))
        for change in matched(waiting, self._look(quotes)):
            if change.seen_only:
                self._book.note_seen(change.orders)
                continue
            try:
                self._book.commit(change.orders, change.moves)
            except InsufficientFundsError as error:
                # a stop that slipped past what was bound for it, or the last unit of a rounding
                log.warning("resting order expired", extra={"reason": str(error)})
                ids = [order.client_order_id for order in change.orders]
                known = [self._book.order(name) for name in ids]
                self._book.commit([one.ended(OrderState.EXPIRED) for one in known if one is not None])

    def _look(self, quotes: Mapping[CoinSymbol, Quote]) -> Look:
        terms = self._terms
        now = self._clock.now()
        return Look(now, quotes, terms.instruments, terms.costs, terms.quote_asset, terms.traded)

    def _new(self, intent: OrderIntent, place: int = 0) -> PaperOrder:
        number = self._book.order_count + 1 + place
        now = self._clock.now()
        return new_order(intent, str(number), now, str(int(now.timestamp() * _MS_PER_S)))

    def _refuse_used(self, intent: OrderIntent) -> None:
        if self._book.order(intent.client_order_id) is not None:
            msg = f"{intent.symbol} order {intent.client_order_id} was sent before; look it up by its id"
            raise OrderUnknown(msg)

    def _checked(self, intent: OrderIntent) -> Quote:
        quote = self._quotes.get_quotes((intent.coin,)).get(intent.coin)
        instrument, quote = checked_order(intent, self.get_instrument(intent.symbol), quote)
        if instrument.max_position is not None:
            bought = [one for one in self._book.open_orders if one.intent.side is Side.BUY]
            ordered = sum([one.remaining for one in bought if one.intent.coin == intent.coin], ZERO)
            refuse_position(intent, instrument, self._book.total(intent.coin) + ordered)
        return quote


def default_instruments(coins: tuple[CoinSymbol, ...], quote_asset: str) -> dict[str, Instrument]:
    """Give the order rules that a market without a venue is traded by, as Binance usually has them."""
    steps = {coin: USUAL_LOT_STEPS.get(coin, FINEST_STEP) for coin in coins}
    return {
        coin + quote_asset: Instrument(coin + quote_asset, coin, step, step, min_notional=USUAL_MIN_NOTIONAL)
        for coin, step in steps.items()
    }
