"""`powertrader think`: say what the trained coins signal."""

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


def think(
    coins: NamedCoins = None,
    *,
    candles: CandleFolder = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=utc_moment, metavar="DATE", help="The market as it was then; else at its end."),
    ] = None,
    repair: Repair = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Make one signal for each trained coin, show it, and publish it in the data folder.

    A coin without a training of the last 14 days (market time) gives no signal; the reason is shown.
    """
    from powertrader.cli.think_view import run_and_show  # noqa: PLC0415  numba is slow to import

    overrides = [*(settings or ()), *coins_setting(coins, candles), *repair_setting(repair=repair)]
    return run_and_show(candles, at, sources_from(home, config, overrides), home, as_json=as_json)
