"""The ledgers of a home, for programs that look at them beside the trader."""

from typing import Final, get_args

from powertrader.core.clock import SystemClock
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.hub.ledger_feed import IGNORED, LedgerFeed
from powertrader.hub.trades_view import LedgerName
from powertrader.models.types import Environment
from powertrader.persistence.ledger_tail import LedgerTail

_REST_S: Final = 0.0005
"""Between two pieces the thread that draws gets its turn."""


def home_ledgers(paths: HomePaths) -> LedgerFeed:
    """Give what reads the ledgers of a home; nothing is read yet."""
    return LedgerFeed(lambda whose: _tail(paths, whose), lambda: SystemClock().sleep(_REST_S))


def _tail(paths: HomePaths, whose: LedgerName) -> LedgerTail:
    modes: dict[str, Environment] = {mode: mode for mode in get_args(Environment)}
    if whose.mode not in modes:
        msg = f"mode {whose.mode!r} has no ledger, the modes are {', '.join(modes)}"
        raise ConfigError(msg)
    return LedgerTail(paths.ledger(modes[whose.mode], whose.account), FileStore(), IGNORED)
