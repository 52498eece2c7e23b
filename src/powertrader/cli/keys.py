"""`powertrader keys`: whether API keys are at hand and where, and forgetting them; they are never shown."""

from dataclasses import asdict
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
    """Tell for each environment where keys lie and whose they are; exit code 1 when none has any."""
    from powertrader.cli.keys_view import key_standings, show_standings  # noqa: PLC0415  only with settings
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  as above

    standings = key_standings(HomePaths(find_home(home)))
    if as_json:
        emit_json({mode: asdict(one) for mode, one in standings.items()})
    else:
        show_standings(people(), standings)
    return exit_codes.OK if any(one.account for one in standings.values()) else exit_codes.DIFFERENT


@app.command()
def clear(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    as_json: JsonFlag = False,
) -> int:
    """Delete the keys of all environments from keyring and key files; those at Binance stay valid."""
    from powertrader.cli.keys_view import key_standings  # noqa: PLC0415  only with settings
    from powertrader.core.credentials import SystemKeyring  # noqa: PLC0415  as above
    from powertrader.core.credentials_store import KeyPlaces  # noqa: PLC0415  as above
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  as above

    if not yes:
        typer.confirm(
            "Delete the API keys for live, testnet and demo from the keyring and this home's key files?",
            abort=True,
        )
    paths = HomePaths(find_home(home))
    cleared = KeyPlaces.standard(paths, SystemKeyring(), "live").forget()
    left = tuple(dict.fromkeys([place for one in key_standings(paths).values() for place in one.places]))
    if as_json:
        emit_json({"cleared": list(cleared), "left": list(left)})
        return exit_codes.OK
    people().print(f"Deleted from {', '.join(cleared)}." if cleared else "There were none.", markup=False)
    for place in left:
        people().print(f"Keys in {place} are left: only you can take them away.", markup=False)
    return exit_codes.OK
