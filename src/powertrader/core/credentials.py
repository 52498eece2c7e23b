"""API keys: from the environment, else the system's keyring, else the original's key files."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, Protocol

from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore

log = logging.getLogger(__name__)

KEY_VARIABLE: Final = "BINANCE_API_KEY"
SECRET_VARIABLE: Final = "BINANCE_API_SECRET"  # noqa: S105  the name of a variable, not a secret
KEYRING_SERVICE: Final = "powertrader-binance"
KEYRING_KEY: Final = "api_key"
KEYRING_SECRET: Final = "api_secret"  # noqa: S105  the name of an entry, not a secret


class Keyring(Protocol):
    """Where a system keeps passwords."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give the stored text, None when there is none."""
        ...


class SystemKeyring:
    """The keyring of the operating system; empty on a system without one."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give the stored text, None when there is none or the keyring cannot be opened."""
        import keyring  # noqa: PLC0415  slow to load, and not needed where the environment has the keys
        import keyring.errors  # noqa: PLC0415  as above

        try:
            return keyring.get_password(service, username)
        except keyring.errors.KeyringError as error:
            log.info("no keyring to ask: %s", type(error).__name__)
            return None


class Secret:
    """A text that prints as stars, refuses to be pickled and is only given on request."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Wrap the text."""
        self._text = text

    def reveal(self) -> str:
        """Give the text itself; for signing and for nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not written anywhere"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True)
class ExchangeCredentials:
    """What signs requests to a venue."""

    api_key: Secret
    api_secret: Secret


@dataclass(frozen=True, slots=True)
class CredentialSources:
    """Where keys are looked for, in the order of the fields."""

    environment: Mapping[str, str]
    keyring: Keyring
    key_file: Path
    secret_file: Path

    @classmethod
    def standard(cls, home: HomePaths) -> "CredentialSources":
        """Give the process's environment, the system's keyring and the key files of a home."""
        return cls(os.environ, SystemKeyring(), home.original_key_file, home.original_secret_file)


def load_binance_credentials(sources: CredentialSources) -> ExchangeCredentials:
    """Give the keys of the first place that has them.

    Raises ConfigError when no place has them, or when one has only a half: the next place could belong to
    another account.
    """
    environment, keyring = sources.environment, sources.keyring
    pair = _pair("the environment", environment.get(KEY_VARIABLE), environment.get(SECRET_VARIABLE))
    if pair is None:
        key = keyring.get_password(KEYRING_SERVICE, KEYRING_KEY)
        pair = _pair("the keyring", key, keyring.get_password(KEYRING_SERVICE, KEYRING_SECRET))
    if pair is None:
        pair = _from_files(sources)
    if pair is None:
        msg = (
            f"no Binance API keys: set {KEY_VARIABLE} and {SECRET_VARIABLE}, or store {KEYRING_KEY} and "
            f"{KEYRING_SECRET} in the keyring under {KEYRING_SERVICE}, or put them into {sources.key_file} "
            f"and {sources.secret_file.name}"
        )
        raise ConfigError(msg)
    return pair


def _from_files(sources: CredentialSources) -> ExchangeCredentials | None:
    store = FileStore()
    key, secret = store.read_text(sources.key_file), store.read_text(sources.secret_file)
    pair = _pair(f"the key files in {sources.key_file.parent}", key, secret)
    if pair is not None:
        log.warning(
            "API keys were read from plain text files; the keyring is safer", extra={"file": sources.key_file}
        )
    return pair


def _pair(place: str, key: str | None, secret: str | None) -> ExchangeCredentials | None:
    key, secret = (key or "").strip(), (secret or "").strip()
    if not key and not secret:
        return None
    if not key or not secret:
        msg = f"{place} has only the API {'key' if key else 'secret'}; give both there or neither"
        raise ConfigError(msg)
    return ExchangeCredentials(Secret(key), Secret(secret))
