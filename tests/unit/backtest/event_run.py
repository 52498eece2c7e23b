"""The event engine with given signals: the truth that compiled engines are held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.mock_exchange import MockExchange
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.core.clock import ManualClock
from powertrader.core.ledger import MemoryLedger
from powertrader.exchanges.paper import PaperTerms, default_instruments
from powertrader.market.replay import ReplayMarket
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.models.moment import utc_of
from powertrader.models.money import decimal_of
from powertrader.models.signal import SignalView
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol, IntArray
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session

QUOTE: Final = "USDT"


@dataclass
class EventRun:
    """What the event engine did."""

    trades: list[Trade] = field(default_factory=list)
    equity: list[float] = field(default_factory=list)
    cash: float = 0.0


@dataclass
class Scene:
    """A market, what was said of it, and when it is traded; instruments stand in for the usual rules."""

    candles: Mapping[CoinSymbol, Candles]
    signals: Mapping[CoinSymbol, SignalArrays]
    span: ReplaySpan
    instruments: Mapping[CoinSymbol, Instrument] | None = None


def event_run(scene: Scene, settings: ClassicSettings, costs: CostModel) -> EventRun:
    """Walk session.step over a scene with a paper account."""
    candles, signals, span, instruments = scene.candles, scene.signals, scene.span, scene.instruments
    clock = ManualClock(span.start)
    market = ReplayMarket(candles, clock, spread_pct=costs.spread_pct, spread_tiers=costs.spread_tiers)
    rules = default_instruments(tuple(candles), QUOTE)
    if instruments is not None:
        rules = {coin + QUOTE: instrument for coin, instrument in instruments.items()}
    start = {QUOTE: decimal_of(settings.start_quote)}
    exchange = MockExchange(market, clock, PaperTerms(rules, costs, QUOTE), start)

    def signal(coin: CoinSymbol) -> SignalView | None:
        given = signals[coin]
        place = int(np.searchsorted(given.close_s, clock.now().timestamp()))
        known = place < len(given) and given.close_s[place] == clock.now().timestamp()
        return given.view(place) if known else None

    session = Session(Ports(exchange, exchange.quotes, signal, MemoryLedger(), clock), quote_asset=QUOTE)
    done = EventRun()
    for close_s in market.steps(span.start, span.stop).tolist():
        if close_s <= span.start.timestamp():
            continue
        exchange.advance(utc_of(close_s))
        session.step(settings.rules)
        done.equity.append(_value(exchange))
    done.trades = session.book.trades
    done.cash = float(exchange.get_account().free(QUOTE))
    return done


def _value(exchange: MockExchange) -> float:
    total = 0.0
    for balance in exchange.get_account().balances:
        held = balance.free + balance.locked
        price = 1.0 if balance.asset == QUOTE else exchange.quotes.last_bid.get(balance.asset, 0.0)
        total += float(held) * price
    return total


def signals_of(close_s: IntArray, long: IntArray, short: IntArray) -> SignalArrays:
    """Give levels after each close as the thinker's arrays; a long level of -1 is no signal."""
    arrays = SignalArrays.blank(close_s)
    arrays.long[:] = long
    arrays.short[:] = np.where(arrays.long < 0, -1, short)
    return arrays


def fee_of(trade: Trade) -> Decimal:
    """Give the fee in whatever it was taken."""
    return sum((fee for _, fee in trade.fees), Decimal(0))
