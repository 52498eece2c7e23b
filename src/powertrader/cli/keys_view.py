"""What a person sees of stored keys: where they lie and whose they are, never the keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console

from powertrader.core.credentials import KEYED, BinanceCredentials, CredentialSources, places_with_keys
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.models.types import Environment


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """The account of an environment's keys, the places that have some, or why none can be used."""

    account: str
    places: tuple[str, ...]
    problem: str


def key_standings(paths: HomePaths) -> Mapping[Environment, KeyStanding]:
    """Give how it stands with the keys of each environment."""
    return {mode: _standing(CredentialSources.standard(paths, mode)) for mode in KEYED}


def show_standings(console: Console, standings: Mapping[Environment, KeyStanding]) -> None:
    """Say it in a line for each environment, and one for each place whose keys do not count."""
    for mode, one in standings.items():
        if not one.account:
            console.print(f"{mode}: {one.problem}", markup=False, soft_wrap=True)
            continue
        console.print(f"{mode}: the keys of account {one.account} come from {one.places[0]}.", markup=False)
        for place in one.places[1:]:
            console.print(f"{mode}: there are keys in {place} too, which do not count.", markup=False)


def _standing(sources: CredentialSources) -> KeyStanding:
    places, account, problem = places_with_keys(sources), "", ""
    try:
        account = BinanceCredentials.load(sources, Redactor()).account
    except ConfigError as error:
        problem = str(error)
    return KeyStanding(account, places, problem)
