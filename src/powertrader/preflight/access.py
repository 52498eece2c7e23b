"""Keys, their rights, and the clock: whether the venue would take our orders."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.preflight import Check, CheckState
from powertrader.models.account import Account, KeyRights
from powertrader.preflight.facts import AccessFacts, Facts
from powertrader.preflight.words import explained

CLOCK_TELL_S: Final = 1.0
"""A clock that is off by more is worth a word: Binance refuses what is stamped later than that."""
CLOCK_REFUSE_S: Final = 10.0
"""A clock that is off by more takes candles for closed that are not."""
ENDS_SOON: Final = timedelta(days=14)
_SAME_S: Final = 0.1
_EDIT: Final = "Binance, API Management, 'Edit restrictions' of this key: "


def access_checks(facts: Facts) -> Iterator[Check]:
    """Judge the keys; on paper there are none to be judged."""
    access = facts.access
    if access is None:
        if facts.on_paper:
            yield Check("keys", CheckState.SKIPPED, "Paper trading needs no keys.")
        return
    if isinstance(access.keys, PowerTraderError):
        fix = "Enter them in the key wizard, or see docs/PREFLIGHT.md."
        yield Check("keys", CheckState.FAILED, str(access.keys), fix)
        return
    found = f"The keys of account {access.keys.account} come from {access.keys.place}."
    yield Check("keys", CheckState.OK, found)
    yield _clock(access, facts.config.trading.mode)
    yield _answer(facts)
    if isinstance(facts.account, Account):
        yield from _rights(access, facts)


def _clock(access: AccessFacts, mode: str) -> Check:
    offset_s = access.clock_offset_s
    if offset_s is None:
        return Check("clock", CheckState.SKIPPED, "This venue does not tell its time here.")
    if isinstance(offset_s, PowerTraderError):
        return Check("clock", CheckState.FAILED, *explained(offset_s, mode))
    if abs(offset_s) < _SAME_S:
        return Check("clock", CheckState.OK, "This computer's clock and the venue's agree.")
    direction = "behind" if offset_s > 0 else "ahead of"
    found = f"This computer's clock is {abs(offset_s):.1f} s {direction} the venue's."
    if abs(offset_s) <= CLOCK_TELL_S:
        return Check("clock", CheckState.OK, found)
    fix = "Let the system set the clock by itself (date and time settings)."
    if abs(offset_s) <= CLOCK_REFUSE_S:
        more = " Orders are stamped with the venue's time, so they still arrive."
        return Check("clock", CheckState.WARNING, found + more, fix)
    return Check("clock", CheckState.FAILED, f"{found} Candles would count as closed too early or late.", fix)


def _answer(facts: Facts) -> Check:
    account, asset = facts.account, facts.config.trading.quote_asset
    if isinstance(account, PowerTraderError):
        return Check("account", CheckState.FAILED, *explained(account, facts.config.trading.mode))
    if account is None:
        return Check("account", CheckState.SKIPPED, "Not asked, because the venue could not be reached.")
    found = f"The account answers. It has {account.free(asset):,.2f} {asset} free."
    return Check("account", CheckState.OK, found)


def _rights(access: AccessFacts, facts: Facts) -> Iterator[Check]:
    rights = access.rights
    if isinstance(rights, PowerTraderError):
        yield Check("trading_right", CheckState.FAILED, *explained(rights, facts.config.trading.mode))
        return
    if rights is None:
        fix = "Look at the venue's own page: trading on, withdrawals off, only from your IP address."
        yield Check("trading_right", CheckState.SKIPPED, "This venue does not tell what a key may do.", fix)
        return
    yield _trading(rights, facts)
    yield _withdrawing(rights)
    yield _addresses(rights)


def _trading(rights: KeyRights, facts: Facts) -> Check:
    name = "trading_right"
    if not rights.account_trades:
        fix = "Log in to Binance and see what it wants of you; often the identity is to be verified."
        return Check(name, CheckState.FAILED, "Binance does not let this account trade at all.", fix)
    if rights.trading is None:
        return Check(name, CheckState.SKIPPED, "Whether the key may trade is not known: no pair to try.")
    fix = f"{_EDIT}tick 'Enable Spot & Margin Trading'. Binance wants a list of trusted IPs for that."
    if not rights.trading:
        return Check(name, CheckState.FAILED, "The key may read but not trade.", fix)
    if rights.ends_at is None:
        return Check(name, CheckState.OK, "The key may trade.")
    left = rights.ends_at - facts.now
    if left <= timedelta():
        return Check(name, CheckState.FAILED, "The key's right to trade has ended.", fix)
    days = f"The key may trade for {left.days} more days; then its right ends by itself."
    keep = f"{_EDIT}a key with trusted IPs keeps its rights."
    return Check(name, CheckState.WARNING if left < ENDS_SOON else CheckState.OK, days, keep)


def _withdrawing(rights: KeyRights) -> Check:
    name = "withdrawal_right"
    if rights.withdrawing is None:
        return Check(name, CheckState.SKIPPED, "Not told here; there is no real money to be withdrawn.")
    if rights.withdrawing:
        found = "The key may withdraw money. Whoever gets hold of it can empty the account."
        return Check(name, CheckState.FAILED, found, f"{_EDIT}untick 'Enable Withdrawals'.")
    return Check(name, CheckState.OK, "The key cannot withdraw money.")


def _addresses(rights: KeyRights) -> Check:
    name = "address_limit"
    if rights.only_from_addresses is None:
        return Check(name, CheckState.SKIPPED, "Not told here.")
    if not rights.only_from_addresses:
        found = "The key works from any computer in the world, so it is worth stealing."
        fix = f"{_EDIT}choose 'Restrict access to trusted IPs only' and enter your address."
        return Check(name, CheckState.WARNING, found, fix)
    return Check(name, CheckState.OK, "The key works from your trusted IP addresses only.")
