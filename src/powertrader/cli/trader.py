"""`powertrader trader`: trade, on paper unless another mode is asked for."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, Mode, trader_settings


def trader(
    *,
    mode: Mode = None,
    confirm_live: Annotated[
        str | None, typer.Option("--confirm-live", metavar="WORD", help="LIVE, to let real money be spent.")
    ] = None,
    coins: Annotated[
        str | None, typer.Option("--coins", help="Coins, separated by commas; else trading.coins.")
    ] = None,
    exchange_url: ExchangeUrl = None,
    once: Annotated[bool, typer.Option("--once", help="Do one step and end.")] = False,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="End after so many steps.")] = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Buy, average down and sell by the signals that the thinker publishes, step by step until Ctrl-C.

    Everything is in a ledger before it is done: a stop at any moment loses nothing, and no order is
    ever sent twice. docs/TRADING.md says what happens when something goes wrong.
    """
    from powertrader.cli.trader_view import TraderRequest, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url, coins))
    request = TraderRequest(confirm_live, 1 if once else steps)
    return run_and_show(request, sources, home, as_json=as_json)
