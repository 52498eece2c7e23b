"""`powertrader sweep`: which of many settings would have done best, and how far that can be believed."""

from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli.backtest import Candles, Coins, From, RetrainDays, Strategy, To
from powertrader.cli.moments import named_coins_setting, repair_setting
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, Repair, sources_from


def sweep(
    *,
    params: Annotated[
        list[str] | None,
        typer.Option(
            "--param", metavar="NAME=VALUES", help="A setting and its values: 1,2,3 or 2..5 or 0.5..2/0.25."
        ),
    ] = None,
    strategy: Strategy = "classic",
    strategy_params: Annotated[
        list[str] | None,
        typer.Option(
            "--strategy-param",
            metavar="NAME=VALUES",
            help="A parameter of an example strategy and its values, such as fast=5..50/5; repeatable.",
        ),
    ] = None,
    coins: Coins = None,
    start: From = None,
    stop: To = None,
    candles: Candles = None,
    objective: Annotated[
        str, typer.Option(metavar="FIGURE", help="What the best has most of, such as sharpe or return_pct.")
    ] = "sharpe",
    method: Annotated[
        str,
        typer.Option(metavar="NAME", help="grid, random, or one of Optuna's: tpe, nsgaii, gp, cmaes, qmc."),
    ] = "grid",
    trials: Annotated[int | None, typer.Option(help="How many settings to try, unless it is a grid.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed tries the same.")] = 1,
    out_of_sample: Annotated[
        float,
        typer.Option(help="Share of the time, the last one, that nothing is chosen by."),
    ] = 0.3,
    engine: Annotated[
        str, typer.Option(metavar="WHERE", help="local, or a cluster such as dask://host:8786.")
    ] = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many cores of this computer; else all of them.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Go on with a sweep that was stopped; nothing else counts."),
    ] = None,
    retrain_days: RetrainDays = None,
    repair: Repair = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Try many settings on the candles that you trained on, and say which did best.

    The best is chosen by the first part of the time and shown beside what it did in the rest, with the
    probability that it is luck. Every run is kept in results/; Ctrl-C loses none, --resume goes on.
    """
    from powertrader.cli.sweep_view import SweepRequest, resume_and_show, sweep_and_show  # noqa: PLC0415  numba

    overrides = [
        *(settings or ()),
        *named_coins_setting(None if coins is None else [coins]),
        *([f"replay.retrain_days={retrain_days}"] if retrain_days is not None else ()),
        *repair_setting(repair=repair),
    ]
    sources = sources_from(home, config, overrides)
    request = SweepRequest(
        tuple(params or ()),
        strategy,
        tuple(strategy_params or ()),
        method,
        objective,
        trials,
        seed,
        out_of_sample,
        candles,
        start,
        stop,
        engine,
        workers,
    )
    if resume is not None:
        return resume_and_show(resume, request, sources, home, as_json=as_json)
    return sweep_and_show(request, sources, home, as_json=as_json)
