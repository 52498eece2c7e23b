"""One trader for each account of a venue on this computer, however many homes there are."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.storage_lock import exclusive

log = logging.getLogger(__name__)


@contextmanager
def claim_account(lock: Path) -> Iterator[None]:
    """Be the only trader of an account until the block ends.

    Two homes would each take the coins of the other for the user's, and buy twice. Raises ConfigError when
    another one trades the account. A lock that cannot be made is told of and keeps nobody out.
    """
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(lock))
        except ConfigError as error:
            msg = (
                f"another home trades account {lock.stem} already ({error}). Stop that trader first, or give "
                "one of the two a sub-account with a key of its own"
            )
            raise ConfigError(msg) from error
        except StorageError as error:
            log.warning("another home that trades this account goes unnoticed", extra={"reason": str(error)})
        yield
