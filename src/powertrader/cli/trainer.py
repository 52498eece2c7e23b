"""`powertrader trainer`: learn from a venue's candles, once or again and again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import typer

from powertrader.cli.moments import named_coins_setting, utc_moment
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, NamedCoins, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, trader_settings

ANEW: Final = "reprocess_yes"
ON_TOP: Final = "reprocess_no"


def trainer(
    coins: NamedCoins = None,
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Stay, and train what is due: see trainer.retrain_days.")
    ] = False,
    asked: Annotated[
        bool,
        typer.Option("--asked", help="Train only the coins that the window was asked to train, then end."),
    ] = False,
    reprocess: Annotated[
        bool, typer.Option("--reprocess", help="Forget what was learnt before; also as reprocess_yes.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=64, help="Coins trained at once; else one for each core."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use the candles that were downloaded before; ask nobody.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--from", parser=utc_moment, metavar="DATE", help="Leave out what opened before."),
    ] = None,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Download the candles of each coin from exchange.candles_from and train all seven timeframes.

    Candles are kept in the data folder: the next training asks only for what has closed since. Stopped by
    Ctrl-C, killer.txt or a kill, it goes on where it was when started again. No key is needed.
    """
    from powertrader.bootstrap_trainer import TrainerRequest  # noqa: PLC0415  numba is slow to import
    from powertrader.cli.trainer_view import run_and_show  # noqa: PLC0415  as above

    if keep and offline:
        msg = "--keep needs new candles, --offline asks nobody; leave one of them out"
        raise typer.BadParameter(msg)
    if asked and (keep or offline or coins):
        msg = "--asked trains what was asked for elsewhere; leave --keep, --offline and coins out"
        raise typer.BadParameter(msg)
    named, words = _divided(coins)
    anew = reprocess or ANEW in words
    start_s = None if since is None else max(int(since.timestamp()), 0)
    request = TrainerRequest(keep, anew, offline, start_s, workers, asked)
    overrides = [*trader_settings(settings, None, exchange_url), *named_coins_setting(named)]
    return run_and_show(request, sources_from(home, config, overrides), home, as_json=as_json)


def _divided(given: Sequence[str] | None) -> tuple[list[str] | None, frozenset[str]]:
    """Tell the coins from the words that the original's trainer was started with."""
    words = frozenset(one.lower() for one in given or ()) & {ANEW, ON_TOP}
    named = [one for one in given or () if one.lower() not in words]
    return named or None, words
