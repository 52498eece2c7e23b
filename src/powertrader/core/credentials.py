"""API keys: from the environment, else the system's keyring, else the original's key files."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, Protocol, Self, TypeAlias

from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import MASK, Redactor
from powertrader.core.storage import FileStore

log = logging.getLogger(__name__)

KEY_VARIABLE: Final = "BINANCE_API_KEY"
SECRET_VARIABLE: Final = "BINANCE_API_SECRET"  # noqa: S105  the name of a variable, not a secret
KEYRING_SERVICE: Final = "powertrader-binance"
KEYRING_KEY: Final = "api_key"
KEYRING_SECRET: Final = "api_secret"  # noqa: S105  the name of an entry, not a secret

_BLANKS: Final = " \t\r\n\ufeff"
"""What editors leave around a key, the mark before the first letter included."""
Pair: TypeAlias = tuple[str | None, str | None]
"""Key and secret as a source has them."""


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
        return MASK

    def __format__(self, form: str) -> str:
        return format(MASK, form)

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not written anywhere"
        raise TypeError(msg)


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


@dataclass(frozen=True, slots=True)
class BinanceCredentials:
    """What signs requests to Binance."""

    api_key: Secret
    api_secret: Secret

    @classmethod
    def load(cls, sources: CredentialSources, redactor: Redactor) -> Self:
        """Give the keys of the first source that has them, after telling redactor to keep them out of logs.

        Raises ConfigError when no source has them, or when one has only a half: the next could belong to
        another account.
        """
        for place, look_up in _PLACES:
            key, secret = ((text or "").strip(_BLANKS) for text in look_up(sources))
            if not key and not secret:
                continue
            redactor.register(key, secret)
            if not key or not secret:
                msg = f"{place} only the API {'key' if key else 'secret'}; give both there or neither"
                raise ConfigError(msg)
            return cls(Secret(key), Secret(secret))
        msg = (
            f"no Binance API keys: set {KEY_VARIABLE} and {SECRET_VARIABLE}, or store {KEYRING_KEY} and "
            f"{KEYRING_SECRET} in the keyring under {KEYRING_SERVICE}, or put them into {sources.key_file} "
            f"and {sources.secret_file.name}"
        )
        raise ConfigError(msg)


def _in_environment(sources: CredentialSources) -> Pair:
    return sources.environment.get(KEY_VARIABLE), sources.environment.get(SECRET_VARIABLE)


def _in_keyring(sources: CredentialSources) -> Pair:
    ask = sources.keyring.get_password
    return ask(KEYRING_SERVICE, KEYRING_KEY), ask(KEYRING_SERVICE, KEYRING_SECRET)


def _in_files(sources: CredentialSources) -> Pair:
    store = FileStore()
    pair = store.read_text(sources.key_file), store.read_text(sources.secret_file)
    if any(text.strip() for text in pair):
        folder = str(sources.key_file.parent)
        log.warning("API keys lie in plain text files; the keyring is safer", extra={"folder": folder})
    return pair


_PLACES: Final = (
    ("the environment has", _in_environment),
    ("the keyring has", _in_keyring),
    ("the key files hold", _in_files),
)
