"""A local exchange from what a user asked for, with what it kept when it ran before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import content_sha256, load_folder
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.moment import iso_text
from powertrader.models.types import CoinSymbol
from powertrader.simexchange.faults import FaultBook
from powertrader.simexchange.keys import FIRST_ACCOUNT, KeyRing
from powertrader.simexchange.limits import BINANCE_LIMIT, KUCOIN_LIMIT, WeightMeter
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.market_record import MarketRecord
from powertrader.simexchange.markets import CandleMarket, MadeUp, MarketClock, made_up_candles, usual_start
from powertrader.simexchange.pair_market import PairMarket
from powertrader.simexchange.sim_market import VenueTerms
from powertrader.simexchange.state import VenueState
from powertrader.simexchange.symbol_rules import usual_rules
from powertrader.simexchange.venue import LOOKED, Venue

KEYS_FILE: Final = "keys.json"
MADE_UP_START: Final = datetime(2022, 1, 1, tzinfo=UTC)
MADE_UP_HISTORY: Final = timedelta(days=3 * 365)
_MADE_UP_FUTURE: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ExchangeRequest:
    """What the command line says. Without a folder the market is made up from the seed.

    speed: market seconds per second. start: where market time begins, None for the usual place.
    state: folder in which everything is kept, None keeps nothing.
    """

    coins: Sequence[CoinSymbol]
    quote_asset: str
    costs: CostModel
    folder: Path | None = None
    seed: int = 7
    speed: float = 1.0
    start: datetime | None = None
    start_quote: Decimal = Decimal(10_000)
    state: Path | None = None


@dataclass(frozen=True, slots=True)
class MarketSource:
    """The candles, how more are made, where market time begins, and what tells this market from others."""

    candles: Mapping[CoinSymbol, Candles]
    made_up: MadeUp | None
    start: datetime
    identity: str


def market_source(request: ExchangeRequest) -> MarketSource:
    """Load or make the candles. Raises BadData naming file and row, ConfigError for an impossible start."""
    if request.folder is None:
        return _made_up_source(request)
    files = load_folder(request.folder, request.coins, request.quote_asset)
    candles = {coin: file.candles for coin, file in files.items()}
    empty = [coin for coin, columns in candles.items() if not len(columns)]
    if empty:
        msg = f"{request.folder} has no candles of {', '.join(empty)}; leave them out with --coins"
        raise BadData(msg)
    identity = ",".join(f"{coin}:{content_sha256(columns)[:16]}" for coin, columns in candles.items())
    start = request.start or usual_start(candles)
    first = min(int(columns.open_time_s[0]) for columns in candles.values())
    last = max(int(columns.open_time_s[-1]) + columns.interval_s for columns in candles.values())
    if not first < start.timestamp() < last:
        msg = f"--start {iso_text(start)} lies outside the candles of {request.folder}"
        raise ConfigError(msg)
    return MarketSource(candles, None, start, identity)


def _made_up_source(request: ExchangeRequest) -> MarketSource:
    start = request.start or MADE_UP_START + MADE_UP_HISTORY
    if start <= MADE_UP_START:
        msg = f"--start {iso_text(start)} must be after the made-up market begins, {iso_text(MADE_UP_START)}"
        raise ConfigError(msg)
    made_up = MadeUp(request.seed, MADE_UP_START)
    candles = made_up_candles(request.coins, made_up, start + _MADE_UP_FUTURE)
    return MarketSource(candles, made_up, start, f"synthetic {request.seed}: {','.join(request.coins)}")


def build(request: ExchangeRequest, wall: Clock) -> LocalExchange:
    """Make the local exchange. Raises what market_source and MarketRecord.resume raise."""
    source = market_source(request)
    record = None if request.state is None else MarketRecord(request.state, source.identity)
    begin = source.start if record is None else record.resume(source.start)
    state = VenueState(request.state)
    looked = state.fact(LOOKED)
    if looked:
        # after a crash the accounts may know of a later time than the record, which is not written each time
        begin = max(begin, datetime.fromisoformat(looked))
    clock = MarketClock(wall, begin, request.speed)
    market = CandleMarket(source.candles, clock, costs=request.costs, made_up=source.made_up)
    rules = {
        f"{coin}{request.quote_asset}": usual_rules(coin, request.quote_asset, _usual_price(columns, source))
        for coin, columns in source.candles.items()
    }
    venue = Venue(PairMarket(market, rules), clock, VenueTerms(request.costs), state)
    if FIRST_ACCOUNT not in venue.accounts():
        venue.deposit(FIRST_ACCOUNT, request.quote_asset, request.start_quote)
    return LocalExchange(
        venue=venue,
        costs=request.costs,
        rules=rules,
        market=market,
        clock=clock,
        pairs={coin + request.quote_asset: coin for coin in request.coins},
        quote_asset=request.quote_asset,
        keys=KeyRing(None if request.state is None else request.state / KEYS_FILE),
        binance_meter=WeightMeter(BINANCE_LIMIT),
        kucoin_meter=WeightMeter(KUCOIN_LIMIT),
        faults=FaultBook(),
        record=record,
    )


def _usual_price(candles: Candles, source: MarketSource) -> float:
    """Give a price by which the rules of a pair are chosen, the same one at every start."""
    return float(candles.close[0 if source.made_up else len(candles) * 6 // 10])
