"""`powertrader up`: all workers with one command, looked after until Ctrl-C."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, Mode, trader_settings


def up(
    *,
    coins: Annotated[
        str | None, typer.Option("--coins", help="Coins, separated by commas; else trading.coins.")
    ] = None,
    mode: Mode = None,
    confirm_live: Annotated[
        str | None, typer.Option("--confirm-live", metavar="WORD", help="LIVE, to let real money be spent.")
    ] = None,
    exchange_url: ExchangeUrl = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave the workers running as soon as they do, and end.")
    ] = False,
    seconds: Annotated[
        int | None, typer.Option("--for", min=1, metavar="SECONDS", help="Stop everything after so long.")
    ] = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Start trainer, thinker and trader, show how they are, and start again what crashes, until Ctrl-C.

    What runs already is looked after and not started twice. Ctrl-C stops all of them in order; when
    this command itself is killed they go on, and the next `up` takes charge of them. docs/WORKERS.md
    says more.
    """
    from powertrader.cli.up_view import UpRequest, run_and_show  # noqa: PLC0415  pydantic is slow to import

    if detach and seconds is not None:
        msg = "--detach leaves the workers running and --for stops them; use one of the two"
        raise typer.BadParameter(msg)
    overrides = trader_settings(settings, mode, exchange_url, coins)
    request = UpRequest(confirm_live, detach, seconds, tuple(config or ()))
    return run_and_show(request, sources_from(home, config, overrides), home, as_json=as_json)
