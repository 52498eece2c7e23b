"""`powertrader replay`: train, then trade the following months on paper, candle by candle."""

from datetime import datetime
from typing import Annotated

import typer

from powertrader.cli.moments import coins_setting, repair_setting, utc_moment
from powertrader.cli.options import CandleFolder, ConfigFiles, Home, JsonFlag, Overrides, Repair, sources_from

Coins = Annotated[str | None, typer.Option("--coins", help="Coins, separated by commas, such as BTC,ETH.")]


def replay(
    *,
    candles: CandleFolder = None,
    coins: Coins = None,
    train_until: Annotated[
        datetime | None,
        typer.Option(
            parser=utc_moment, metavar="DATE", help="Train on what closed by then; trading starts there."
        ),
    ] = None,
    to: Annotated[
        datetime | None, typer.Option("--to", parser=utc_moment, metavar="DATE", help="Trade until then.")
    ] = None,
    retrain_days: Annotated[int | None, typer.Option(help="Train again every so many days.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Which synthetic market; the same seed is the same market.")
    ] = None,
    repair: Repair = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Train coins, then walk forward candle by candle: thinker, signals, trader on paper.

    Shows every trade with its reason, the final account, and the folder with the saved result.
    """
    from powertrader.backtest.request import ReplayRequest  # noqa: PLC0415  numba is slow to import
    from powertrader.cli.replay_view import run_and_show  # noqa: PLC0415  numba is slow to import

    overrides = [
        *(settings or ()),
        *coins_setting(None if coins is None else [coins], candles),
        *([f"replay.retrain_days={retrain_days}"] if retrain_days is not None else ()),
        *([f"replay.seed={seed}"] if seed is not None else ()),
        *repair_setting(repair=repair),
    ]
    request = ReplayRequest(folder=candles, train_until=train_until, stop=to)
    return run_and_show(request, sources_from(home, config, overrides), home, as_json=as_json)
