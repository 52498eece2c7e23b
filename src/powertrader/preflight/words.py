"""What a venue's refusal means for the person who made the key, and what to do about it."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from powertrader.core.exceptions import ConfigError, PowerTraderError, RateLimitError
from powertrader.core.local_address import where_to_look

_CODE: Final = re.compile(r"Binance answered (-\d+)")
_BAD_FORM: Final = -2014
_REFUSED_KEY: Final = -2015
_CLOCK: Final = -1021
_BAD_SIGNATURE: Final = -1022


class Explained(NamedTuple):
    """What is wrong in one plain sentence, and the way out."""

    found: str
    fix: str


def explained(error: PowerTraderError, mode: str) -> Explained:
    """Explain why a venue could not be asked in a trading mode, as far as it is known what helps."""
    code = _CODE.search(str(error))
    known = _BY_CODE.get(int(code[1])) if code else None
    if known is not None:
        return Explained(known.found, known.fix.format(environment=_ENVIRONMENTS.get(mode, mode)))
    if isinstance(error, RateLimitError):
        return Explained(str(error), f"Wait {error.retry_after_s:.0f} seconds, then check again.")
    if isinstance(error, ConfigError):
        return Explained(str(error), "Correct what it says, then check again.")
    look = where_to_look(str(error))
    return Explained(str(error), f"{look[0].upper()}{look[1:]}, then check again.")


_ENVIRONMENTS: Final[Mapping[str, str]] = {
    "live": "Binance itself",
    "testnet": "Binance's testnet",
    "demo": "Binance's demo",
}
_BY_CODE: Final[Mapping[int, Explained]] = {
    _BAD_FORM: Explained(
        "Binance says that this is no API key (-2014).",
        "Copy the key again, whole and without blanks. Perhaps key and secret changed places.",
    ),
    _REFUSED_KEY: Explained(
        "Binance does not accept this key from this computer (-2015).",
        "One of three: the key was made elsewhere than at {environment}; its list of trusted IP addresses "
        "lacks yours; or it was deleted, or 'Enable Reading' is off.",
    ),
    _CLOCK: Explained(
        "This computer's clock and Binance's are too far apart (-1021).",
        "Let the system set the clock by itself (date and time settings), then check again.",
    ),
    _BAD_SIGNATURE: Explained(
        "The key is known, but the secret does not belong to it (-1022).",
        "Copy the secret again. Binance shows it only once: if it is lost, make a new key.",
    ),
}
