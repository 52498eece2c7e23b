"""The local exchange as a whole: market, accounts, keys, limits and faults, without any transport."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.faults import FaultBook
from powertrader.simexchange.keys import KeyRing
from powertrader.simexchange.limits import ORDER_LIMITS, OrderMeter, WeightMeter
from powertrader.simexchange.market_record import MarketRecord
from powertrader.simexchange.markets import CandleMarket, MarketClock
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.rights import CAREFUL, Rights
from powertrader.simexchange.symbol_rules import SymbolRules
from powertrader.simexchange.venue import Venue


@dataclass(frozen=True, slots=True)
class Best:
    """Best prices and their quantities, as text; all zero while nobody trades the pair."""

    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


NOBODY: Final = Best(*("0.00000000",) * 4)


Seen: TypeAlias = tuple[Quote | None, float]
"""What best prices are made of: quote, and coins traded in the newest candle."""


@dataclass(slots=True)
class LocalExchange:
    """Everything an endpoint may need. pairs: symbol to coin."""

    venue: Venue
    costs: CostModel
    rules: Mapping[str, SymbolRules]
    market: CandleMarket
    clock: MarketClock
    pairs: Mapping[str, CoinSymbol]
    quote_asset: str
    keys: KeyRing
    binance_meter: WeightMeter
    kucoin_meter: WeightMeter
    faults: FaultBook
    record: MarketRecord | None = None
    order_meters: dict[str, OrderMeter] = field(default_factory=dict)
    bests: dict[str, tuple[Seen, Best]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    rights: dict[str, Rights] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every pair, in the order of the coins."""
        return tuple(self.pairs)

    def is_halted(self, symbol: str) -> bool:
        """Tell whether trading in a pair was stopped."""
        return symbol in self.venue.halted()

    def rights_of(self, account: str) -> Rights:
        """Give what the keys of an account may do."""
        return self.rights.get(account, CAREFUL)

    def coin_of(self, symbol: str) -> CoinSymbol:
        """Give the coin of a pair. Raises ApiError when there is no such pair."""
        coin = self.pairs.get(symbol)
        if coin is None:
            raise ApiError(-1121, "Invalid symbol.")
        return coin

    def market_ms(self) -> int:
        """Give the market time in milliseconds since 1970."""
        return epoch_ms(self.clock.now())

    def wall_ms(self) -> int:
        """Give the wall time in milliseconds since 1970."""
        return epoch_ms(self.clock.wall())

    def count_order(self, account: str, now_ms: int) -> None:
        """Count a new order of an account. Raises ApiError when there were too many."""
        broken = self._order_meter(account).take(now_ms)
        if broken is not None:
            window = "TEN_SECONDS" if broken.letter == "10S" else broken.text
            text = f"Too many new orders; current limit is {broken.most} orders per {window}."
            raise ApiError(-1015, text, 429)

    def order_counts(self, account: str, now_ms: int) -> dict[str, str]:
        """Give the headers that tell how many orders an account has placed."""
        meter = self._order_meter(account)
        return {
            f"x-mbx-order-count-{limit.letter.lower()}": str(meter.count(limit, now_ms))
            for limit in ORDER_LIMITS
        }

    def order_limits(self, account: str, now_ms: int) -> list[dict[str, object]]:
        """Give the limits of orders and how much of them an account has used."""
        meter = self._order_meter(account)
        return [{**limit.content, "count": meter.count(limit, now_ms)} for limit in ORDER_LIMITS]

    def _order_meter(self, account: str) -> OrderMeter:
        return self.order_meters.setdefault(account, OrderMeter())

    async def pause(self, seconds: float) -> None:
        """Let wall time pass, less when the exchange stops."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), seconds)

    def close(self) -> None:
        """Write down what is only in memory."""
        self.venue.close()
        self.keep_time()

    def keep_time(self) -> None:
        """Write down how far market time has come, where anything is kept."""
        if self.record is not None:
            self.record.keep(self.clock.now())

    def best(self, symbol: str) -> Best:
        """Give the best prices of a pair, outward to whole ticks."""
        coin = self.coin_of(symbol)
        seen = self.market.quote(coin), self.market.volume(coin)
        known = self.bests.get(symbol)
        if known is None or known[0] != seen:
            # the book is made of these two alone, and they change only when a candle closes
            known = self.bests[symbol] = seen, self._best(symbol)
        return known[1]

    def _best(self, symbol: str) -> Best:
        book = self.venue.depth(symbol)
        if not book.bids or not book.asks:
            return NOBODY
        bid, ask = book.bids[0], book.asks[0]
        return Best(*(f"{value:.8f}" for value in (bid.price, bid.quantity, ask.price, ask.quantity)))

    def last_price(self, coin: CoinSymbol) -> float:
        """Give the middle of bid and ask, 0 while nobody trades the coin."""
        quote = self.market.quote(coin)
        return 0.0 if quote is None else (quote.bid + quote.ask) / 2


def epoch_ms(moment: datetime) -> int:
    """Give an aware time in milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def price_text(value: float) -> str:
    """Give a price or volume with eight places, as Binance writes them."""
    return f"{value:.8f}"
