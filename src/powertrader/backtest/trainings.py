"""What each coin has learnt on the walk, kept in memory and trained again on the way."""

from collections.abc import Mapping
from datetime import datetime

from powertrader.core.exceptions import BadData, TrainingError
from powertrader.market.replay import ReplayMarket
from powertrader.models.candle import CandleHistory
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol, Compat, TrainingMode
from powertrader.thinker.session import CoinTraining
from powertrader.trainer.training_engine import TimeframeTraining, TrainingEngine

UNTRAINED = CoinTraining(None, {})


class Trainings:
    """The memories of every coin, and why a timeframe has none."""

    def __init__(self, market: ReplayMarket, mode: TrainingMode, compat: Compat) -> None:
        """Start with nothing learnt."""
        self._market = market
        self._engine = TrainingEngine(mode, compat)
        self._trained: dict[CoinSymbol, CoinTraining] = {}
        self.failures: dict[CoinSymbol, dict[Timeframe, str]] = {}

    def __call__(self, coin: CoinSymbol) -> CoinTraining:
        """Give what a coin has learnt; nothing before its first training."""
        return self._trained.get(coin, UNTRAINED)

    def train(self, coin: CoinSymbol, now: datetime) -> Mapping[Timeframe, TimeframeTraining]:
        """Train a coin on what has closed by now, on top of what it knew.

        A coin that no timeframe could be trained of keeps the time of its last training.
        """
        before = self(coin)
        histories = self._histories(coin)
        trained = self._engine.train_coin(histories, before.memories)
        learnt: dict[Timeframe, PatternMemory] = {
            timeframe: each.memory for timeframe, each in trained.items() if each.memory is not None
        }
        self.failures[coin] = {
            timeframe: str(each.error) for timeframe, each in trained.items() if each.error is not None
        }
        if learnt:
            self._trained[coin] = CoinTraining(now.timestamp(), {**before.memories, **learnt})
        return trained

    def require(self, coins: tuple[CoinSymbol, ...]) -> None:
        """Raise TrainingError naming every coin that nothing could be learnt of, and why."""
        untrained = [coin for coin in coins if coin not in self._trained]
        if untrained:
            reasons = "; ".join(f"{coin}: {_first(self.failures.get(coin, {}))}" for coin in untrained)
            msg = f"no timeframe could be trained of {reasons}"
            raise TrainingError(msg)

    def _histories(self, coin: CoinSymbol) -> dict[Timeframe, CandleHistory]:
        found: dict[Timeframe, CandleHistory] = {}
        for timeframe in TIMEFRAMES:
            try:
                found[timeframe] = self._market.history(coin, timeframe)
            except BadData:
                # No closed candle yet: the engine says so for this timeframe.
                continue
        return found


def _first(failures: Mapping[Timeframe, str]) -> str:
    return next(iter(failures.values()), "it has no candles by then")
