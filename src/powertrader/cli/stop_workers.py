"""`powertrader stop`: end workers in order, whoever started them."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from


def stop(
    processes: Annotated[
        list[str] | None,
        typer.Argument(help="trainer, thinker, trader, supervisor or shadow; else all that run."),
    ] = None,
    *,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Ask workers to end after what they are doing; one that does not react within 4 s is killed.

    Nothing is lost either way: started again, each goes on. `up` does not start again what was stopped
    by name. Exit code 0: none of them runs any more. 1: one of them still does.
    """
    from powertrader.cli.stop_view import stop_and_show  # noqa: PLC0415  pydantic is slow to import

    return stop_and_show(tuple(processes or ()), sources_from(home, config, settings), home, as_json=as_json)
