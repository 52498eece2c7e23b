"""`powertrader events`: what happened in the workers, and what happens now."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from


def events(
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    last: Annotated[int, typer.Option("--last", min=0, help="So many of the past are shown.")] = 20,
    process: Annotated[
        str | None,
        typer.Option("--process", help="Those of one worker: trader, thinker, trainer, supervisor."),
    ] = None,
    redis: Annotated[
        bool, typer.Option("--redis", help="Read them from the Redis server of bus.redis_url.")
    ] = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Show trades, refusals, halts, signals and crashes of all workers as they were told.

    They come from the journals in logs/, with --redis from all computers that tell the same server.
    With --follow --json each event is a line of JSON. docs/EVENTS.md says more.
    """
    from powertrader.cli.events_view import EventsRequest, show_events  # noqa: PLC0415  slow to import

    request = EventsRequest(follow, last, process, redis, as_json)
    return show_events(request, sources_from(home, config, settings), home)
