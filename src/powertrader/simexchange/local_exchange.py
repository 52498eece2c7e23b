"""The local exchange as a whole: market, accounts, keys, limits and faults, without any transport."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Final

from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.faults import FaultBook
from powertrader.simexchange.keys import KeyRing
from powertrader.simexchange.limits import WeightMeter
from powertrader.simexchange.market_record import MarketRecord
from powertrader.simexchange.markets import CandleMarket, MarketClock
from powertrader.simexchange.replies import ApiError


@dataclass(frozen=True, slots=True)
class Best:
    """Best prices and their quantities, as text; all zero while nobody trades the pair."""

    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


_EIGHT_PLACES: Final = Decimal("0.00000001")
NOBODY: Final = Best(*("0.00000000",) * 4)


@dataclass(slots=True)
class LocalExchange:
    """Everything an endpoint may need. pairs: symbol to coin."""

    market: CandleMarket
    clock: MarketClock
    pairs: Mapping[str, CoinSymbol]
    quote_asset: str
    keys: KeyRing
    binance_meter: WeightMeter
    kucoin_meter: WeightMeter
    faults: FaultBook
    record: MarketRecord | None = None
    calls: Counter[str] = field(default_factory=Counter)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every pair, in the order of the coins."""
        return tuple(self.pairs)

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

    async def pause(self, seconds: float) -> None:
        """Let wall time pass, less when the exchange stops."""
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), seconds)

    def close(self) -> None:
        """Write down what is only in memory."""
        self.keep_time()

    def keep_time(self) -> None:
        """Write down how far market time has come, where anything is kept."""
        if self.record is not None:
            self.record.keep(self.clock.now())

    def best(self, symbol: str) -> Best:
        """Give the best prices of a pair, outward to whole ticks."""
        quote = self.market.quote(self.coin_of(symbol))
        if quote is None:
            return NOBODY
        return Best(price_text(quote.bid), "1.00000000", price_text(quote.ask), "1.00000000")

    def last_price(self, coin: CoinSymbol) -> float:
        """Give the middle of bid and ask, 0 while nobody trades the coin."""
        quote = self.market.quote(coin)
        return 0.0 if quote is None else (quote.bid + quote.ask) / 2


def epoch_ms(moment: datetime) -> int:
    """Give an aware time in milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def price_text(value: float) -> str:
    """Give a price or volume with eight places, as Binance writes them."""
    return f"{decimal_of(value).quantize(_EIGHT_PLACES, ROUND_DOWN):f}"
