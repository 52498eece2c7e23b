"""All checks of a pre-flight, in the order in which a person wants to know them."""

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.preflight import Preflight
from powertrader.preflight.access import access_checks
from powertrader.preflight.facts import Facts
from powertrader.preflight.home import home_checks, settings_check
from powertrader.preflight.market import market_checks
from powertrader.preflight.money import means_of, money_checks


def examined(facts: Facts) -> Preflight:
    """Judge everything that was found out; what nobody looked at is left out."""
    means = means_of(facts)
    checks = (
        settings_check(facts),
        *access_checks(facts),
        *market_checks(facts),
        *money_checks(facts, means),
        *home_checks(facts),
    )
    return Preflight(facts.config.trading.mode, facts.venue, _account(facts), checks, means)


def _account(facts: Facts) -> str:
    access = facts.access
    if access is None or isinstance(access.keys, PowerTraderError):
        return ""
    return access.keys.account
