"""What is on this computer, and what to do when nobody answers there or elsewhere."""

import re
from typing import Final

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this computer."""
_LOCAL: Final = re.compile(rf"\bhttp://\[?({'|'.join(map(re.escape, sorted(LOOPBACK)))})\]?[:/]")


def where_to_look(problem: str) -> str:
    """Say what to look at when a venue did not answer; problem names the address of a local exchange."""
    if _LOCAL.search(problem):
        return "look whether the local exchange runs there: `powertrader exchange serve` starts one"
    return "look whether this computer is online"
