"""Our thinker on the original's files: what it would publish for a coin, and since when that is settled."""

from dataclasses import dataclass, replace

from powertrader.core.clock import Clock, rate_of
from powertrader.core.exceptions import BadData, ConfigError, RetryLater
from powertrader.core.market_client import CandleSource
from powertrader.models.candle import Candle
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol
from powertrader.shadow.levels import Prospects, prospects_of
from powertrader.shadow.trainings import KnownTraining, OriginalTrainings
from powertrader.thinker.training_gate import is_fresh, refusal


@dataclass(frozen=True, slots=True)
class CoinInputs:
    """What a coin's signal is made from now.

    since_s: when the newest of it appeared, by the computer's time. untrained: why the training counts for
    nothing (Q32), empty when it counts.
    """

    prospects: Prospects
    since_s: float
    untrained: str = ""


@dataclass(slots=True)
class _Known:
    candles: tuple[Candle | None, ...]
    training: KnownTraining
    untrained: str
    inputs: CoinInputs


class OurThinker:
    """Asks the venue for closed candles and reads the original's memories; computes when either is new."""

    def __init__(
        self, candles: CandleSource, trainings: OriginalTrainings, market: Clock, wall: Clock
    ) -> None:
        """Know nothing yet."""
        self._candles = candles
        self._trainings = trainings
        self._market = market
        self._wall = wall
        self._known: dict[CoinSymbol, _Known] = {}

    def of(self, coin: CoinSymbol) -> CoinInputs | str:
        """Give the inputs of a coin, or why there are none now."""
        try:
            training = self._trainings.of(coin)
            candles = tuple([self._candles.latest_closed(coin, timeframe) for timeframe in TIMEFRAMES])
        except (ConfigError, RetryLater, BadData) as error:
            return str(error)
        now_s = self._market.now().timestamp()
        trained_at_s = training.training.trained_at_s
        untrained = "" if is_fresh(trained_at_s, now_s) else refusal(trained_at_s, now_s).partition(";")[0]
        known = self._known.get(coin)
        if known is None or known.candles != candles or known.training is not training:
            known = self._computed(coin, candles, training, untrained)
        elif bool(known.untrained) != bool(untrained):
            known = self._changed(coin, known, untrained)
        return replace(known.inputs, since_s=max(known.inputs.since_s, self._newest_close_s(known)))

    def _computed(
        self,
        coin: CoinSymbol,
        candles: tuple[Candle | None, ...],
        training: KnownTraining,
        untrained: str,
    ) -> _Known:
        is_new = coin not in self._known
        closes = [
            self._wall_s(candle.open_time_s + timeframe.seconds)
            for candle, timeframe in zip(candles, TIMEFRAMES, strict=True)
            if candle is not None
        ]
        # what was there before the first look has its own time; what is new has been seen just now
        since_s = max([*closes, training.written_s]) if is_new else self._wall.now().timestamp()
        inputs = CoinInputs(prospects_of(candles, training.training), since_s, untrained)
        known = self._known[coin] = _Known(candles, training, untrained, inputs)
        return known

    def _newest_close_s(self, known: _Known) -> float:
        """Give when a candle closed last, also one that the venue has not given yet.

        A venue leaves a candle out when nothing was traded, so that may be long ago.
        """
        now_s = self._market.now().timestamp()
        return max(
            (
                self._wall_s(candle.open_time_s + 2 * timeframe.seconds)
                for candle, timeframe in zip(known.candles, TIMEFRAMES, strict=True)
                if candle is not None and candle.open_time_s + 2 * timeframe.seconds <= now_s
            ),
            default=0.0,
        )

    def _changed(self, coin: CoinSymbol, known: _Known, untrained: str) -> _Known:
        inputs = CoinInputs(known.inputs.prospects, self._wall.now().timestamp(), untrained)
        changed = self._known[coin] = _Known(known.candles, known.training, untrained, inputs)
        return changed

    def _wall_s(self, market_s: float) -> float:
        """Give the computer's time of a moment of the market that is past."""
        ago_s = self._market.now().timestamp() - market_s
        return self._wall.now().timestamp() - ago_s / rate_of(self._market)
