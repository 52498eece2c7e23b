"""Makes advice fit the home that was asked about, so that a command can be taken over as it stands."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.storage_lock import exclusive

_COMMAND: Final = re.compile(r"`(powertrader [^`]+)`")


def with_home(advice: str, home: Path | None) -> str:
    """Give an advice whose commands act on the home named by --home; without one it stays as it is."""
    if home is None:
        return advice
    named = f'"{home}"' if " " in str(home) else str(home)
    # a function: the backslashes of a Windows path are no escapes
    return _COMMAND.sub(lambda found: f"`{found[1]} --home {named}`", advice)


@contextmanager
def exclusive_in(home: Path | None, lock: Path) -> Iterator[None]:
    """Hold a lock of a home for this process alone, as core.storage_lock.exclusive does.

    Raises ConfigError with an advice for this home when another process holds it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(lock))
        except ConfigError as error:
            raise ConfigError(with_home(str(error), home)) from error
        yield
