"""`powertrader train`: learn the price patterns of coins and keep them."""

from datetime import datetime
from typing import Annotated

import typer

from powertrader.cli.moments import coins_setting, named_coins_setting, repair_setting, utc_moment
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
from powertrader.cli.trader_options import ExchangeUrl, trader_settings


def train(
    coins: NamedCoins = None,
    *,
    candles: CandleFolder = None,
    from_exchange: Annotated[
        bool, typer.Option("--from-exchange", help="Download the candles from exchange.candles_from.")
    ] = False,
    exchange_url: ExchangeUrl = None,
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

    With --from-exchange, or --exchange-url for a local exchange, all candles are downloaded each time.
    Stopped by Ctrl-C or killer.txt it goes on with the next timeframe when started again.
    """
    from powertrader.cli.train_view import TrainRequest, run_and_show  # noqa: PLC0415  numba is slow to import

    downloaded = from_exchange or exchange_url is not None
    if downloaded and (candles is not None or until is not None):
        msg = "candles from an exchange are those up to now; leave --candles and --until out"
        raise typer.BadParameter(msg)
    named = named_coins_setting(coins) if downloaded else coins_setting(coins, candles)
    overrides = [*trader_settings(settings, None, exchange_url), *named, *repair_setting(repair=repair)]
    request = TrainRequest(candles, until, reprocess, downloaded)
    return run_and_show(request, sources_from(home, config, overrides), home, as_json=as_json)
