"""How long to wait after failures that follow one another: twice as long after each."""

from typing import Final

_MOST_DOUBLINGS: Final = 1023
"""2.0 ** 1024 is no float any more; what is longer than any pause may be infinite."""


def pause_s(failures: int, first_s: float, longest_s: float) -> float:
    """Give the pause after so many failures in a row, in seconds: first_s, twice that ... longest_s.

    Without a failure it is 0.
    """
    if failures <= 0:
        return 0.0
    return float(min(longest_s, first_s * 2.0 ** min(failures - 1, _MOST_DOUBLINGS)))
