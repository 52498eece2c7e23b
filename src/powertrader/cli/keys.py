"""`powertrader keys`: whether API keys are at hand and where, and forgetting them; they are never shown."""

from typing import Annotated

import typer

from powertrader.cli import exit_codes
from powertrader.cli.options import Home, JsonFlag
from powertrader.cli.output import emit_json, people

app = typer.Typer(
    no_args_is_help=True,
    help="Tell whether API keys are at hand, or forget them; `powertrader preflight` tries and stores them.",
)


@app.command()
def status(*, home: Home = None, as_json: JsonFlag = False) -> int:
    """Tell where keys for Binance lie and whose they are; exit code 1 when there are none to be used."""
    from powertrader.core.credentials import (  # noqa: PLC0415  only with settings
        BinanceCredentials,
        CredentialSources,
        places_with_keys,
    )
    from powertrader.core.exceptions import ConfigError  # noqa: PLC0415  as above
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  as above
    from powertrader.core.redaction import Redactor  # noqa: PLC0415  as above

    sources = CredentialSources.standard(HomePaths(find_home(home)))
    places, account, problem = places_with_keys(sources), "", ""
    try:
        account = BinanceCredentials.load(sources, Redactor()).account
    except ConfigError as error:
        problem = str(error)
    if as_json:
        emit_json({"account": account, "places": list(places), "problem": problem})
    elif account:
        people().print(f"The keys of account {account} come from {places[0]}.", markup=False)
        for place in places[1:]:
            people().print(f"There are keys in {place} too, which do not count.", markup=False)
    else:
        people().print(problem, markup=False, soft_wrap=True)
    return exit_codes.OK if account else exit_codes.DIFFERENT


@app.command()
def clear(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    as_json: JsonFlag = False,
) -> int:
    """Delete the keys of the keyring and the key files of the home; those at Binance stay valid."""
    from powertrader.core.credentials import (  # noqa: PLC0415  only with settings
        CredentialSources,
        SystemKeyring,
        places_with_keys,
    )
    from powertrader.core.credentials_store import KeyPlaces  # noqa: PLC0415  as above
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  as above

    if not yes:
        typer.confirm("Delete the API keys of this home from the keyring and its key files?", abort=True)
    paths = HomePaths(find_home(home))
    cleared = KeyPlaces.standard(paths, SystemKeyring()).forget()
    left = places_with_keys(CredentialSources.standard(paths))
    if as_json:
        emit_json({"cleared": list(cleared), "left": list(left)})
        return exit_codes.OK
    people().print(f"Deleted from {', '.join(cleared)}." if cleared else "There were none.", markup=False)
    for place in left:
        people().print(f"Keys in {place} are left: only you can take them away.", markup=False)
    return exit_codes.OK
