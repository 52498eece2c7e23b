"""`powertrader train`: learn the price patterns of coins from candle files, or from the synthetic market."""

from datetime import datetime
from typing import Annotated

import typer

from powertrader.cli.moments import coins_setting, repair_setting, utc_moment
from powertrader.cli.options import (
    CandleFolder,
    ConfigFiles,
    Home,
    JsonFlag,
    NamedCoins,
    Overrides,
    Repair,
    sources_from,
)


def train(
    coins: NamedCoins = None,
    *,
    candles: CandleFolder = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=utc_moment, metavar="DATE", help="Use what closed by then; else all candles."),
    ] = None,
    reprocess: Annotated[bool, typer.Option("--reprocess", help="Forget what was learnt before.")] = False,
    repair: Repair = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Train each coin on every timeframe and write what it learnt to the data folder.

    `powertrader trainer` does the same with candles that it downloads. Stopped by Ctrl-C, killer.txt or a
    kill it goes on where it was when started again.
    """
    from powertrader.cli.train_view import TrainRequest, run_and_show  # noqa: PLC0415  numba is slow to import

    overrides = [*(settings or ()), *coins_setting(coins, candles), *repair_setting(repair=repair)]
    request = TrainRequest(candles, until, reprocess)
    return run_and_show(request, sources_from(home, config, overrides), home, as_json=as_json)
