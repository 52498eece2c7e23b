"""`powertrader preflight`: look at everything a start needs, and say how to mend what is wrong."""

from typing import Annotated, Literal

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, Mode, trader_settings


def preflight(
    *,
    mode: Mode = None,
    keys_only: Annotated[
        bool, typer.Option("--keys-only", help="Look at the API keys and their rights, at nothing else.")
    ] = False,
    keys_from_stdin: Annotated[
        bool,
        typer.Option(
            "--keys-from-stdin",
            help="Look at the keys on standard input, a JSON object with api_key and api_secret "
            "(or private_key and passphrase), not at those at hand.",
        ),
    ] = False,
    store: Annotated[
        Literal["keyring", "files", "none"],
        typer.Option("--store", help="Where to keep keys from standard input once the venue took them."),
    ] = "none",
    replace: Annotated[
        bool, typer.Option("--replace", help="With --store: other keys in the keyring may be replaced.")
    ] = False,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Check keys and their rights, clock, money, pairs, trainings, disk and ledger; nothing is traded.

    Exit code 0: nothing failed. 1: something did; each has a way out. docs/PREFLIGHT.md lists them all.
    """
    from powertrader.cli.preflight_view import PreflightRequest, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url))
    request = PreflightRequest(
        whole=not keys_only, keys_from_stdin=keys_from_stdin, store=store, replacing=replace
    )
    return run_and_show(request, sources, home, as_json=as_json)
