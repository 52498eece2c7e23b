"""Makes advice fit the home that was asked about, so that a command can be taken over as it stands."""

import re
from pathlib import Path
from typing import Final

_COMMAND: Final = re.compile(r"`(powertrader [^`]+)`")


def with_home(advice: str, home: Path | None) -> str:
    """Give an advice whose commands act on the home named by --home; without one it stays as it is."""
    if home is None:
        return advice
    named = f'"{home}"' if " " in str(home) else str(home)
    # a function: the backslashes of a Windows path are no escapes
    return _COMMAND.sub(lambda found: f"`{found[1]} --home {named}`", advice)
