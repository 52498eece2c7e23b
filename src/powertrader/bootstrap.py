"""The composition root of what learns, signals and replays.

The trader is put together in bootstrap_trader, the venues in bootstrap_venues. Only these three files
choose an exchange by the trading mode; beside them only the venue of backtests, which is always the same,
names a concrete one.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from powertrader.backtest.engine import ReplayEngine, ReplayParts, ReplaySpan
from powertrader.backtest.mock_exchange import MockExchange
from powertrader.backtest.past_market import past_market
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.backtest.thinking import GivenSignals, ThinkerOnTheWay
from powertrader.backtest.trainings import Trainings
from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import BadData, ConfigError, StorageError
from powertrader.core.ledger import MemoryLedger
from powertrader.core.market_client import CandleSource
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper import PaperTerms, default_instruments
from powertrader.models.candle import Candles
from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol
from powertrader.thinker.session import CoinTraining, ThinkerSession
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.thinker.training_files import load_training
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session
from powertrader.trainer.coin_training import CoinTrainer, HistorySource
from powertrader.trainer.training_engine import TrainingEngine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything a replay consists of, wired and ready."""

    engine: ReplayEngine
    session: Session
    trainings: Trainings
    exchange: MockExchange
    ledger: MemoryLedger


def build_replay(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    signals: Mapping[CoinSymbol, SignalArrays] | None = None,
) -> Replay:
    """Wire trainer, thinker and trader to past candles, a clock that is moved, and a paper account.

    signals: what walk_signals found for the span; with them the thinker is not asked.
    Raises ConfigError when the settings ask for another exchange than paper.
    """
    if config.trading.mode != "paper":
        msg = f"trading.mode was {config.trading.mode}: a replay trades on paper; set trading.mode=paper"
        raise ConfigError(msg)
    quote_asset = config.trading.quote_asset
    compat = config.trading.compat
    market, clock = past_market(config, candles, span.start)
    trainings = Trainings(market, config.trading.training, compat)
    thinker = ThinkerSession(SignalEngine(compat), market, trainings)
    thinking = ThinkerOnTheWay(thinker, trainings) if signals is None else GivenSignals(signals)
    terms = PaperTerms(default_instruments(tuple(candles), quote_asset), config.costs.model, quote_asset)
    start = {quote_asset: decimal_of(config.replay.start_quote)}
    exchange = MockExchange(market, clock, terms, start)
    ledger = MemoryLedger()
    ports = Ports(exchange, exchange.quotes, thinking.signal, ledger, clock)
    session = Session(ports, compat, quote_asset=quote_asset)
    engine = ReplayEngine(ReplayParts(exchange, thinking, quote_asset))
    return Replay(engine, session, trainings, exchange, ledger)


def build_trainer(config: TradingConfig, source: HistorySource, clock: Clock) -> CoinTrainer:
    """Make a trainer that learns from a source of candles at its clock's time."""
    return CoinTrainer(source, clock, TrainingEngine(config.trading.training, config.trading.compat))


def build_thinker(config: TradingConfig, candles: CandleSource, paths: HomePaths) -> ThinkerSession:
    """Make a thinker that asks a source of candles, with what was learnt and saved below paths."""
    store = FileStore(paths.data)

    def training_of(coin: CoinSymbol) -> CoinTraining:
        try:
            return load_training(store, paths.coin(coin))
        except (BadData, StorageError) as error:
            # One unusable folder silences its own coin, as one that was never trained.
            log.warning("training cannot be read", extra={"coin": coin, "reason": str(error)})
            return CoinTraining(None, {})

    return ThinkerSession(SignalEngine(config.trading.compat), candles, training_of)
