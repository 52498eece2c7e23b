"""`powertrader status`: how everything stands, and what needs a look."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from


def status(
    *,
    every_coin: Annotated[bool, typer.Option("--all", help="Show every coin, however many.")] = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Show the processes, the account, and why each coin is or is not bought; asks no exchange.

    Exit code 0: all is well. 1: something needs a look; each such thing is named with what to do.
    """
    from powertrader.cli.status_view import show_status  # noqa: PLC0415  pydantic is slow to import

    return show_status(sources_from(home, config, settings), home, every_coin=every_coin, as_json=as_json)
