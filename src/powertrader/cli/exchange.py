"""`powertrader exchange serve`: a local exchange that real clients cannot tell from the real one."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli.moments import coins_setting, utc_moment
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from

app = typer.Typer(no_args_is_help=True, help="Run a local exchange for trials and tests (docs/EXCHANGE.md).")


@app.callback()
def exchange() -> None:
    """Run a local exchange for trials and tests (docs/EXCHANGE.md)."""


@app.command()
def serve(
    *,
    candles: Annotated[
        Path | None, typer.Option("--candles", help="Folder with candle files; else a made-up market.")
    ] = None,
    synthetic: Annotated[
        int | None, typer.Option("--synthetic", metavar="SEED", help="Which made-up market; it never ends.")
    ] = None,
    coins: Annotated[
        str | None, typer.Option("--coins", help="Coins, separated by commas, such as BTC,ETH.")
    ] = None,
    speed: Annotated[float, typer.Option(help="Market seconds per second.")] = 1.0,
    start: Annotated[
        datetime | None,
        typer.Option(parser=utc_moment, metavar="DATE", help="Market time at which a new exchange begins."),
    ] = None,
    port: Annotated[int, typer.Option(help="Port on this computer; 0 takes any free one.")] = 0,
    faults: Annotated[
        Path | None, typer.Option(help="YAML file with rules of what goes wrong on purpose.")
    ] = None,
    quote: Annotated[str, typer.Option(help="What the first account starts with.")] = "10000",
    state: Annotated[
        Path | None, typer.Option(help="Folder in which accounts are kept; else data_exchange in the home.")
    ] = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> None:
    """Serve Binance spot and KuCoin market data on this computer until Ctrl-C.

    With --json one line says url, api_key, api_secret and admin_url as soon as it listens.
    """
    from powertrader.cli.exchange_service import ServeOptions, serve_exchange  # noqa: PLC0415  slow to import

    if candles is not None and synthetic is not None:
        msg = "--candles and --synthetic exclude each other"
        raise typer.BadParameter(msg)
    overrides = [*(settings or ()), *coins_setting(None if coins is None else [coins], candles)]
    options = ServeOptions(candles, synthetic, speed, start, port, faults, quote, state, as_json)
    serve_exchange(options, sources_from(home, config, overrides), home)
    sys.stdout.flush()
