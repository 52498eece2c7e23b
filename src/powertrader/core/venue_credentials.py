"""API keys of venues that are reached through ccxt: from the environment, named after the venue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from powertrader.core.credentials import Secret, refuse_odd_letters
from powertrader.core.exceptions import ConfigError
from powertrader.core.redaction import Redactor

_BLANKS: Final = " \t\r\n\ufeff"
"""What editors and shells leave around a key."""


@dataclass(frozen=True, slots=True)
class VenueCredentials:
    """What signs requests to a venue; password is the passphrase that some venues ask for besides."""

    api_key: Secret
    api_secret: Secret
    password: Secret | None = None

    @classmethod
    def load(cls, venue: str, environment: Mapping[str, str], redactor: Redactor) -> Self:
        """Give a venue's keys from CCXT_<VENUE>_API_KEY, _SECRET and _PASSWORD.

        redactor is told first to keep them out of logs. Raises ConfigError when key or secret is missing.
        """
        start = f"CCXT_{venue.upper()}_"
        key, secret, password = (
            environment.get(start + end, "").strip(_BLANKS) for end in ("API_KEY", "SECRET", "PASSWORD")
        )
        redactor.register(key, secret, password, *secret.splitlines())
        if not key or not secret:
            msg = (
                f"no API keys for {venue}: set {start}API_KEY and {start}SECRET, "
                f"and {start}PASSWORD where the venue gave a passphrase"
            )
            raise ConfigError(msg)
        # a secret may be a private key of several lines
        refuse_odd_letters("the environment has", key)
        return cls(Secret(key), Secret(secret), Secret(password) if password else None)
