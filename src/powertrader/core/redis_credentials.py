"""The password of a Redis server: from the environment, else the system's keyring."""

from collections.abc import Mapping
from typing import Final

from powertrader.core.credentials import Keyring, Secret
from powertrader.core.redaction import Redactor

PASSWORD_VARIABLE: Final = "PT_REDIS_PASSWORD"  # noqa: S105  the name of a variable, not a secret
KEYRING_SERVICE: Final = "powertrader-redis"
KEYRING_ENTRY: Final = "password"


def redis_password(environment: Mapping[str, str], keyring: Keyring, redactor: Redactor) -> Secret | None:
    """Give the password, None when there is none, after telling redactor to keep it out of logs."""
    text = environment.get(PASSWORD_VARIABLE) or keyring.get_password(KEYRING_SERVICE, KEYRING_ENTRY) or ""
    redactor.register(text)
    return Secret(text) if text else None
