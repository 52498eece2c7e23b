"""Whether the home is ready: settings, trainings, disk, ledger, and nobody else on the account."""

from collections.abc import Iterator
from typing import Final

from powertrader.core.constants import TRAINING_STALE_DAYS
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.findings import LEAST_FREE_BYTES, named
from powertrader.core.preflight import Check, CheckState
from powertrader.models.snapshot import Snapshot
from powertrader.models.types import CoinSymbol
from powertrader.preflight.facts import Facts, HomeFacts

_SECONDS_PER_DAY: Final = 86_400
_MEGABYTE: Final = 1024 * 1024
_TRAINER: Final = "trainer"


def home_checks(facts: Facts) -> Iterator[Check]:
    """Judge what lies in the home."""
    home = facts.home
    if home is None:
        return
    yield _trainings(home, facts.config.trading.coins)
    yield _disk(home.snapshot)
    yield _trader(home, facts)
    yield _ledger(home)
    yield from _refusals(home, facts)


def settings_check(facts: Facts) -> Check:
    """Tell that the settings can be used; those that cannot never come this far."""
    config = facts.config
    found = f"The settings are valid (hash {config.rules.config_hash}), mode {config.trading.mode}."
    return Check("settings", CheckState.OK, found)


def _trainings(home: HomeFacts, coins: tuple[CoinSymbol, ...]) -> Check:
    ages = {coin: one.age_s for coin, one in home.trainings.items() if one.trained_at is not None}
    never = [coin for coin in coins if coin not in ages]
    stale_s = TRAINING_STALE_DAYS * _SECONDS_PER_DAY
    old = [coin for coin in coins if (ages.get(coin) or 0.0) > stale_s]
    missing = [*never, *old]
    if not missing:
        days = max([(ages[coin] or 0.0) / _SECONDS_PER_DAY for coin in coins])
        limit = f"the limit is {TRAINING_STALE_DAYS}"
        return Check(
            "training", CheckState.OK, f"All coins are trained, the oldest {days:.1f} days ago ({limit})."
        )
    parts = [f"not trained yet: {named(never)}"] if never else []
    parts += [f"trained more than {TRAINING_STALE_DAYS} days ago: {named(old)}"] if old else []
    found = f"{len(missing)} of {len(coins)} coins have no signals; {'; '.join(parts)}."
    if home.snapshot.process(_TRAINER).pid is not None:
        return Check("training", CheckState.WARNING, found, "Wait: the trainer is at work.")
    state = CheckState.FAILED if len(missing) == len(coins) else CheckState.WARNING
    return Check("training", state, found, "Train them: `powertrader trainer`, or Train All in the window.")


def _disk(snapshot: Snapshot) -> Check:
    free = snapshot.free_bytes
    if free is None:
        return Check("disk", CheckState.SKIPPED, "The system does not tell how much space is free.")
    found, least = f"{free // _MEGABYTE:,} MB are free", f"{LEAST_FREE_BYTES // _MEGABYTE} MB"
    if free >= LEAST_FREE_BYTES:
        return Check("disk", CheckState.OK, f"{found}; at least {least} are wanted.")
    fix = "Make space: without it no order is sent, because it must be written down first."
    return Check("disk", CheckState.FAILED, f"Only {found}, less than {least}.", fix)


def _trader(home: HomeFacts, facts: Facts) -> Check:
    view, mode = home.snapshot.process("trader"), facts.config.trading.mode
    if view.pid is not None:
        runs_as = view.heartbeat.mode if view.heartbeat is not None else ""
        found = f"The trader of this home runs already (process {view.pid}, {runs_as or 'mode unknown'})."
        if runs_as == mode:
            return Check("trader", CheckState.OK, found)
        return Check("trader", CheckState.WARNING, found, f"Stop it before you start one in mode {mode}.")
    if isinstance(home.rival, PowerTraderError):
        return Check(
            "trader", CheckState.WARNING, str(home.rival), "See that no other home trades the account."
        )
    if home.rival:
        fix = "Stop the trader of the other home, or give one of the two a sub-account with its own key."
        return Check("trader", CheckState.FAILED, "Another home on this computer trades this account.", fix)
    return Check("trader", CheckState.OK, "No other trader on this computer works on this account.")


def _refusals(home: HomeFacts, facts: Facts) -> Iterator[Check]:
    looked_at = {
        "market": "The data folder belongs to this market.",
        "original": "The original trades no coin of ours.",
    }
    if not facts.config.cutover.original_folder:
        del looked_at["original"]
    for name, well in looked_at.items():
        refusal = home.refusals.get(name)
        if refusal is None:
            yield Check(name, CheckState.OK, well)
        else:
            yield Check(name, CheckState.FAILED, str(refusal), "Do what it says; no worker starts before.")


def _ledger(home: HomeFacts) -> Check:
    ledger = home.ledger
    if ledger is None:
        return Check("ledger", CheckState.SKIPPED, "Not looked at: no keys, so nobody knows whose.")
    if isinstance(ledger, PowerTraderError):
        fix = "Put the ledger's folder back from a backup, or correct what it says."
        return Check("ledger", CheckState.FAILED, str(ledger), fix)
    if ledger.damage:
        fix = "`powertrader ledger verify` tells more; docs/TRADING.md says what to do."
        return Check(
            "ledger", CheckState.FAILED, f"The ledger {ledger.name} is damaged: {ledger.damage}", fix
        )
    if ledger.entries:
        held = f", holding {named(sorted(ledger.held))}" if ledger.held else ""
        found = f"The ledger {ledger.name} is whole: {ledger.entries:,} entries{held}."
        return Check("ledger", CheckState.OK, found)
    if ledger.others:
        found = f"The ledger {ledger.name} would be new, and there are others: {', '.join(ledger.others)}."
        fix = (
            f"If only the API key is new, give that folder the name {ledger.name} first; "
            "else what was bought before counts as yours and is never sold."
        )
        return Check("ledger", CheckState.WARNING, found, fix)
    return Check("ledger", CheckState.OK, f"A new ledger begins: {ledger.name}.")
