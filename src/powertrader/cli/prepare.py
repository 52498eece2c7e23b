"""`powertrader prepare`: compile once what the first start of each worker would have to compile otherwise."""

from datetime import timedelta
from typing import Final

_HISTORY: Final = timedelta(days=60)
_WALK: Final = timedelta(days=1)


def prepare() -> None:
    """Compile what is calculated most, so that later starts need not; scripts/bootstrap.py does it for you.

    It takes some seconds and is kept beside the program, or in NUMBA_CACHE_DIR.
    """
    from powertrader.backtest.engine import ReplaySpan  # noqa: PLC0415  numba is slow to import
    from powertrader.backtest.request import SYNTHETIC_START  # noqa: PLC0415  as above
    from powertrader.bootstrap import build_replay  # noqa: PLC0415  as above
    from powertrader.core.config import TradingConfig  # noqa: PLC0415  pydantic is slow to import
    from powertrader.market.synthetic import synthetic_candles  # noqa: PLC0415  as above

    config = TradingConfig()
    coins, start = config.trading.coins[:1], SYNTHETIC_START + _HISTORY
    span = ReplaySpan(start, start + _WALK)
    hours = (span.stop - SYNTHETIC_START) // timedelta(hours=1)
    candles = {
        coin: synthetic_candles(coin, seed=config.replay.seed, start=SYNTHETIC_START, count=hours)
        for coin in coins
    }
    replay = build_replay(config, candles, span)
    replay.trainings.require(tuple(replay.engine.train(coins)))
    replay.engine.walk(span, config.rules, replay.session, lambda _: True)
