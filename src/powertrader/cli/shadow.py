"""`powertrader shadow`: run beside a live original, read only, and say where we would have differed."""

from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, trader_settings


def shadow(
    folder: Annotated[Path, typer.Argument(help="The original's folder, with pt_trader.py in it.")],
    *,
    hub_data: Annotated[
        Path | None, typer.Option("--hub-data", help="Its hub_data, where the settings do not name it.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=0.1, help="End after so long.")
    ] = None,
    sweeps: Annotated[int | None, typer.Option("--sweeps", min=1, help="End after so many sweeps.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when every coin was compared once, after a minute at most.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Only show, by day, what earlier runs beside it found.")
    ] = False,
    settle_s: Annotated[
        float,
        typer.Option(
            "--settle",
            metavar="SECONDS",
            min=0.1,
            help="Compare nothing for so long after a candle closed: twice a sweep of the original or more.",
        ),
    ] = 120.0,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Compare a running original's signals, decisions and trades with ours, until Ctrl-C. Never trades.

    Nothing in FOLDER is written, changed or locked. Differences go to results/shadow_... of our home.
    Exit code 1 when one is not explained, or nothing could be compared. docs/SHADOW.md tells the rules.
    """
    from powertrader.cli.shadow_view import ShadowRequest, report_and_show, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, None, exchange_url))
    request = ShadowRequest(folder, hub_data, seconds, sweeps, once, settle_s)
    show = report_and_show if report else run_and_show
    return show(request, sources, home, as_json=as_json)
