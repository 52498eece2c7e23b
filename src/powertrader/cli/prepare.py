"""`powertrader prepare`: compile once what the first start of each worker would have to compile otherwise."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from powertrader.backtest.sweep_space import Point

_HISTORY: Final = timedelta(days=60)
_WALK: Final = timedelta(days=1)


def prepare() -> None:
    """Compile what is calculated most, so that later starts need not; scripts/bootstrap.py does it for you.

    It takes up to half a minute and is kept beside the program, or in NUMBA_CACHE_DIR.
    """
    from powertrader.backtest.compiled_outcome import compiled_outcome  # noqa: PLC0415  numba is slow to import
    from powertrader.backtest.engine import ReplaySpan  # noqa: PLC0415  as above
    from powertrader.backtest.request import SYNTHETIC_START  # noqa: PLC0415  as above
    from powertrader.backtest.signal_walk import walk_signals  # noqa: PLC0415  as above
    from powertrader.backtest.sweep_example import ExampleSubject  # noqa: PLC0415  as above
    from powertrader.backtest.target_runs import AT_ONCE  # noqa: PLC0415  as above
    from powertrader.bootstrap import build_replay  # noqa: PLC0415  as above
    from powertrader.core.config import TradingConfig  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_draft import config_with  # noqa: PLC0415  as above
    from powertrader.market.synthetic import SYNTHETIC_COINS, synthetic_candles  # noqa: PLC0415  as above
    from powertrader.strategy.orders import Orders  # noqa: PLC0415  as above
    from powertrader.strategy.sma_cross import SmaCross  # noqa: PLC0415  as above

    coin, start = SYNTHETIC_COINS[0], SYNTHETIC_START + _HISTORY
    config = config_with(TradingConfig(), {"trading.coins": [coin]})
    span = ReplaySpan(start, start + _WALK)
    hours = (span.stop - SYNTHETIC_START) // timedelta(hours=1)
    seed = config.replay.seed
    candles = {coin: synthetic_candles(coin, seed=seed, start=SYNTHETIC_START, count=hours)}
    replay = build_replay(config, candles, span)
    replay.trainings.require(tuple(replay.engine.train((coin,))))
    replay.engine.walk(span, config.rules, replay.session, lambda _: True)
    compiled_outcome(config, candles, span, walk_signals(config, candles, span), "1h")
    crossing = ExampleSubject("sma_cross", 0.0).market(config, candles, span)
    # a single run, one in a sweep of few, and one in a sweep of many take other ways
    points: list[Point] = [{"strategy.fast": 2, "strategy.slow": slow} for slow in range(5, 5 + AT_ONCE)]
    crossing.past.run(crossing.steps.close_s, crossing.past.targets(SmaCross(2, 5)), Orders(), config)
    crossing.tried(config, points, 1)
