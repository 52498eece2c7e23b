"""What a person sees of the pre-flight, and how keys come in by standard input."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from rich.console import Console

from powertrader.bootstrap_preflight import gathered
from powertrader.bootstrap_trader import TraderSetup
from powertrader.cli import exit_codes
from powertrader.cli.home_advice import with_home
from powertrader.cli.output import emit_json, people
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources, SettingsError
from powertrader.core.credentials import (
    BinanceCredentials,
    CredentialSources,
    SystemKeyring,
    places_with_keys,
)
from powertrader.core.credentials_store import KeyPlaces, OtherKeysStored
from powertrader.core.exceptions import ConfigError, PowerTraderError
from powertrader.core.preflight import OTHER_KEYS, Check, CheckState, Preflight, preflight_json
from powertrader.preflight.examine import examined

PROCESS: Final = "preflight"
_MOST_BYTES: Final = 65_536
_PLACES: Final[Mapping[str, str]] = {"keyring": "the keyring", "files": "the key files"}
_NAMES: Final = ("api_key", "api_secret", "private_key", "passphrase")
_STYLES: Final[Mapping[CheckState, str]] = {
    CheckState.OK: "green",
    CheckState.WARNING: "yellow",
    CheckState.FAILED: "bold red",
    CheckState.SKIPPED: "dim",
}


@dataclass(frozen=True, slots=True)
class PreflightRequest:
    """What was asked for: everything or the keys only, whose keys, and what is to become of them."""

    whole: bool
    keys_from_stdin: bool
    store: Literal["keyring", "files", "none"]
    replacing: bool


def run_and_show(
    request: PreflightRequest, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Look at everything, show it, and give the exit code."""
    if request.store != "none" and not request.keys_from_stdin:
        msg = "--store keeps the keys of --keys-from-stdin: give both, or neither"
        raise ConfigError(msg)
    try:
        with command_session(PROCESS, home, sources) as session:
            report = _report(session, request)
    except SettingsError as error:
        report = _unusable(error)
    report = replace(
        report, checks=tuple([replace(one, fix=with_home(one.fix, home)) for one in report.checks])
    )
    if as_json:
        emit_json(preflight_json(report))
    else:
        _show(people(), report)
    return exit_codes.DIFFERENT if report.failed else exit_codes.OK


def _report(session: CommandSession, request: PreflightRequest) -> Preflight:
    setup = TraderSetup(session.config, session.paths, session.redactor, SystemClock())
    given = None
    if request.keys_from_stdin:
        if session.config.trading.mode == "paper":
            msg = "trading.mode is paper, which has no keys: say where they are from, such as --mode live"
            raise ConfigError(msg)
        given = _given_keys(setup)
    report = examined(gathered(setup, given, whole=request.whole))
    if given is None or request.store == "none":
        return report
    return _stored(report, given, request, session)


def _given_keys(setup: TraderSetup) -> BinanceCredentials:
    """Read keys from standard input. Raises ConfigError, which does not show them, when they are none."""
    if setup.config.exchange.broker != "binance":
        msg = "keys of other venues than Binance come from the environment only: see docs/TRADING.md"
        raise ConfigError(msg)
    try:
        content = json.loads(sys.stdin.buffer.read(_MOST_BYTES))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not all(isinstance(content.get(name, ""), str) for name in _NAMES):
        msg = "standard input must be a JSON object with the texts api_key and api_secret"
        # without the cause, which would show what was read
        raise ConfigError(msg) from None
    found = tuple([content.get(name) for name in _NAMES])
    return BinanceCredentials.given("standard input has", found, setup.redactor)


def _stored(
    report: Preflight, given: BinanceCredentials, request: PreflightRequest, session: CommandSession
) -> Preflight:
    """Keep keys that the venue took, and say so; a key that it refuses is worth nothing."""
    name = "stored"
    if report.state_of("account") is not CheckState.OK:
        found = "The keys were not stored, because it is not known that they work."
        return replace(report, checks=(*report.checks, Check(name, CheckState.FAILED, found)))
    mode = session.config.trading.mode
    places = KeyPlaces.standard(session.paths, SystemKeyring(), mode)
    try:
        if request.store == "files":
            words = places.keep_in_files(given, SystemClock().now())
        else:
            words = places.keep_in_keyring(given, replacing=request.replacing)
    except PowerTraderError as error:
        others = isinstance(error, OtherKeysStored)
        told = Check(
            OTHER_KEYS if others else name,
            CheckState.FAILED,
            str(error),
            "Say that they are to be replaced (--replace)." if others else "",
        )
        return replace(report, checks=(*report.checks, told))
    check = _kept(words, request.store, CredentialSources.standard(session.paths, mode))
    return replace(report, checks=(*report.checks, check), stored=request.store)


def _kept(words: str, store: str, sources: CredentialSources) -> Check:
    """Say that keys were stored, and when others count before them."""
    first = places_with_keys(sources)[0]
    if first == _PLACES[store]:
        return Check("stored", CheckState.OK, f"{words[0].upper()}{words[1:]}.")
    found = f"{words[0].upper()}{words[1:]}, but those of {first} count before them."
    return Check("stored", CheckState.WARNING, found, f"Take the keys out of {first}.")


def _unusable(error: SettingsError) -> Preflight:
    fix = "Correct it; `powertrader config check` looks at all settings."
    checks = [Check("settings", CheckState.FAILED, problem, fix) for problem in error.problems]
    return Preflight("", "", "", tuple(checks))


def _show(console: Console, report: Preflight) -> None:
    if report.mode:
        account = f", account {report.account}" if report.account else ""
        console.print(f"Pre-flight for {report.mode.upper()} at {report.venue}{account}", style="bold")
    for one in report.checks:
        title = f"{one.state.value.upper():8} {one.name.replace('_', ' ')}: "
        console.print(title, style=_STYLES[one.state], end="", markup=False)
        console.print(one.found, soft_wrap=True, markup=False)
        if one.fix and one.state is not CheckState.OK:
            console.print(f"         -> {one.fix}", soft_wrap=True, markup=False)
    failed = len(report.failed)
    if failed:
        console.print(f"Not ready: {failed} of {len(report.checks)} checks failed.", style="bold red")
    else:
        console.print("Ready.", style="bold green")
