"""`powertrader backtest`: what settings would have made of past candles, with a result that is kept."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from powertrader.cli.moments import named_coins_setting, repair_setting, utc_moment
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, Repair, sources_from

Coins: TypeAlias = Annotated[
    str | None, typer.Option("--coins", help="Coins, separated by commas, such as BTC,ETH.")
]
From: TypeAlias = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        parser=utc_moment,
        metavar="DATE",
        help="Trade from then on; what closed before only trains. Else the last third of the candles.",
    ),
]
To: TypeAlias = Annotated[
    datetime | None, typer.Option("--to", parser=utc_moment, metavar="DATE", help="Trade until then.")
]
Candles: TypeAlias = Annotated[
    Path | None,
    typer.Option("--candles", help="Folder with candle files; else those that the trainer downloaded."),
]
Params: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="One setting to try; the same as --set; repeatable."),
]
Engine: TypeAlias = Annotated[
    Literal["auto", "event", "compiled"],
    typer.Option(
        help="event: the session that trades live, step by step; compiled: the same trades, faster; "
        "auto: compiled where the settings allow it."
    ),
]
Resume: TypeAlias = Annotated[
    bool, typer.Option("--resume", help="Finish the newest backtest that Ctrl-C ended early.")
]
Strategy: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="classic, the one that trades live; or an example for backtests only: sma_cross, momentum, "
        "mean_reversion.",
    ),
]
StrategyParams: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--strategy-param",
        metavar="NAME=VALUE",
        help="One parameter of an example strategy, such as fast=20 or order.share_pct=50; repeatable.",
    ),
]
RetrainDays: TypeAlias = Annotated[int | None, typer.Option(help="Train again every so many days.")]


def backtest(
    *,
    coins: Coins = None,
    start: From = None,
    stop: To = None,
    params: Params = None,
    candles: Candles = None,
    retrain_days: RetrainDays = None,
    repair: Repair = False,
    engine: Engine = "auto",
    strategy: Strategy = "classic",
    strategy_params: StrategyParams = None,
    resume: Resume = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Say what the settings would have made of the candles that you trained on.

    Walks forward candle by candle, trains again on the way, and trades on paper with fees and spread; nothing
    is seen before it closed. Shows settings against result and keeps both with a report in results/.
    """
    from powertrader.backtest.market_request import BacktestRequest  # noqa: PLC0415  numba is slow to import
    from powertrader.cli.backtest_run import Job, resumed  # noqa: PLC0415  numba is slow to import
    from powertrader.cli.backtest_view import run_and_show  # noqa: PLC0415  numba is slow to import
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  only where it is needed
    from powertrader.strategy.registry import example_of  # noqa: PLC0415  numpy is slow to import

    overrides = [
        *(settings or ()),
        *(params or ()),
        *named_coins_setting(None if coins is None else [coins]),
        *([f"replay.retrain_days={retrain_days}"] if retrain_days is not None else ()),
        *repair_setting(repair=repair),
    ]
    example = example_of(strategy, strategy_params or ())
    if example is not None and engine == "event":
        msg = f"--engine event knows classic only; leave it out, {strategy} is compiled"
        raise typer.BadParameter(msg)
    if resume:
        _refuse_others(overrides, config, start, stop, candles, example)
        job = resumed(HomePaths(find_home(home)))
    else:
        request = BacktestRequest(folder=candles, start=start, stop=stop)
        job = Job(request, sources_from(home, config, overrides), engine, strategy=example)
    return run_and_show(job, home, as_json=as_json)


def _refuse_others(*given: object) -> None:
    """Raise typer.BadParameter where something is asked of a backtest that has all it needs."""
    if any(given):
        msg = "--resume goes on with the settings and the span it began with; leave the other options out"
        raise typer.BadParameter(msg)
