"""`powertrader demo`: the whole product on a made-up market in a minute, without keys and offline."""

from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli.options import Home


def demo(
    *,
    seconds: Annotated[
        int | None,
        typer.Option(
            "--seconds", min=5, max=86_400, help="How long it runs; else 60, or until its window is closed."
        ),
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="Open no window, and tell it line by line.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help="Another made-up market; a trade may take longer there."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the folder, and say where it is.")] = False,
    home: Home = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the summary to this file.")
    ] = None,
) -> int:
    """Show everything at work: a local exchange with made-up prices, training, signals, paper trading.

    Opens the window on it where there is a screen. Needs no keys and no network and uses neither.
    Everything lies in a new folder, which is removed at the end unless --keep is given or --home names
    an empty folder. Exit code 0 when the coins were trained and a coin was bought and sold.
    """
    from powertrader.cli.demo_run import DemoRequest, run_demo  # noqa: PLC0415  slow to import

    return run_demo(DemoRequest(seconds, headless, seed, keep, home, json_file))
